"""Members by the store that is their home: who is to be told of it, and where they go when it
closes for good."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.core.db import db
from app.core.world import bucket_of
from app.members import bindings, trees
from app.members.errors import MemberMerged
from app.members.models import Binding
from app.members.reading import rows

STORE_CLOSED = "store_closed"


def at_home(store_ids: Collection[UUID], after: UUID | None, limit: int) -> list[UUID]:
    """Whose home store is one of these, in the order of their ids, a page at a time."""
    wanted = select(Binding.member_id).where(Binding.home_store_id.in_(store_ids))
    if after is not None:
        wanted = wanted.where(Binding.member_id > after)
    return [row.member_id for row in rows(wanted.order_by(Binding.member_id).limit(limit))]


def move_home(
    store_ids: Collection[UUID], to_store_id: UUID, at: datetime, after: UUID | None, limit: int
) -> tuple[int, UUID | None]:
    """Makes another store the home of members of these, in the current unit of work: how many of
    those looked at, and after whom it goes on (None: that was all).

    Recommenders stay, past shares too, and what was before stays on record. A member who became
    another one, or whom somebody moves at this moment, is left as they are. Locks the members.
    """
    found = at_home(store_ids, after, limit)
    moved = sum(_move(member_id, store_ids, to_store_id, at) for member_id in found)
    return moved, found[-1] if len(found) == limit else None


def _move(member_id: UUID, store_ids: Collection[UUID], to_store_id: UUID, at: datetime) -> bool:
    try:
        trees.lock([member_id])
    except MemberMerged:
        return False
    bound = bindings.binding(member_id)
    if bound is None or bound.home_store_id not in store_ids:
        return False
    bindings.keep_former(member_id, STORE_CLOSED)
    theirs = (Binding.bucket == bucket_of(member_id)) & (Binding.member_id == member_id)
    moved = update(Binding).where(theirs).values(home_store_id=to_store_id, home_store_at=at)
    db.session.execute(moved.execution_options(synchronize_session=False))
    return True
