"""The windows in which WeChat lets us write into a chat (fact B6), counted by us.

A count of ours may be wrong in either direction; WeChat's refusal (45015, 45047) corrects it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.core.world import bucket_of, now
from app.notices.models import Window
from app.notices.rules import ALLOWANCES, WINDOW_MARGIN


def open_window(member_id: UUID, trigger: str, at: datetime) -> None:
    """Opens a window afresh, in the current unit of work; an older event never shortens one."""
    allowance = ALLOWANCES[trigger]
    values = {
        "remaining": allowance.messages,
        "ends_at": at + timedelta(seconds=allowance.seconds),
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
