"""Refunds, suspense, reconciliation and settlements at the console."""

from datetime import timedelta

import pytest

from app.alliance.distribution import distribute, fold
from app.alliance.settlement import runs as settlements
from app.alliance.settlement.calendar import Calendar
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, beijing_day, bucket_of, new_id, now
from app.ledger.service import Account
from app.wallet.models import SuspenseItem
from app.wallet.reconciliation.models import ReconciliationLine, ReconciliationRun
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def sold(client):
    """A shop and a sale of a hundred yuan."""
    shop = world.shop()
    sale = world.paid(client, world.rich(50_000), shop, 10_000)
    distribute()
    fold()
    return shop, sale


@pytest.fixture
def due(monkeypatch):
    """Whatever was sold is due."""
    monkeypatch.setattr(
        Calendar, "due_before", lambda _, moment, days: moment + timedelta(seconds=1)
    )


def test_a_run_settles_and_its_statement_is_shown_and_downloaded(sold, due, visitor):
    shop, sale = sold
    person = visitor("finance")
    person.see("/console/settlements", "立即结算")
    person.do("/console/settlements/run")
    page = person.see("/console/settlements", "面馆", "¥90.00", merchant_id=str(shop.merchant_id))
    found = [part.split('"')[0] for part in page.split('href="')[1:]]
    address = next(each for each in found if len(each) == len("/console/settlements/") + 36)
    person.see(address, "¥90.00", "¥10.00", f"{address}/check", f"…{sale['id'][-8:]}")
    person.see(f"{address}/check", "完好", "JS")
    for kind, begins in (("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf")):
        file = person.get(f"{address}/statement.{kind}")
        assert file.data.startswith(begins)
        assert "attachment" in file.headers["Content-Disposition"]
    assert "<html" not in person.get("/console/settlements/runs").text
    support = visitor("support")
    assert "立即结算" not in support.see("/console/settlements").split("<main")[1].split("<h2")[1]
    assert support.post("/console/settlements/run").status_code == 403
    assert visitor("cashier").get(address).status_code == 403


def test_nothing_due_says_so(visitor, monkeypatch):
    monkeypatch.setattr(settlements, "run", lambda *_: None)
    person = visitor("finance")
    person.see("/console/settlements")
    person.do("/console/settlements/run")
    person.see("/console/settlements", "现在没有到期可结的款项")


def test_refunds_are_listed_by_state_and_those_done_show_when(client, sold, visitor):
    shop, sale = sold
    wish = {"amount_fen": 1_234, "reason": "味道<不>对"}
    path = f"/api/v1/payments/{sale['id']}/refunds"
    assert client.post(path, json=wish, headers=world.owner_headers(shop)).status_code == 201
    person = visitor("support")
    person.see("/console/refunds", "等待商家资金")
    person.see("/console/refunds", "味道&lt;不&gt;对", "¥12.34", "面馆", status="done")
    assert visitor("reviewer").get("/console/refunds").status_code == 403


def test_reconciliation_and_suspense_have_pages_for_finance_alone(visitor):
    person = visitor("finance")
    person.see("/console/reconciliation", "账单", "差异")
    person.see("/console/reconciliation", day="2020-01-01", result="matched", open="false")
    assert person.get("/console/reconciliation", day="x").status_code == 422
    assert person.get("/console/reconciliation/lines.csv").mimetype == "text/csv"
    assert person.get(f"/console/reconciliation/lines/{new_id()}").status_code == 404
    person.see("/console/suspense", "挂账")
    wish = {"way": "operations", "reason": "试"}
    person.see("/console/suspense")
    assert person.post(f"/console/suspense/{new_id()}/resolve", **wish).status_code == 404
    for role in ("operator", "support", "reviewer"):
        other = visitor(role)
        for path in ("/console/reconciliation", "/console/suspense"):
            assert other.get(path).status_code == 403, (role, path)


def differing(their_fen):
    """A line of the bank's statement that no book knows, in a day long ago; its id."""
    home = {"bucket": bucket_of(PLATFORM_ID), "day": beijing_day(now()) - timedelta(days=3_000)}
    run, line = new_id(bucket_of(PLATFORM_ID)), new_id(bucket_of(PLATFORM_ID))
    counts = {"lines": 1, "matched": 0, "created_at": now()}
    told = {"reference": f"R{line.hex}", "wechat_number": "", "description": "利息<一>", "place": 1}

    def write():
        values = {"bill": "bank", "source": "file", "digest": line.bytes, **home, **counts}
        db.session.add(ReconciliationRun(id=run, **values))
        db.session.flush()
        found = {"bill": "bank", "part": "", "result": "missing_here", "their_fen": their_fen}
        db.session.add(ReconciliationLine(id=line, run_id=run, at=now(), **home, **told, **found))

    in_transaction(write)
    return line


def test_a_line_that_differs_is_explained_with_one_click_and_once(visitor):
    line = differing(321)
    person = visitor("finance")
    address = f"/console/reconciliation/lines/{line}"
    person.see("/console/reconciliation", str(line), "账本缺少", result="missing_here", bill="bank")
    person.see(address, "¥3.21", "利息&lt;一&gt;", "说明原因，不入账")
    refused = person.post(f"{address}/resolve", action="explained", reason="")
    assert refused.status_code == 422
    person.see(address)
    person.do(f"{address}/resolve", action="explained", reason="银行利息，次月入账")
    page = person.see(address, "已了结", "银行利息，次月入账", "您")
    assert f'action="{address}/resolve"' not in page
    again = person.post(f"{address}/resolve", action="explained", reason="再来一次")
    assert again.status_code == 409


def test_money_in_suspense_goes_to_operations_with_a_reason(visitor):
    item, amount = new_id(bucket_of(PLATFORM_ID)), 777
    world.give(PLATFORM_ID, Account.SUSPENSE, amount)
    values = {"number": item.hex, "transaction_id": "4200", "reason": "没有对应<订单>"}

    def write():
        home = {"bucket": bucket_of(item), "id": item, "journal_id": new_id(), "created_at": now()}
        db.session.add(SuspenseItem(amount_fen=amount, **home, **values))

    in_transaction(write)
    person = visitor("finance")
    person.see("/console/suspense", item.hex, "¥7.77", "没有对应&lt;订单&gt;")
    to = f"/console/suspense/{item}/resolve"
    person.do(to, way="operations", reason="无人认领")
    assert item.hex not in person.see("/console/suspense", "已处理")
    assert person.post(to, way="operations", reason="再来").status_code == 409
