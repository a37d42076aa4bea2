"""Refunds, suspense, reconciliation and settlements at the console."""

from datetime import timedelta

import pytest

from app.alliance.distribution import distribute, fold
from app.alliance.settlement import runs as settlements
from app.alliance.settlement.calendar import Calendar
from app.core.world import new_id
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
    person.see(address, "¥90.00", "¥10.00", "完好", f"…{sale['id'][-8:]}")
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
