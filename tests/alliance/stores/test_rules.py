"""When a store is open, by the clock on its wall."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from app.alliance.stores.rules import Hours, Period, joined, overlapping

FRIDAY, SATURDAY = date(2026, 10, 2), date(2026, 10, 3)
NIGHT = Period(18 * 60, 26 * 60)  # 18:00 to 02:00 of the next day
BAR = {weekday: [NIGHT] for weekday in range(1, 8)}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


@pytest.mark.parametrize(
    ("hour", "minute", "is_open"),
    [(1, 59, True), (2, 0, False), (17, 59, False), (18, 0, True), (23, 59, True)],
)
def test_a_period_begins_on_the_minute_and_may_end_after_midnight(hour, minute, is_open):
    assert Hours(BAR, {}).is_open(at(SATURDAY, hour, minute)) is is_open


def test_a_closed_day_leaves_the_night_before_it_and_takes_its_own():
    hours = Hours(BAR, {SATURDAY: []})
    sunday = date(2026, 10, 4)
    assert hours.is_open(at(SATURDAY, 1))
    assert not hours.is_open(at(SATURDAY, 19))
    assert not hours.is_open(at(sunday, 1))
    assert hours.is_open(at(sunday, 19))


def test_other_hours_on_a_day_replace_those_of_the_week():
    hours = Hours(BAR, {SATURDAY: [Period(600, 720)]})
    assert hours.is_open(at(SATURDAY, 10))
    assert not hours.is_open(at(SATURDAY, 20))
    assert hours.is_open(at(FRIDAY, 20))


def test_the_week_is_round_and_its_spans_do_not_touch():
    assert Hours({7: [NIGHT]}, {}).weekly_minutes() == [(0, 120), (6 * 1440 + 1080, 7 * 1440)]
    whole = {weekday: [Period(0, 1440)] for weekday in range(1, 8)}
    assert Hours(whole, {}).weekly_minutes() == [(0, 7 * 1440)]
    assert joined([(3, 5), (1, 3), (7, 8)]) == [(1, 5), (7, 8)]


def test_periods_of_one_day_may_meet_but_not_overlap():
    assert not overlapping([Period(540, 720), Period(720, 1260)])
    assert overlapping([Period(540, 721), Period(720, 1260)])
