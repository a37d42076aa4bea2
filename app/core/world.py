"""Time, chance and identity: the one place where they enter the product.

Moments are aware UTC datetimes; business days are those of Asia/Shanghai (design, "Time").
Ids are UUIDv7; their lowest ten bits are the owner's bucket (design, "Built to be spread out").
"""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import requests
from uuid_utils import uuid7

from app.core.config import settings

BEIJING = ZoneInfo("Asia/Shanghai")
BUCKETS = 1024
PLATFORM_ID = UUID("01890000-0000-7000-8000-000000000000")  # bucket 0
SYSTEM_ID = UUID("01890000-0000-7000-8000-000000000400")  # bucket 0: acts on nobody's request
CLOCK_FRESH_SECONDS = 0.25


class _FollowedClock:
    """The offset (seconds) of the clock at CLOCK_URL, asked for at most four times a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._address = ""
        self._asked_at = float("-inf")
        self._offset = 0.0

    def offset(self, address: str, fresh_seconds: float) -> float:
        asked_before = time.monotonic() - fresh_seconds
        if self._asked_at > asked_before and self._address == address:
            return self._offset
        with self._lock:
            if self._asked_at <= asked_before or self._address != address:
                self._ask(address)
        return self._offset

    def _ask(self, address: str) -> None:
        try:
            answer = requests.get(address, timeout=(0.5, 0.5))
            self._offset = float(answer.json()["offset_seconds"])
        except (requests.RequestException, ValueError, KeyError, TypeError):
            pass  # an unreachable clock keeps its last offset
        self._address = address
        self._asked_at = time.monotonic()


_followed = _FollowedClock()


def now(*, is_exact: bool = False) -> datetime:
    """The present moment in UTC; follows CLOCK_URL where it is set (never in production).

    A followed clock that was moved is noticed within CLOCK_FRESH_SECONDS, or at once if
    `is_exact`, at the price of asking it.
    """
    address = settings().clock_url
    moment = datetime.now(UTC)
    if address is None:
        return moment
    fresh_seconds = 0.0 if is_exact else CLOCK_FRESH_SECONDS
    return moment + timedelta(seconds=_followed.offset(address, fresh_seconds))


def beijing_day(moment: datetime) -> date:
    """The business day (Asia/Shanghai) on which a UTC moment falls."""
    return moment.astimezone(BEIJING).date()


def start_of_beijing_day(day: date) -> datetime:
    """The UTC moment at which a business day (Asia/Shanghai) begins."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING).astimezone(UTC)


def new_id(bucket: int | None = None) -> UUID:
    """A new UUIDv7 in `bucket` (0–1023): the owner's for rows, none (random) for a new owner."""
    chosen = secrets.randbelow(BUCKETS) if bucket is None else bucket
    if not 0 <= chosen < BUCKETS:
        raise ValueError(f"bucket {chosen} is not within 0–{BUCKETS - 1}")
    return UUID(int=(uuid7().int & ~(BUCKETS - 1)) | chosen)


def bucket_of(identity: UUID) -> int:
    """The bucket (0–1023) that is part of an id."""
    return identity.int & (BUCKETS - 1)


def number_of(identity: UUID) -> str:
    """An id as the number WeChat sees (32 characters 0-9a-f): order, refund and bill numbers."""
    return identity.hex


def identity_of(number: str) -> UUID | None:
    """The id behind such a number, or None if the number is not one of ours."""
    try:
        identity = UUID(hex=number)
    except ValueError:
        return None
    return identity if number == identity.hex else None


def chance() -> float:
    """A number in [0, 1) that nobody can foresee."""
    return secrets.randbits(53) / (1 << 53)
