"""The public reserve report: from closed days, honest about what is lacking or unexplained."""

from datetime import timedelta

import pytest

from app.core.db import db, in_transaction
from app.core.units import money
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.reconciliation.comparing import BUCKET
from app.wallet.reconciliation.models import ReconciliationRun
from tests.ledger.books import journal, leg, member_with, post
from tests.ledger.test_closings import at, close_until, open_day, seal

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def day(client):
    """A day of its own, all before it closed."""
    seal()
    found = open_day()
    close_until(found)
    return found + timedelta(days=1)


def reserve(client, day=None):
    answer = client.get("/api/v1/reserve", query_string={"day": str(day)} if day else None)
    assert answer.status_code == 200, answer.json
    return answer.json


def amounts(report, part):
    return {line["code"]: line["amount_fen"] for line in report[part]}


def billed(day, bill, theirs, ours, in_transit=0):
    """A bill of a day as reconciliation would leave it."""
    run = ReconciliationRun(
        bucket=BUCKET, id=new_id(BUCKET), day=day, bill=bill, source="file", digest=b"x", lines=0,
        matched=0, their_closing_fen=theirs, our_closing_fen=ours, in_transit_fen=in_transit,
        carried_fen=0, created_at=now(),
    )  # fmt: skip
    in_transaction(lambda: db.session.add(run))


def test_the_report_groups_a_days_closing_and_adds_up(client, day):
    before = reserve(client, day - timedelta(days=1))
    shop = new_id()
    with at(day):
        member_with(prepaid_principal=7_000, prepaid_bonus=500, rebate=30, rebate_pending=20)
        post(
            journal(leg(PLATFORM_ID, Account.WECHAT_TAKINGS, -900), leg(shop, Account.PENDING, 900))
        )
        seal()
    close_until(day)
    after = reserve(client, day)
    assert after["day"] == str(day) == reserve(client)["day"]
    moved = {
        code: fen - amounts(before, "owed")[code] for code, fen in amounts(after, "owed").items()
    }
    assert {code: fen for code, fen in moved.items() if fen} == {
        "prepaid_principal": 7_000,
        "prepaid_bonus": 500,
        "rebates": 50,
        "merchants_pending": 900,
    }
    assert after["owed_fen"] - before["owed_fen"] == 8_450
    assert after["held_fen"] - before["held_fen"] == 8_450
    assert sum(amounts(after, "owed").values()) == after["owed_fen"]
    assert sum(amounts(after, "held").values()) == after["held_fen"]
    own, lent = sum(amounts(after, "own").values()), sum(amounts(after, "lent").values())
    assert after["surplus_fen"] == own - lent - after["missing_fen"]


def test_money_lent_to_a_store_and_taken_out_is_lacking(client, day):
    before = reserve(client, day - timedelta(days=1))["surplus_fen"]
    shop = new_id()
    out = leg(PLATFORM_ID, Account.BANK_CUSTODY, 4_000)
    in_transaction(lambda: ledger.set_floor(shop, Account.PREPAID_ADVANCE, -4_000))
    with at(day):
        post(
            journal(leg(shop, Account.PREPAID_ADVANCE, -4_000), leg(shop, Account.AVAILABLE, 4_000))
        )
        post(journal(leg(shop, Account.AVAILABLE, -4_000), out))
        seal()
    close_until(day)
    after = reserve(client, day)
    assert after["surplus_fen"] == before - 4_000
    assert after["shortfall_fen"] == max(0, -after["surplus_fen"])
    assert amounts(after, "lent")["advances"] >= 4_000


def test_what_the_bank_says_is_missing_is_lacking_and_not_reconciled(client, day):
    with at(day):
        member_with(prepaid_principal=10_000)
        seal()
    close_until(day)
    before = reserve(client, day)
    held = amounts(before, "held")["bank_custody"]
    billed(day, "bank", held - 300, held, in_transit=0)
    found = reserve(client, day)
    (bank,) = [place for place in found["held"] if place["code"] == "bank_custody"]
    assert (bank["bill_day"], bank["difference_fen"]) == (str(day), -300)
    assert not bank["is_reconciled"]
    assert not found["is_reconciled"]
    assert found["missing_fen"] >= 300
    assert found["surplus_fen"] <= before["surplus_fen"] - 300 + before["missing_fen"]
    billed(day + timedelta(days=1), "bank", held - 50, held, in_transit=-50)
    close_until(day + timedelta(days=1))
    (bank,) = [
        place
        for place in reserve(client, day + timedelta(days=1))["held"]
        if place["code"] == "bank_custody"
    ]
    assert (bank["difference_fen"], bank["is_reconciled"]) == (0, True)


def test_the_history_is_paged_by_day(client, day):
    close_until(day + timedelta(days=2))
    path = "/api/v1/reserve/days"
    wish = {"before": str(day + timedelta(days=2)), "limit": 2}
    days = client.get(path, query_string=wish).json["days"]
    assert [found["day"] for found in days] == [str(day + timedelta(days=1)), str(day)]
    assert days[0]["owed_fen"] == reserve(client, day + timedelta(days=1))["owed_fen"]


def test_the_history_says_of_each_day_what_its_own_report_says(client, day):
    close_until(day + timedelta(days=3))
    held = amounts(reserve(client, day), "held")["bank_custody"]
    for number, missing in ((0, 70), (1, 20), (3, 0)):
        billed(day + timedelta(days=number), "bank", held - missing, held)
    wish = {"before": str(day + timedelta(days=4)), "limit": 5}
    for found in client.get("/api/v1/reserve/days", query_string=wish).json["days"]:
        whole = reserve(client, found["day"])
        assert found == {name: whole[name] for name in found}


@pytest.mark.parametrize("wish", [{"day": "yesterday"}, {"day": "2026-13-01"}])
def test_an_impossible_day_is_refused(client, wish):
    assert client.get("/api/v1/reserve", query_string=wish).status_code == 422


def test_a_day_that_is_not_closed_is_not_found(client, day):
    assert client.get("/api/v1/reserve", query_string={"day": str(day)}).status_code == 404
    assert client.get("/api/v1/reserve/days", query_string={"limit": 0}).status_code == 422


def test_the_page_shows_the_same_to_everybody(client, day):
    with at(day):
        member_with(prepaid_principal=123_456)
        seal()
    close_until(day)
    found = reserve(client)
    page = client.get("/reserve")
    assert page.status_code == 200
    assert money(found["owed_fen"]) in page.text
    assert str(day) in page.text
    older = client.get("/reserve", query_string={"day": str(day - timedelta(days=1))})
    assert f"?day={day}" not in older.text
    assert client.get("/reserve?day=1").status_code == 404
