"""Two members who turn out to be one person (WeChat fact B11: the unionid appears later).

The one who joined later is absorbed, if they have no past that must be kept: they brought nobody,
and every room that keeps something for members agrees. Otherwise both stay, the later one
names the other in `same_person_as`, and staff decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from blinker import Signal
from sqlalchemy import func, select, update

from app.core import auth
from app.core.db import db
from app.core.world import bucket_of, now
from app.members import bindings, identities
from app.members.bindings import Introduction
from app.members.errors import AlreadyBound, BindingLoop, CannotMerge, MemberUnknown, SelfBinding
from app.members.models import Member
from app.members.reading import rows

merging = Signal(
    "receiver(sender, survivor_id: UUID, absorbed_id: UUID): moves or undoes, in the current unit, "
    "what a room keeps for the absorbed member; raises CannotMerge if it cannot"
)


class _Member(NamedTuple):
    id: UUID
    state: str
    state_at: datetime | None
    merged_into: UUID | None


def merge(one_id: UUID, other_id: UUID) -> UUID:
    """Makes two members one, in the current unit of work; the member that stays.

    Raises CannotMerge (also where no room has answered for the members' money) and
    MemberUnknown. Locks both members, in the order of their ids.
    """
    survivor, absorbed = _by_age(one_id, other_id)
    if absorbed.merged_into is not None:
        return survivor.id
    if survivor.merged_into is not None or bindings.recommended_count(absorbed.id):
        raise CannotMerge()
    if not merging.receivers:
        raise CannotMerge("no room answers for what members keep")
    merging.send("members", survivor_id=survivor.id, absorbed_id=absorbed.id)
    identities.move_all(absorbed.id, survivor.id)
    auth.revoke_sessions(absorbed.id)
    _set(absorbed.id, merged_into=survivor.id)
    if survivor.state == "not_following":
        _set(survivor.id, state=absorbed.state, state_at=absorbed.state_at)
    _inherit_binding(survivor.id, absorbed.id)
    return survivor.id


def mark_same_person(one_id: UUID, other_id: UUID) -> None:
    """Notes on the later member which other member is the same person, for staff to decide."""
    survivor, absorbed = _by_age(one_id, other_id)
    if absorbed.merged_into is None:
        _set(absorbed.id, same_person_as=survivor.id)


def same_person_count() -> int:
    """How many members wait for staff to bring them together with another."""
    waiting = Member.same_person_as.is_not(None) & Member.merged_into.is_(None)
    return int(rows(select(func.count()).where(waiting))[0][0])


@dataclass(frozen=True, slots=True)
class SamePerson:
    """A member who is, by the unionid, the same person as an earlier one."""

    member_id: UUID
    same_person_as: UUID
    joined_at: datetime


def same_persons(limit: int = 100) -> list[SamePerson]:
    """The members who wait for staff to bring them together with another, newest first."""
    waiting = Member.same_person_as.is_not(None) & Member.merged_into.is_(None)
    found = rows(
        select(Member.id, Member.same_person_as, Member.joined_at)
        .where(waiting)
        .order_by(Member.id.desc())
        .limit(limit)
    )
    return [SamePerson(*tuple(row)) for row in found]


def _by_age(one_id: UUID, other_id: UUID) -> tuple[_Member, _Member]:
    found = db.session.execute(
        select(Member.id, Member.state, Member.state_at, Member.merged_into)
        .where(Member.bucket.in_([bucket_of(one_id), bucket_of(other_id)]))
        .where(Member.id.in_([one_id, other_id]))
        .order_by(Member.id)
        .with_for_update()
    ).all()
    if len(found) != 2:
        raise MemberUnknown()
    survivor, absorbed = (
        _Member(row.id, row.state, row.state_at, row.merged_into) for row in found
    )
    return survivor, absorbed  # ids grow with the moment of registering


def _inherit_binding(survivor_id: UUID, absorbed_id: UUID) -> None:
    theirs = bindings.binding(absorbed_id)
    if theirs is None:
        return
    introduction = Introduction(
        theirs.recommender_kind, theirs.recommender_id, theirs.home_store_id, theirs.scene
    )
    try:
        bindings.bind(survivor_id, introduction, theirs.channel, now())
    except (AlreadyBound, SelfBinding, BindingLoop):
        return


def _set(member_id: UUID, **values: object) -> None:
    changed = update(Member).where(Member.bucket == bucket_of(member_id), Member.id == member_id)
    db.session.execute(changed.values(values).execution_options(synchronize_session=False))
