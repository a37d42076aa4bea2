"""The Chinese calendar: the library's, and what operators enter for other years."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.alliance.settlement import calendar
from app.core.db import db, in_transaction
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")
DAYS = [
    {"day": "2027-01-01", "is_working": False, "note": "元旦"},
    {"day": "2027-01-03", "is_working": True, "note": "元旦调休"},
]


def put(client, year, days, role="operator"):
    return client.put(
        f"/api/v1/calendar/years/{year}",
        json={"days": days, "reason": "国务院办公厅通知"},
        headers=world.staff_headers(role),
    )


@pytest.fixture(autouse=True)
def forget(context):
    yield
    db.session.rollback()
    for table in ("alliance_calendar_day", "alliance_calendar_year"):
        in_transaction(lambda each=table: db.session.execute(text(f"DELETE FROM {each}")))


def test_a_year_that_is_entered_counts_at_once_and_with_its_author(client):
    before = calendar.present()
    assert before.is_working(date(2027, 1, 1))
    assert not before.is_working(date(2027, 1, 3))
    answer = put(client, 2027, DAYS)
    assert answer.status_code == 200, answer.json
    assert answer.json["is_known"]
    after = calendar.present()
    assert not after.is_working(date(2027, 1, 1))
    assert after.is_working(date(2027, 1, 3))
    again = put(client, 2027, DAYS[:1])
    assert [day["day"] for day in again.json["days"]] == ["2027-01-01"]
    assert [len(change["days_before"]) for change in again.json["changes"]][:2] == [2, 0]
    with pytest.raises(DBAPIError, match="immutable"):
        db.session.execute(text("DELETE FROM alliance_calendar_change"))
    db.session.rollback()


def test_entered_days_move_what_is_due():
    in_transaction(
        lambda: calendar.set_year(
            2027, [calendar.Day(date(2027, 1, 4), False, "试")], "试", world.PLATFORM_ID
        )
    )
    noon = datetime(2027, 1, 6, 4, tzinfo=UTC)
    assert calendar.Calendar({}).due_before(noon, 3) == datetime(2027, 1, 3, 16, tzinfo=UTC)
    assert calendar.present().due_before(noon, 3) == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_an_alarm_is_raised_before_the_calendar_ends():
    last = calendar.known_until()
    with time_machine.travel(datetime(last.year, 6, 1, tzinfo=UTC)):
        assert calendar.ending() == 0
    with time_machine.travel(datetime(last.year, 12, 1, tzinfo=UTC)):
        assert calendar.ending() == 1
        in_transaction(lambda: calendar.set_year(last.year + 2, [], "隔年", world.PLATFORM_ID))
        assert calendar.ending() == 1
        in_transaction(lambda: calendar.set_year(last.year + 1, [], "下年", world.PLATFORM_ID))
        assert calendar.ending() == 0
        assert calendar.known_until() == date(last.year + 2, 12, 31)


def test_refused_years_and_days_change_nothing(client):
    for year, days, status in (
        (2027, [*DAYS, DAYS[0]], 422),
        (2028, DAYS, 422),
        (2025, [], 409),
        (1999, [], 404),
    ):
        assert put(client, year, days).status_code == status
    assert put(client, 2027, DAYS, "finance").status_code == 403
    assert world.count("alliance_calendar_day") == 0
    shown = client.get("/api/v1/calendar/years/2026", headers=world.staff_headers("support")).json
    found = {day["day"]: day["is_working"] for day in shown["days"]}
    assert (found["2026-10-01"], found["2026-10-10"]) == (False, True)
    assert {day["source"] for day in shown["days"]} == {"library"}
