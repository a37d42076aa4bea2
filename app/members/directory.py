"""The list of members for staff: newest first, or found by a phone number or an id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, tuple_

from app.core.world import bucket_of
from app.members import bindings, phones
from app.members.errors import MemberUnknown
from app.members.models import Member
from app.members.reading import rows

MOST_BROUGHT = 100
_COLUMNS = (Member.id, Member.state, Member.joined_at, Member.joined_by, Member.merged_into)


def newest(before: tuple[datetime, UUID] | None, limit: int) -> Sequence[Row[Any]]:
    """Members by the moment they joined, newest first, before a given one."""
    moment = (Member.joined_at, Member.id)
    wanted = select(*_COLUMNS)
    if before is not None:
        wanted = wanted.where(tuple_(*moment) < before)
    return rows(wanted.order_by(Member.joined_at.desc(), Member.id.desc()).limit(limit))


def found(member_id: UUID | None, phone: str | None) -> Sequence[Row[Any]]:
    """The member of an id, or whose verified number of the mainland this is; maybe nobody."""
    wanted = member_id if phone is None else phones.member_with(phones.MAINLAND, phone)
    if wanted is None:
        return []
    mine = Member.bucket == bucket_of(wanted), Member.id == wanted
    return rows(select(*_COLUMNS).where(*mine))


def known(member_id: UUID) -> dict[str, Any]:
    """A member as staff see them: no personal data in clear, whom they brought themselves (one
    level, the newest MOST_BROUGHT). Raises MemberUnknown."""
    row = next(iter(found(member_id, None)), None)
    if row is None:
        raise MemberUnknown()
    given = phones.phone_of(member_id)
    brought = bindings.recommended_by(member_id, MOST_BROUGHT)
    return shown(row) | {
        "phone": given.masked if given else None,
        "recommended_count": bindings.recommended_count(member_id),
        "brought": [{"member_id": each.member_id, "bound_at": each.bound_at} for each in brought],
    }


def shown(row: Row[Any]) -> dict[str, Any]:
    """A member's line in the list."""
    named = dict(row._mapping)
    return {"member_id": named.pop("id"), **named}
