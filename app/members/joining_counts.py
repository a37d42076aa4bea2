"""How many became members when: counts over everybody, through an index on the moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.core.db import read
from app.members.models import Member


def joined_between(start: datetime | None, end: datetime) -> int:
    """How many joined from `start` (None: ever) until before `end`; accounts that became one
    later count as they joined."""
    wanted = select(func.count()).select_from(Member).where(Member.joined_at < end)
    if start is not None:
        wanted = wanted.where(Member.joined_at >= start)
    return int(read(wanted)[0][0])


def first_joined_at() -> datetime | None:
    """When the first member joined."""
    found: datetime | None = read(select(func.min(Member.joined_at)))[0][0]
    return found
