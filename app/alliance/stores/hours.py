"""Opening hours between their written form and the clock on the wall in China."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from app.alliance.models import Store
from app.alliance.stores.rules import DAY_MINUTES, Hours, Period
from app.core.world import BEIJING

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def wall(moment: datetime) -> datetime:
    """What the clock on the wall shows in Asia/Shanghai at a UTC moment."""
    return moment.astimezone(BEIJING).replace(tzinfo=None)


def period_of(opens: str, closes: str) -> Period:
    """From `09:00` and `21:00`; what closes no later than it opens closes on the next day."""
    begins, ends = _minute(opens), _minute(closes)
    return Period(begins, ends if ends > begins else ends + DAY_MINUTES)


def read_hours(weekly: Mapping[str, Any] | None, special: Sequence[Any] | None) -> Hours | None:
    """From what is stored; None where the hours are not known."""
    if weekly is None:
        return None
    return Hours(
        {WEEKDAYS.index(name) + 1: _periods(each) for name, each in weekly.items()},
        {date.fromisoformat(each["day"]): _periods(each["periods"]) for each in special or ()},
    )


def is_open(store: Store, moment: datetime) -> bool | None:
    """Whether a store is open at a UTC moment; None where its hours are not known."""
    found = read_hours(store.weekly_hours, store.special_days)
    return None if found is None else found.is_open(wall(moment))


def write_spans(store: Store) -> None:
    """Makes of a store's written hours what the search looks at."""
    found = read_hours(store.weekly_hours, store.special_days)
    if found is None:
        store.open_weekly = store.special_span = store.special_open = None
        return
    store.open_weekly = [Range(*span) for span in found.weekly_minutes()]
    store.special_span = [Range(*span) for span in found.special_span()]
    store.special_open = [Range(*span) for span in found.special_open()]


def _periods(written: Sequence[Mapping[str, str]]) -> list[Period]:
    return [period_of(each["opens"], each["closes"]) for each in written]


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
