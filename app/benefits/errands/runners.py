"""Who may run errands: applied for with a real name, decided by staff, rated by both sides."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.benefits.errands import steps
from app.benefits.errands.errors import (
    ErrandUnknown,
    NotToBeRated,
    RunnerStatusUnfit,
    RunnerUnknown,
)
from app.benefits.errands.models import Errand, ErrandRating, Runner
from app.core.auth import Principal
from app.core.db import db
from app.core.world import bucket_of, now
from app.members import service as members
from app.wallet import service as wallet

Fields = dict[str, Any]


def apply(member_id: UUID) -> Runner:
    """Asks to run errands, in the current unit of work; who was rejected may ask again, for anybody
    else it changes nothing. Raises RealNameRequired, MemberMerged."""
    members.require_present(member_id)
    if members.real_name_of(member_id) is None:
        raise wallet.RealNameRequired()
    key = {"bucket": bucket_of(member_id), "member_id": member_id}
    made = upsert(Runner).values(key | {"status": "applied", "applied_at": now()})
    db.session.execute(made.on_conflict_do_nothing())
    row = _locked(member_id)
    if row.status == "rejected":
        row.status, row.applied_at = "applied", now()
        row.reason, row.decided_by, row.decided_at = None, None, None
    db.session.flush()
    return row


def review(member_id: UUID, is_approved: bool, reason: str, staff_id: UUID) -> Runner:
    """Decides about an application, also anew after a rejection, in the current unit of work.

    The same decision again changes nothing. Raises RunnerUnknown, RunnerStatusUnfit,
    RealNameRequired.
    """
    wanted = "approved" if is_approved else "rejected"
    before = ("applied", "rejected") if is_approved else ("applied",)
    if is_approved and members.real_name_of(member_id) is None:
        raise wallet.RealNameRequired()
    return _turn(member_id, before, wanted, reason, staff_id)


def suspend(member_id: UUID, reason: str, staff_id: UUID) -> Runner:
    """Lets a runner take no more; what they have in hand they may finish. In the current unit.
    Raises RunnerUnknown, RunnerStatusUnfit."""
    return _turn(member_id, ("approved",), "suspended", reason, staff_id)


def resume(member_id: UUID, reason: str, staff_id: UUID) -> Runner:
    """Undoes a suspension. Raises RunnerUnknown, RunnerStatusUnfit."""
    return _turn(member_id, ("suspended",), "approved", reason, staff_id)


def rate(caller: Principal, errand_id: UUID, stars: int) -> Errand:
    """One side gives the other stars, once, after an errand that came to its end with a runner; in
    the current unit. Raises ErrandUnknown, NotToBeRated."""
    row = steps.locked(errand_id)
    is_posters = steps.is_posters(caller, row)
    if not is_posters and not steps.is_runners(caller, row):
        raise ErrandUnknown()
    if row.ended_at is None or row.runner_id is None or row.taken_at is None:
        raise NotToBeRated()
    values = {
        "bucket": row.bucket,
        "errand_id": row.id,
        "side": "poster" if is_posters else "runner",
        "about_id": row.runner_id if is_posters else row.payer_id,
        "stars": stars,
        "at": now(),
    }
    made = upsert(ErrandRating).values(values).on_conflict_do_nothing()
    if db.session.scalar(made.returning(ErrandRating.stars)) is None:
        raise NotToBeRated()
    return row


def ratings(about_ids: Collection[UUID]) -> dict[UUID, Fields]:
    """What others think of them, also of those who became them, in the current unit of work."""
    who = {each: about for about in about_ids for each in members.everyone_of(about)}
    statement = (
        select(ErrandRating.about_id, func.sum(ErrandRating.stars), func.count())
        .where(ErrandRating.about_id.in_(who))
        .group_by(ErrandRating.about_id)
    )
    sums = {about: [0, 0] for about in about_ids}
    for about_id, stars, count in db.session.execute(statement):
        sums[who[about_id]][0] += int(stars)
        sums[who[about_id]][1] += count
    return {
        about: {"average_hundredths": (200 * s + n) // (2 * n) if n else None, "count": n}
        for about, (s, n) in sums.items()
    }


def find(member_id: UUID) -> Runner:
    """In the current unit of work. Raises RunnerUnknown."""
    row = steps.runner_row(member_id)
    if row is None:
        raise RunnerUnknown()
    return row


def page(status: str | None, before: UUID | None, limit: int) -> list[Runner]:
    """Runners, the newest member first, in the current unit of work."""
    wanted = select(Runner)
    if status is not None:
        wanted = wanted.where(Runner.status == status)
    if before is not None:
        wanted = wanted.where(Runner.member_id < before)
    return list(db.session.scalars(wanted.order_by(Runner.member_id.desc()).limit(limit)))


def shown(rows: Collection[Runner]) -> list[Fields]:
    """Runners with what others think of them."""
    rated = ratings([row.member_id for row in rows])
    names = ("status", "applied_at", "decided_at", "reason", "completed", "let_down")
    return [
        {name: getattr(row, name) for name in names}
        | {"id": row.member_id, "rating": rated[row.member_id]}
        for row in rows
    ]


def _turn(
    member_id: UUID, before: tuple[str, ...], after: str, reason: str, staff_id: UUID
) -> Runner:
    row = _locked(member_id)
    if row.status == after:
        return row
    if row.status not in before:
        raise RunnerStatusUnfit(runner_status=row.status)
    row.status, row.reason, row.decided_by, row.decided_at = after, reason, staff_id, now()
    db.session.flush()
    steps.tell_runner(row)
    return row


def _locked(member_id: UUID) -> Runner:
    row = steps.runner_row(member_id, is_locked=True)
    if row is None:
        raise RunnerUnknown()
    return row
