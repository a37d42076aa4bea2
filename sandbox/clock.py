"""The virtual clock: real time plus an offset that only ever grows."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
FRESHNESS_SECONDS = 300


class Clock:
    """Seconds since 1970 on the virtual clock. Reading takes no lock."""

    def __init__(self, offset_seconds: float = 0.0) -> None:
        self.offset_seconds = offset_seconds

    def now(self) -> float:
        """Virtual time in seconds since 1970."""
        return time.time() + self.offset_seconds

    def is_fresh(self, timestamp: int) -> bool:
        """Within 300 s of the real or of the virtual clock (WeChat fact D1)."""
        return any(
            abs(moment - timestamp) <= FRESHNESS_SECONDS for moment in (time.time(), self.now())
        )


def utc_text(moment: float) -> str:
    """RFC 3339 in UTC with microseconds."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def beijing_text(moment: float) -> str:
    """RFC 3339 in Beijing time to the second, as WeChat Pay writes it."""
    return datetime.fromtimestamp(moment, BEIJING).isoformat(timespec="seconds")


def beijing_day(moment: float) -> str:
    """The day in Beijing, as bills name it: YYYY-MM-DD."""
    return datetime.fromtimestamp(moment, BEIJING).date().isoformat()


def day_begins(day: str) -> float:
    """Seconds since 1970 at 0:00 in Beijing of YYYY-MM-DD. Raises ValueError."""
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=BEIJING).timestamp()


def parse_time(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 text. Raises ValueError if it has no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time zone is missing")
    return moment.timestamp()
