"""Corrections (更正): one of the staff proposes another binding with a reason, a second decides.

Past shares keep the old party: each share names its owner since the sale was distributed. What was
before stays on record, so that another correction undoes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.core import four_eyes
from app.core.db import db, read
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.members import bindings, recommenders, trees
from app.members.bindings import Bound, Introduction, RecommenderKind
from app.members.corrections import disputes
from app.members.corrections.errors import (
    CorrectionDecided,
    CorrectionPending,
    CorrectionStale,
    DisputeClosed,
    NothingToCorrect,
)
from app.members.corrections.models import Correction
from app.members.errors import BindingLoop, MemberMerged, RecommenderUnknown

PAGE = 50
OPEN = "proposed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member's binding should say. Without a home store the present one stays."""

    recommender_kind: RecommenderKind
    recommender_id: UUID | None
    home_store_id: UUID | None
    reason: str
    dispute_id: UUID | None = None


def propose(member_id: UUID, wish: Wish, staff_id: UUID) -> Correction:
    """Proposes a correction, in the current unit of work. Nothing moves before the decision.

    Raises what `decide` would, as far as it can be seen today, and CorrectionPending,
    NothingToCorrect, RecommenderUnknown, HomeStoreUnfit, DisputeClosed, NotFound. Locks the member.
    """
    trees.lock([member_id])
    if _open(member_id) is not None:
        raise CorrectionPending()
    if wish.dispute_id is not None:
        _check_dispute(wish.dispute_id, member_id)
    before = bindings.binding(member_id)
    target = _target(wish, before)
    _check(member_id, target)
    if before is not None and _says(before) == _says(target):
        raise NothingToCorrect()
    row = Correction(
        bucket=bucket_of(member_id),
        id=new_id(bucket_of(member_id)),
        member_id=member_id,
        dispute_id=wish.dispute_id,
        state=OPEN,
        recommender_kind=target.recommender_kind,
        recommender_id=target.recommender_id,
        home_store_id=target.home_store_id,
        reason=wish.reason,
        before=bindings.told(before),
        after=None,
        proposed_by=staff_id,
        proposed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def confirm(correction_id: UUID, staff_id: UUID, reason: str | None) -> Correction:
    """Carries a correction out, in the current unit of work.

    Raises NotFound, CorrectionDecided, SecondPersonNeeded for whoever proposed it, CorrectionStale
    where the binding (or the member) is another one since, SelfBinding, BindingLoop,
    RecommenderUnknown, HomeStoreUnfit, TryAgain. Locks the member, the tops of the trees concerned
    and the dispute.
    """
    row = _locked(correction_id)
    four_eyes.require_other(staff_id, row.proposed_by)
    target = _introduction(row)
    _check(row.member_id, target)
    try:
        bindings.hold(row.member_id, target)
    except MemberMerged as error:
        raise CorrectionStale() from error
    bound = bindings.binding(row.member_id)
    if bindings.told(bound) != row.before:
        raise CorrectionStale()
    at = bound.bound_at if bound else now()
    made = bindings.replace(row.member_id, target, bindings.CORRECTION, at, "corrected")
    row.after = bindings.told(made)
    _end(row, "applied", staff_id, reason)
    if row.dispute_id is not None:
        dispute = disputes.locked(row.dispute_id)
        dispute.state, dispute.correction_id = "corrected", row.id
        dispute.answered_by, dispute.answered_at = staff_id, now()
    return row


def decline(correction_id: UUID, staff_id: UUID, reason: str | None) -> Correction:
    """Ends a correction without effect, also by whoever proposed it. Raises as `confirm` does."""
    row = _locked(correction_id)
    _end(row, "declined", staff_id, reason)
    return row


def correction(correction_id: UUID) -> Correction:
    """One correction, in the current unit of work. Raises NotFound."""
    found = db.session.get(Correction, (bucket_of(correction_id), correction_id))
    if found is None:
        raise NotFound()
    return found


def page(state: str, after: UUID | None) -> list[Correction]:
    """Corrections of a state in the order of their ids, a page at a time, in the current unit."""
    statement = select(Correction).where(Correction.state == state)
    if after is not None:
        statement = statement.where(Correction.id > after)
    return list(db.session.scalars(statement.order_by(Correction.id).limit(PAGE)))


def applied_to(member_ids: list[UUID]) -> list[Correction]:
    """The newest corrections that were carried out for these members, oldest first; at most 50."""
    theirs = Correction.member_id.in_(member_ids) & (Correction.state == "applied")
    newest = select(Correction).where(theirs).order_by(Correction.id.desc()).limit(PAGE)
    return list(db.session.scalars(newest))[::-1]


def open_count() -> int:
    """How many corrections wait for their second person."""
    return int(read(select(func.count()).where(Correction.state == OPEN))[0][0])


def _target(wish: Wish, before: Bound | None) -> Introduction:
    recommender_id = PLATFORM_ID if wish.recommender_kind == "platform" else wish.recommender_id
    if recommender_id is None:
        raise RecommenderUnknown()
    if wish.recommender_kind == "member":
        recommender_id = bindings.present(recommender_id)
    home_store_id = wish.home_store_id or (before.home_store_id if before else None)
    return Introduction(wish.recommender_kind, recommender_id, home_store_id)


def _introduction(row: Correction) -> Introduction:
    kinds: dict[str, RecommenderKind] = {
        "platform": "platform",
        "salesperson": "salesperson",
        "member": "member",
        "merchant": "merchant",
    }
    return Introduction(kinds[row.recommender_kind], row.recommender_id, row.home_store_id)


def _check(member_id: UUID, target: Introduction) -> None:
    """What can be seen without locking the trees; `bindings.replace` looks again under locks."""
    kind, recommender_id = target.recommender_kind, target.recommender_id
    recommenders.check_target(kind, recommender_id, target.home_store_id)
    if kind == "member":
        recommender_id = bindings.present(recommender_id)
    recommenders.refuse_self(member_id, kind, recommender_id)
    if kind == "member" and trees.is_below(recommender_id, member_id):
        raise BindingLoop()


def _check_dispute(dispute_id: UUID, member_id: UUID) -> None:
    if bindings.today(disputes.locked(dispute_id).member_id) != member_id:
        raise DisputeClosed()


def _says(one: Bound | Introduction) -> tuple[str, UUID, UUID | None]:
    return one.recommender_kind, one.recommender_id, one.home_store_id


def _open(member_id: UUID) -> UUID | None:
    mine = (Correction.bucket == bucket_of(member_id)) & (Correction.member_id == member_id)
    return db.session.scalar(select(Correction.id).where(mine, Correction.state == OPEN))


def _locked(correction_id: UUID) -> Correction:
    key = (bucket_of(correction_id), correction_id)
    row = db.session.get(Correction, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.state != OPEN:
        raise CorrectionDecided()
    return row


def _end(row: Correction, state: str, staff_id: UUID, reason: str | None) -> None:
    row.state, row.decided_by, row.decided_at = state, staff_id, now()
    row.decision_reason = reason
    db.session.flush()
