"""What funds spend, at the console: a receipt is handed in, two people book it, two undo it."""

import io
import re

import pytest

from app.core.world import new_id
from tests.wallet.spending.test_spending import SCHOOL, filled

pytestmark = pytest.mark.usefixtures("context")


def _card(page, name):
    """The part of a page that shows one recipient or spending."""
    return next(part for part in page.split('<section class="card">') if name in part)


def _recipient(operator, name):
    operator.see("/console/recipients")
    wish = {"fund": "charity", "registration_number": SCHOOL, "purpose": "图书"}
    operator.do("/console/recipients", name=name, **wish)


def _path(finance, name):
    """Where a payment to the recipient is asked for; recipients come page by page."""
    address = "/console/recipients?fund=charity"
    while name not in (page := finance.see(address)):
        address = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    return re.search(r'action="(/console/recipients/[0-9a-f-]+/spendings)"', _card(page, name))[1]


def test_a_spending_with_its_receipt_takes_two_people_there_and_back(client, visitor):
    filled(client)
    name = f"小学{new_id().hex[:8]}"
    operator, author, other = visitor("operator"), visitor("finance"), visitor("finance")
    _recipient(operator, name)
    path = _path(author, name)
    wish = {"fund": "charity", "amount_fen": "12.30", "purpose": "图书 20 册"}
    wish |= {"receipt_number": "PJ1", "bank_reference": new_id().hex, "paid_on": "2026-11-20"}
    wrong = author.post(path, **wish, receipt=(io.BytesIO(b"MZ not a receipt"), "a.pdf"))
    assert wrong.status_code == 422
    assert name not in author.see("/console/spendings")
    author.do(path, **wish, receipt=(io.BytesIO(b"%PDF-1.7 " + new_id().bytes), "a.pdf"))
    mine = _card(author.see("/console/spendings"), name)
    here = re.search(r"/console/receipts/[0-9a-f]{64}", mine)[0]
    assert (author.get(here).mimetype, "/approve" in mine) == ("application/pdf", False)
    card = _card(other.see("/console/spendings", "¥12.30"), name)
    spending = re.search(r'action="(/console/spendings/[^/]+)/approve"', card)[1]
    author.see("/console/spendings")
    assert author.post(f"{spending}/approve").status_code == 403
    other.do(f"{spending}/approve")
    author.do(f"{spending}/undo", reason="退书")
    author.see("/console/spendings", status="undoing")
    assert author.post(f"{spending}/undo/approve").status_code == 403
    other.do(f"{spending}/undo/approve")
    assert "退书" in _card(other.see("/console/spendings", status="undone"), name)
    for step in ("approve", "undo", "undo/approve"):
        assert operator.post(f"{spending}/{step}", reason="x").status_code == 403
    assert operator.get("/console/receipts/" + "0" * 64).status_code == 404
