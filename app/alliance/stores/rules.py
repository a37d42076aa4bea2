"""When a store is open. Pure; moments are those of the clock on its wall (Asia/Shanghai).

A period belongs to the day on which it begins, also when it ends after midnight. A special day
replaces the periods of that day alone: who closes on a Saturday still serves until two o'clock in
the morning those who came on Friday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeVar

DAY_MINUTES = 1440
WEEK_MINUTES = 7 * DAY_MINUTES
DAY = timedelta(days=1)
T = TypeVar("T", int, datetime)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Minutes after the midnight at which its day begins; `closes` of the next day is beyond
    1,440. Half open: at `closes` it is over."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The periods of each weekday (ISO: Monday is 1), and of the days that are special."""

    weekly: Mapping[int, Sequence[Period]]
    special: Mapping[date, Sequence[Period]]

    def on(self, day: date) -> Sequence[Period]:
        """The periods that begin on a day."""
        return self.special.get(day, self.weekly.get(day.isoweekday(), ()))

    def is_open(self, wall: datetime) -> bool:
        """Whether it is open at this moment of the clock on the wall."""
        return any(begins <= wall < ends for begins, ends in self._around([wall.date()]))

    def weekly_minutes(self) -> list[tuple[int, int]]:
        """When it is open in a week without special days: minutes from Monday's midnight."""
        found = []
        for weekday, periods in self.weekly.items():
            first = (weekday - 1) * DAY_MINUTES
            for period in periods:
                begins, ends = first + period.opens, first + period.closes
                found.append((begins, min(ends, WEEK_MINUTES)))
                if ends > WEEK_MINUTES:
                    found.append((0, ends - WEEK_MINUTES))
        return joined(found)

    def special_span(self) -> list[tuple[datetime, datetime]]:
        """Where the week's own minutes do not count: each special day, and the day after it, into
        which its night reaches."""
        return joined((_midnight(day), _midnight(day) + 2 * DAY) for day in self.special)

    def special_open(self) -> list[tuple[datetime, datetime]]:
        """When it is open within `special_span`."""
        days = {day + ahead * DAY for day in self.special for ahead in (0, 1)}
        periods = joined(self._around(sorted(days)))
        return [
            (max(begins, first), min(ends, last))
            for first, last in self.special_span()
            for begins, ends in periods
            if begins < last and ends > first
        ]

    def _around(self, days: Iterable[date]) -> list[tuple[datetime, datetime]]:
        """The periods that begin on these days or on the days before them."""
        begun = {day - back * DAY for day in days for back in (0, 1)}
        return [
            (_midnight(day) + minutes(each.opens), _midnight(day) + minutes(each.closes))
            for day in sorted(begun)
            for each in self.on(day)
        ]


def minutes(count: int) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def minute_of_week(wall: datetime) -> int:
    """Minutes since Monday's midnight."""
    return wall.weekday() * DAY_MINUTES + wall.hour * 60 + wall.minute


def overlapping(periods: Sequence[Period]) -> bool:
    """Whether two periods of one day have a moment in common."""
    ordered = sorted(periods)
    return any(late.opens < early.closes for early, late in pairwise(ordered))


def joined(spans: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """The same moments in spans that neither overlap nor touch, in order."""
    found: list[tuple[T, T]] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
