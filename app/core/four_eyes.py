"""The one rule of what takes two people (四眼复核): they are two, and neither made the other.

Whoever opens an account, gives it its roles or resets it, knows for a while what its holder knows.
So for STAFF_PAIR_DAYS they and the holder never count as two, nor do two accounts that one person
opened and nobody else let in: whoever else lets an account in says that it is somebody's own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.config import settings
from app.core.db import db
from app.core.errors import SecondPersonNeeded
from app.core.models import StaffAccount, StaffReset
from app.core.world import now

PAIR = "one of you opened or reset the other's account lately; somebody else has to decide"


def require_other(staff_id: UUID, *before: UUID | None) -> None:
    """Raises SecondPersonNeeded where `staff_id` is among those who had a say `before` (None:
    nobody), or forms a pair with one of them; in the current unit of work."""
    others = {one for one in before if one is not None}
    if staff_id in others:
        raise SecondPersonNeeded()
    days = settings().staff_pair_days
    if others and days and _are_pair(staff_id, others, now() - timedelta(days=days)):
        raise SecondPersonNeeded(PAIR)


def _are_pair(staff_id: UUID, others: set[UUID], since: datetime) -> bool:
    people = {staff_id, *others}
    opened = select(
        StaffAccount.id, StaffAccount.opened_by, StaffAccount.activated_by.is_(None).label("alone")
    ).where(
        StaffAccount.id.in_(people),
        StaffAccount.opened_by.is_not(None),
        StaffAccount.opened_at > since,
    )
    found = db.session.execute(opened).all()
    openers = {row.id: row.opened_by for row in found if row.alone}
    reset = select(StaffReset.staff_id, StaffReset.decided_by).where(
        StaffReset.staff_id.in_(people), StaffReset.state == "done", StaffReset.decided_at > since
    )
    made = {(row.staff_id, row.decided_by) for row in db.session.execute(reset)}
    made |= {(row.id, row.opened_by) for row in found}
    mine = openers.get(staff_id)
    return any(
        (staff_id, one) in made
        or (one, staff_id) in made
        or (mine is not None and openers.get(one) == mine)
        for one in others
    )
