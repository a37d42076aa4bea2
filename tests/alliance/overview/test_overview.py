"""What a day came to: counted from its sales, kept once it is over, shown to the platform alone."""

from datetime import timedelta

import pytest
import time_machine

from app.alliance.distribution import distribute
from app.alliance.overview import counting
from app.core.world import beijing_day, now, start_of_beijing_day
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")


def today():
    return beijing_day(now())


def of_day(client, day):
    query = {"before": (day + timedelta(days=1)).isoformat(), "limit": 1}
    answer = client.get(
        "/api/v1/overview/days", query_string=query, headers=world.staff_headers("support")
    )
    assert answer.status_code == 200, answer.json
    return next((row for row in answer.json["days"] if row["day"] == day.isoformat()), None)


def counted(day):
    counting._write(day, counting._counted(day))


def test_a_sale_a_refund_and_a_joiner_count_on_their_day(client):
    with time_machine.travel(now() - timedelta(days=410), tick=True):
        _counts_on_its_day(client)


def _counts_on_its_day(client):
    """On a day of its own: another test may have closed the books of today."""
    counted(today())
    before = of_day(client, today())
    shop, payer = world.shop(), world.rich(50_000)
    sale = world.paid(client, payer, shop, 10_000)
    refund = client.post(
        f"/api/v1/payments/{sale['id']}/refunds",
        json={"amount_fen": 2_500, "reason": "退一半"},
        headers=world.owner_headers(shop),
    )
    assert refund.status_code == 201, refund.json
    counted(today())
    after = of_day(client, today())
    moved = {name: after[name] - before[name] for name in ("sold_fen", "concession_fen", "sales")}
    assert moved == {"sold_fen": 10_000, "concession_fen": 1_000, "sales": 1}
    assert after["prepaid_fen"] - before["prepaid_fen"] == 10_000
    assert after["refunded_fen"] - before["refunded_fen"] == 2_500
    assert after["joined"] - before["joined"] == after["members"] - before["members"] == 1
    assert after["closed_at"] is None


def test_a_day_that_is_over_says_who_got_what_and_stays(client):
    day = today() - timedelta(days=400)
    then = now() - timedelta(days=400)
    shop, payer = world.shop(), world.rich(50_000)
    with time_machine.travel(then, tick=True):
        world.paid(client, payer, shop, 10_000)
        distribute()
    counted(day)
    row = of_day(client, day)
    assert row["closed_at"] is not None
    assert row["sold_fen"] >= 10_000
    assert sum(row["shares"].values()) == row["concession_fen"]
    with time_machine.travel(then, tick=True):
        world.paid(client, payer, shop, 5_000)
    counted(day)
    assert of_day(client, day) == row


@pytest.mark.parametrize("role", ["merchant_owner", "cashier", "salesperson"])
def test_others_are_not_told(client, role):
    answer = client.get("/api/v1/overview/days", headers=world.staff_headers(role))
    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


def test_the_duty_counts_a_few_days_at_a_time_and_says_so(monkeypatch):
    wanted = [today() - timedelta(days=number) for number in (3, 2, 1, 0)]
    monkeypatch.setattr(counting, "_open_days", lambda day: wanted)
    monkeypatch.setattr(counting, "DAYS_AT_ONCE", 2)
    done = counting.turn()
    assert (int(done), type(done)) == (2, counting.Unfinished)


@pytest.mark.parametrize(("minutes", "closed"), [(9, 0), (11, 1)])
def test_days_that_stay_open_are_no_work_done(client, monkeypatch, minutes, closed):
    """Shortly after midnight two days are open; whoever works until all is done would never end."""
    at = start_of_beijing_day(today() - timedelta(days=200)) + timedelta(minutes=minutes)
    with time_machine.travel(at, tick=False):
        wanted = [today() - timedelta(days=1), today()]
        monkeypatch.setattr(counting, "_open_days", lambda day: wanted)
        assert counting.turn() == closed
