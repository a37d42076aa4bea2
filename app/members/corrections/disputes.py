"""Disputes (异议): a member says that their binding is wrong. Staff answer, or correct it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.core.crypto import decrypt, encrypt
from app.core.db import db, read
from app.core.errors import NotFound
from app.core.world import bucket_of, new_id, now
from app.members import reviews, trees
from app.members.corrections.errors import DisputeClosed, DisputeOpen
from app.members.corrections.models import Dispute

PAGE = 50


@dataclass(frozen=True, slots=True, repr=False)  # a member's own words: nothing of it is logged
class Told:
    """A dispute with its reason in clear; None once the member was erased."""

    id: UUID
    member_id: UUID
    state: str
    reason: str | None
    opened_at: datetime
    answer: str | None
    answered_at: datetime | None
    correction_id: UUID | None


def open_dispute(member_id: UUID, reason: str) -> Told:
    """Notes in the current unit of work that the member disputes their binding.

    Raises DisputeOpen where one is open, MemberMerged, MemberUnknown. Locks the member.
    """
    trees.lock([member_id])
    everyone = Dispute.member_id.in_(reviews.everyone_of(member_id)) & (Dispute.state == "open")
    if db.session.scalar(select(Dispute.id).where(everyone).limit(1)):
        raise DisputeOpen()
    identity = new_id(bucket_of(member_id))
    row = Dispute(
        id=identity,
        member_id=member_id,
        state="open",
        reason=encrypt(reason, reason_context(identity)),
        opened_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return told(row)


def of_member(member_id: UUID, after: UUID | None) -> list[Told]:
    """The member's disputes in the order of their ids, a page at a time, in the current unit."""
    return _page(Dispute.member_id.in_(reviews.everyone_of(member_id)), after)


def page(state: str, after: UUID | None) -> list[Told]:
    """Disputes of a state in the order of their ids, a page at a time, in the current unit."""
    return _page(Dispute.state == state, after)


def reject(dispute_id: UUID, staff_id: UUID, answer: str) -> Told:
    """Answers a dispute: the binding stays. In the current unit of work, under its lock.

    Raises NotFound, DisputeClosed.
    """
    row = locked(dispute_id)
    row.state, row.answer, row.answered_by, row.answered_at = "rejected", answer, staff_id, now()
    return told(row)


def locked(dispute_id: UUID) -> Dispute:
    """An open dispute, locked until the unit of work ends. Raises NotFound, DisputeClosed."""
    row = db.session.get(Dispute, dispute_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.state != "open":
        raise DisputeClosed()
    return row


def open_count() -> int:
    """How many disputes wait for staff."""
    return int(read(select(func.count()).where(Dispute.state == "open"))[0][0])


def told(row: Dispute) -> Told:
    """A dispute with its reason in clear."""
    reason = None if row.reason is None else decrypt(row.reason, reason_context(row.id))
    return Told(
        id=row.id,
        member_id=row.member_id,
        state=row.state,
        reason=reason,
        opened_at=row.opened_at,
        answer=row.answer,
        answered_at=row.answered_at,
        correction_id=row.correction_id,
    )


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: the member's own words go, that there was a dispute stays."""
    theirs = update(Dispute).where(Dispute.member_id == member_id).values(reason=None)
    db.session.execute(theirs.execution_options(synchronize_session=False))


def reason_context(dispute_id: UUID) -> str:
    """What a reason's cipher text is bound to."""
    return f"members_binding_dispute/reason/{dispute_id}"


def _page(condition: Any, after: UUID | None) -> list[Told]:
    statement = select(Dispute).where(condition).order_by(Dispute.id).limit(PAGE)
    if after is not None:
        statement = statement.where(Dispute.id > after)
    return [told(row) for row in db.session.scalars(statement)]
