"""The windows in which WeChat lets us write into a chat (fact B6), counted by us.

A count of ours may be wrong in either direction; WeChat's refusal (45015, 45047) corrects it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import packing
from app.core.db import db
from app.core.world import bucket_of, now
from app.notices.models import Window
from app.notices.rules import WINDOW_MARGIN, allowance
from app.wechat.client import Trace


def open_window(member_id: UUID, trigger: str, at: datetime) -> None:
    """Opens a window afresh, in the current unit of work; an older event never shortens one."""
    allowed = allowance(trigger)
    values = {
        "remaining": allowed.messages,
        "ends_at": at + timedelta(seconds=allowed.seconds),
    }
    row = insert(Window).values(
        bucket=bucket_of(member_id), member_id=member_id, trigger=trigger, **values
    )
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=[Window.bucket, Window.member_id, Window.trigger],
            set_=values,
            where=Window.ends_at < values["ends_at"],
        )
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a window: a member's act of this kind at this moment."""

    member_id: UUID
    trigger: str
    at: datetime


def _arrays(openings: Sequence[Opening]) -> list[Any]:
    """One row a window, the latest, in one order of locks for all processes."""
    latest: dict[tuple[int, UUID, str], datetime] = {}
    for each in openings:
        key = (bucket_of(each.member_id), each.member_id, each.trigger)
        latest[key] = max(each.at, latest.get(key, each.at))
    rows = sorted(latest.items())
    allowed = [allowance(trigger) for (_, _, trigger), _ in rows]
    return [
        packing.smallints(bucket for (bucket, _, _), _ in rows),
        packing.uuids(member_id for (_, member_id, _), _ in rows),
        packing.texts(trigger for (_, _, trigger), _ in rows),
        packing.integers(each.messages for each in allowed),
        packing.moments(
            at + timedelta(seconds=each.seconds)
            for (_, at), each in zip(rows, allowed, strict=True)
        ),
    ]


# What `open_window` does, for many at once.
OPENED = Trace(
    """
    INSERT INTO notices_window AS w (bucket, member_id, trigger, remaining, ends_at)
    SELECT * FROM unnest(%s, %s, %s, %s, %s)
    ON CONFLICT (bucket, member_id, trigger)
    DO UPDATE SET remaining = excluded.remaining, ends_at = excluded.ends_at
    WHERE w.ends_at < excluded.ends_at
    """,
    _arrays,
)


def take(member_id: UUID) -> str | None:
    """Uses one message of the window that ends last; its trigger, or None if all are closed.

    In the current unit of work; locks the member's windows until it ends.
    """
    found = db.session.execute(
        select(Window.trigger, Window.remaining)
        .where(Window.bucket == bucket_of(member_id), Window.member_id == member_id)
        .where(Window.ends_at > now() + WINDOW_MARGIN)
        .where(Window.remaining.is_(None) | (Window.remaining > 0))
        .order_by(Window.ends_at.desc(), Window.trigger)
        .limit(1)
        .with_for_update()
    ).first()
    if found is None:
        return None
    if found.remaining is not None:
        _change(member_id, found.trigger, -1)
    return str(found.trigger)


def give_back(member_id: UUID, trigger: str) -> None:
    """Returns one message to a window: it was certainly not sent."""
    _change(member_id, trigger, 1)


def close(member_id: UUID, trigger: str | None = None) -> None:
    """Forgets a window that WeChat says is closed, or all of a member who has left."""
    mine = (Window.bucket == bucket_of(member_id)) & (Window.member_id == member_id)
    if trigger is not None:
        mine &= Window.trigger == trigger
    db.session.execute(delete(Window).where(mine))


def _change(member_id: UUID, trigger: str, by: int) -> None:
    changed = (
        update(Window)
        .where(Window.bucket == bucket_of(member_id), Window.member_id == member_id)
        .where(Window.trigger == trigger, Window.remaining.is_not(None))
        .values(remaining=Window.remaining + by)
    )
    db.session.execute(changed.execution_options(synchronize_session=False))
