"""Public pages of funds: amounts, receipts, what was undone, page by page, and nobody's name."""

import pytest

from app.pages import funds
from tests.wallet.spending.test_spending import agree, filled, spent, step

pytestmark = pytest.mark.usefixtures("context")
NOBODYS = "01a20607-5ccf-7371-8ecc-b1bbf13ec7f1"


def test_everybody_reads_what_was_paid_and_what_was_undone_with_its_reason(client):
    filled(client)
    paid, wrong = spent(client, amount_fen=4_321), spent(client, amount_fen=99)
    step(client, wrong["id"], "/undo", {"reason": "金额<登记>错误"})
    agree(client, wrong["id"], "/undo/decision")
    page = client.get("/funds/charity")
    assert page.status_code == 200
    for shown in ("公益账户", "山村小学", "¥43.21", paid["receipt_sha256"], "已冲正"):
        assert shown in page.text, shown
    assert "金额&lt;登记&gt;错误" in page.text
    assert paid["requested_by"] not in page.text
    assert "//" not in "".join(part.split(">")[0] for part in page.text.split("src=")[1:])


def test_older_spendings_are_on_the_next_page(client, monkeypatch):
    monkeypatch.setattr(funds, "SHOWN", 1)
    filled(client)
    older, newer = spent(client), spent(client)
    page = client.get("/funds/charity").text
    assert newer["receipt_sha256"] in page
    assert older["receipt_sha256"] not in page
    assert f"?before={newer['id']}" in page
    following = client.get(f"/funds/charity?before={newer['id']}").text
    assert older["receipt_sha256"] in following
    assert newer["receipt_sha256"] not in following


@pytest.mark.parametrize("address", ["operations", "x", "charity?before=x", NOBODYS])
def test_there_is_no_page_for_what_is_not_public(client, address):
    assert client.get(f"/funds/{address}").status_code == 404


def test_the_campaign_fund_has_the_same_page(client):
    filled(client, "campaign_fund")
    paid = spent(client, "campaign_fund")
    assert paid["receipt_sha256"] in client.get("/funds/campaign_fund").text
    assert paid["receipt_sha256"] not in client.get("/funds/charity").text
