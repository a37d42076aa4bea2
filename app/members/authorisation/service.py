"""The right to bring members by a code (推荐授权).

Members have it from the day they join, salespeople from the day the operator adds them. Suspended
or revoked, their codes still register whoever scans them, but bind nobody to them: the platform has
brought these. Whom they had brought before stays theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on, insert

from app.core.db import TryAgain, db
from app.core.world import bucket_of, now
from app.members import bindings, reviews
from app.members.authorisation.errors import AuthorisationUnchanged
from app.members.authorisation.models import AuthorisationStep
from app.members.reading import rows

State = Literal["authorised", "suspended", "revoked"]
RecommenderKind = Literal["member", "salesperson"]
AUTHORISED: State = "authorised"


def decide(
    kind: RecommenderKind, recommender_id: UUID, state: State, reason: str, staff_id: UUID
) -> AuthorisationStep:
    """Writes the operator's decision down, in the current unit of work.

    That the recommender exists is the caller's to check. Raises AuthorisationUnchanged; TryAgain
    where somebody else decided at this moment.
    """
    before = steps_of(recommender_id)
    if (before[-1].state if before else AUTHORISED) == state:
        raise AuthorisationUnchanged()
    values = {
        "bucket": bucket_of(recommender_id),
        "recommender_id": recommender_id,
        "number": len(before) + 1,
        "kind": kind,
        "state": state,
        "reason": reason,
        "decided_by": staff_id,
        "decided_at": now(),
    }
    row = insert(AuthorisationStep).values(values).on_conflict_do_nothing()
    if db.session.scalar(row.returning(AuthorisationStep.number)) is None:
        raise TryAgain()
    return steps_of(recommender_id)[-1]


def steps_of(recommender_id: UUID) -> Sequence[AuthorisationStep]:
    """All decisions about a recommender, the newest last, in the current unit of work."""
    theirs = AuthorisationStep.bucket == bucket_of(recommender_id)
    return db.session.scalars(
        select(AuthorisationStep)
        .where(theirs, AuthorisationStep.recommender_id == recommender_id)
        .order_by(AuthorisationStep.number)
    ).all()


def state_of(recommender_id: UUID) -> str:
    """Whether the recommender is authorised, suspended or revoked, in the current unit of work."""
    steps = steps_of(recommender_id)
    return steps[-1].state if steps else AUTHORISED


def may_recommend(kind: str, recommender_id: UUID) -> bool:
    """Whether a code of this recommender binds anybody to them today.

    Of a member all accounts of the same person count: a second one does not bring the right back.
    """
    if kind not in ("member", "salesperson"):
        return True
    persons: Collection[UUID] = [recommender_id]
    if kind == "member":
        persons = reviews.everyone_of(bindings.today(recommender_id))
    theirs = tuple_(AuthorisationStep.bucket, AuthorisationStep.recommender_id)
    newest = (
        select(AuthorisationStep.recommender_id, AuthorisationStep.state)
        .where(theirs.in_([(bucket_of(each), each) for each in persons]))
        .order_by(AuthorisationStep.recommender_id, AuthorisationStep.number.desc())
        .ext(distinct_on(AuthorisationStep.recommender_id))
    )
    return all(row.state == AUTHORISED for row in rows(newest))
