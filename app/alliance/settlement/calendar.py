"""Working days in China: what the library knows, and what people enter for other years.

The State Council announces each year's holidays and make-up days (调休) in the autumn before. Until
a year is known by the library or entered, its days are told by the day of the week, and the gauge
`calendar_ending` raises an alarm in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import chinese_calendar
from chinese_calendar.constants import holidays, workdays
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance.errors import CalendarYearOver
from app.alliance.settlement.models import CalendarChange, CalendarDay, CalendarYear
from app.core.config import settings
from app.core.db import db, read
from app.core.world import PLATFORM_ID, beijing_day, bucket_of, new_id, now, start_of_beijing_day

SATURDAY = 5
DAYS_A_MONTH = 30
BUCKET = bucket_of(PLATFORM_ID)


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which people enter that China works, or not."""

    day: date
    is_working: bool
    note: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What people have entered; all other days are the library's, or those of the week."""

    entered: Mapping[date, bool]

    def is_working(self, day: date) -> bool:
        """Whether banks work in China on this day."""
        found = self.entered.get(day)
        return _by_library(day) if found is None else found

    def due_before(self, moment: datetime, working_days: int) -> datetime:
        """Sales paid before this UTC moment are due: `working_days` have begun since their day."""
        day = beijing_day(moment)
        while working_days > 0:
            working_days -= self.is_working(day)
            day -= timedelta(days=1)
        return start_of_beijing_day(day + timedelta(days=1))


def present() -> Calendar:
    """The calendar as it is now. Reads outside any unit of work."""
    return Calendar({row.day: row.is_working for row in read(select(*_COLUMNS))})


def known_until() -> date:
    """The last day of the last year that is known without a gap. Reads outside any unit."""
    years = {row.year for row in read(select(CalendarYear.year))}
    year = max(holidays).year
    while year + 1 in years:
        year += 1
    return date(year, 12, 31)


def ending() -> int:
    """1 if the calendar is known for less than CALENDAR_ALARM_MONTHS: the gauge."""
    ahead = timedelta(days=DAYS_A_MONTH * settings().calendar_alarm_months)
    return int(known_until() < beijing_day(now()) + ahead)


def year_view(year: int) -> dict[str, Any]:
    """The days of a year that are not as the week has them, and where we know them from."""
    entered = {row.day: row for row in read(select(*_COLUMNS)) if row.day.year == year}
    known = {day for day in (*holidays, *workdays) if day.year == year}
    days = []
    for day in sorted(known | entered.keys()):
        row = entered.get(day)
        is_working = _by_library(day) if row is None else row.is_working
        note = _name(day) if row is None else row.note
        days.append(
            {
                "day": day.isoformat(),
                "is_working": is_working,
                "note": note,
                "source": "library" if row is None else "entered",
            }
        )
    until = known_until()
    return {
        "year": year,
        "is_known": year <= until.year,
        "known_until": until.isoformat(),
        "days": [each for each in days if each["source"] == "entered" or _differs(each)],
    }


def set_year(year: int, days: Iterable[Day], reason: str, author: UUID) -> None:
    """Says what a year's days are, in place of what was entered before, in the current unit; the
    year counts as known. Locks the year. Raises CalendarYearOver for a year that is past.
    """
    if year < beijing_day(now()).year:
        raise CalendarYearOver()
    known = {"bucket": BUCKET, "year": year}
    again = upsert(CalendarYear).values(known)
    db.session.execute(
        again.on_conflict_do_update(index_elements=["bucket", "year"], set_={"year": year})
    )
    mine = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    before = db.session.execute(select(*_COLUMNS).where(mine).order_by(CalendarDay.day)).all()
    db.session.execute(delete(CalendarDay).where(mine))
    wanted = sorted(days, key=lambda each: each.day)
    for each in wanted:
        db.session.add(
            CalendarDay(bucket=BUCKET, day=each.day, is_working=each.is_working, note=each.note)
        )
    db.session.add(
        CalendarChange(
            bucket=BUCKET,
            id=new_id(BUCKET),
            year=year,
            days=[_written(each) for each in wanted],
            days_before=[_written(each) for each in before],
            reason=reason,
            changed_by=author,
            created_at=now(),
        )
    )
    db.session.flush()


def changes(year: int) -> list[CalendarChange]:
    """Who changed a year's days, newest first, in the current unit of work."""
    mine = (CalendarChange.bucket == BUCKET, CalendarChange.year == year)
    statement = select(CalendarChange).where(*mine).order_by(CalendarChange.id.desc()).limit(100)
    return list(db.session.scalars(statement))


_COLUMNS = (CalendarDay.day, CalendarDay.is_working, CalendarDay.note)


def _by_library(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def _name(day: date) -> str:
    found = holidays.get(day) or workdays.get(day)
    return str(chinese_calendar.Holiday(found).chinese) if found else ""


def _differs(each: dict[str, Any]) -> bool:
    weekday = date.fromisoformat(each["day"]).weekday()
    return bool(each["is_working"]) != (weekday < SATURDAY)


def _written(each: Any) -> dict[str, Any]:
    return {"day": each.day.isoformat(), "is_working": each.is_working, "note": each.note}
