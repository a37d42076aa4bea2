"""A settlement's statement behind the link in its notice: for whom, how long, and what it shows."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.alliance import service as alliance
from app.alliance.distribution import distribute, fold
from app.alliance.settlement import runs as settlements
from app.alliance.settlement.calendar import Calendar
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.world import new_id, now
from app.notices import links, outgoing, readers
from app.notices import statements as access
from app.pages import statements
from tests.alliance import shop as world
from tests.members.people import signed_in
from tests.notices.test_routes import staff

pytestmark = pytest.mark.usefixtures("context")
BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def settled(client, monkeypatch):
    """A shop, its contact, and the settlement of three sales of theirs."""
    shop, contact = world.shop(), world.member()
    in_transaction(lambda: alliance.add_contact(shop.merchant_id, contact))
    payer = world.rich(60_000)
    sales = [world.paid(client, payer, shop, amount) for amount in (10_000, 20_000, 30_000)]
    distribute()
    fold()
    monkeypatch.setattr(
        Calendar, "due_before", lambda _, moment, days: moment + timedelta(seconds=1)
    )
    settlements.run()
    found = text("SELECT id FROM alliance_settlement WHERE merchant_id = :m")
    settlement_id = read(found, {"m": shop.merchant_id})[0].id
    readers.settled({"settlement_id": str(settlement_id)})
    return shop, contact, settlement_id, sales, payer


def path(settlement_id, member_id):
    address = links.address_of(links.statement(settlement_id), member_id)
    assert address.startswith(settings().base_url)
    return address.removeprefix(settings().base_url.rstrip("/"))


def test_the_contact_reads_each_sale_and_the_total(client, settled):
    _, contact, settlement_id, sales, payer = settled
    answer = client.get(path(settlement_id, contact))
    assert answer.status_code == 200, answer.text
    assert "面馆" in answer.text
    assert "3 笔" in answer.text
    assert "<strong>¥540.00</strong>" in answer.text
    for sale, amount in zip(sales, ("¥90.00", "¥180.00", "¥270.00"), strict=True):
        assert sale["id"].replace("-", "")[-8:] in answer.text
        assert f"<td>{amount}</td>" in answer.text
    assert str(payer) not in answer.text


def test_the_page_travels_nowhere(client, settled):
    _, contact, settlement_id, *_ = settled
    answer = client.get(path(settlement_id, contact))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert not re.findall(r'(?:href|src)="(https?:)?//', answer.text)


def test_the_notice_holds_the_link_for_its_receiver_and_for_nobody_else(client, settled):
    _, contact, settlement_id, *_ = settled
    own = client.get("/api/v1/me/notices", headers=signed_in(contact)).json["notices"]
    shown = next(each for each in own if each["kind"] == "merchant.settlement")
    address = re.search(r'href="([^"]+)"', shown["text"])[1]
    assert client.get(address.removeprefix(settings().base_url.rstrip("/"))).status_code == 200
    query = {"member_id": str(contact), "kind": "merchant.settlement"}
    others = client.get("/api/v1/notices", query_string=query, headers=staff("support")).json
    assert len(others["notices"]) == 1
    assert "/statements/" not in str(others)
    kept = read(text("SELECT text, link FROM notices_notice WHERE id = :id"), {"id": shown["id"]})
    assert "/statements/" not in kept[0].text
    assert kept[0].link == f"statement:{settlement_id}"


def test_a_tap_on_the_template_opens_the_statement(settled):
    _, contact, *_ = settled
    found = text("SELECT id FROM notices_notice WHERE member_id = :m AND kind = :k")
    notice_id = read(found, {"m": contact, "k": "merchant.settlement"})[0].id
    row = in_transaction(lambda: outgoing._locked(notice_id))
    assert "/statements/" in links.address_of(row.link, contact)


def test_a_link_ends_with_its_time(client, settled, monkeypatch):
    _, contact, settlement_id, *_ = settled
    address = path(settlement_id, contact)
    later = now() + timedelta(days=settings().statement_link_days, seconds=1)
    monkeypatch.setattr(access, "now", lambda: later)
    answer = client.get(address, headers=BROWSER)
    assert answer.status_code == 410
    assert "链接已过期" in answer.text
    assert "¥540.00" not in answer.text
    plain = client.get(address)
    assert (plain.status_code, plain.json["code"]) == (410, "statement_link_over")


def test_who_speaks_no_longer_for_the_merchant_reads_nothing(client, settled):
    shop, contact, settlement_id, *_ = settled
    address = path(settlement_id, contact)
    gone = text("DELETE FROM alliance_contact WHERE merchant_id = :m AND member_id = :c")
    in_transaction(lambda: db.session.execute(gone, {"m": shop.merchant_id, "c": contact}).close())
    assert client.get(address).status_code == 404


def test_a_link_that_was_made_up_or_changed_opens_nothing(client, settled):
    _, contact, settlement_id, *_ = settled
    address = path(settlement_id, contact)
    changed = address[:-2] + ("A" if address[-2] != "A" else "B") + address[-1]
    wrong = [changed, "/statements/x", "/statements/" + "é" * 40, f"/statements/{settlement_id}"]
    wrong += [path(new_id(), contact), path(settlement_id, world.member())]
    for each in wrong:
        answer = client.get(each, headers=BROWSER)
        assert (answer.status_code, answer.mimetype) == (404, "text/html"), each
        assert "¥540.00" not in answer.text


def test_a_long_statement_has_pages(client, settled, monkeypatch):
    _, contact, settlement_id, *_ = settled
    monkeypatch.setattr(statements, "LINES", 2)
    address = path(settlement_id, contact)
    shown = [client.get(address, query_string={"page": page}).text for page in ("1", "2", "9", "x")]
    assert [page.count("<td>收款</td>") for page in shown] == [2, 1, 1, 2]
    assert "下一页" in shown[0]
    assert "上一页" in shown[1]


def test_the_link_also_opens_the_statement_for_printing_and_for_spreadsheets(client, settled):
    _, contact, settlement_id, _, _ = settled
    address = path(settlement_id, contact)
    shown = client.get(address).text
    for kind, begins in (("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf")):
        assert f'href="{address}/statement.{kind}"' in shown
        answer = client.get(f"{address}/statement.{kind}")
        assert answer.status_code == 200
        assert answer.data.startswith(begins)
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(f"{path(settlement_id, world.member())}/statement.pdf").status_code == 404
    assert client.get(f"{address}/statement.exe").status_code == 404
