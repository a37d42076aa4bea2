"""What errands hold of people: told to them, what keeps them, what is forgotten, and what becomes
of it when two members turn out to be one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from app.benefits import grants
from app.benefits.errands import steps
from app.benefits.errands.models import (
    Errand,
    ErrandPicture,
    ErrandRating,
    ErrandStep,
    ErrandWords,
    Runner,
)
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.personal_data import owned, part
from app.core.world import bucket_of, now

FORGET_SECONDS = 3_600
BATCH = 200
STRICTER = ("suspended", "rejected", "applied", "approved")


def declare() -> None:
    """Declares what members may read of themselves; called by the opening of this kind."""
    mine = owned(Errand.bucket, Errand.payer_id)
    staffs = {"proposed_by", "proposed_fen", "proposed_reason", "parts_journal_id",
              "end_journal_id"}  # fmt: skip
    part("benefits.errands", "发布的跑腿任务", Errand, mine, but=staffs | {"runner_id"})
    kept = {"id", "campaign_id", "status", "category", "reward_fen", "runner_fen", "taken_at",
            "ended_at"}  # fmt: skip
    others = {column.name for column in Errand.__table__.columns} - kept
    part("benefits.errands_run", "承接的跑腿任务", Errand,
         lambda ids: Errand.runner_id.in_(ids), "id", but=others)  # fmt: skip
    words = ErrandWords.errand_id.in_
    part("benefits.errand_words", "跑腿地址与说明", ErrandWords,
         lambda ids: words(select(Errand.id).where(mine(ids))) & ErrandWords.by_id.in_(ids),
         but={"by_id"})  # fmt: skip
    part("benefits.errand_steps", "跑腿进度", ErrandStep,
         lambda ids: ErrandStep.errand_id.in_(select(Errand.id).where(_theirs(ids))),
         but={"principal_id"})  # fmt: skip
    sent = owned(ErrandPicture.bucket, ErrandPicture.owner_id)
    part("benefits.errand_pictures", "跑腿图片", ErrandPicture, sent, but={"jpeg"})
    applied = owned(Runner.bucket, Runner.member_id)
    part("benefits.errand_runner", "跑腿员资料", Runner, applied, but={"decided_by"})
    part("benefits.errand_ratings", "收到的跑腿评价", ErrandRating,
         lambda ids: ErrandRating.about_id.in_(ids))  # fmt: skip


def remaining(_: Any, *, member_id: UUID) -> list[dict[str, Any]]:
    """Receiver of `remaining_asked`: errands that have not ended, posted or run."""
    going_on = select(Errand.id).where(_theirs([member_id]), Errand.ended_at.is_(None))
    return [{"what": "errand", "id": each} for each in db.session.scalars(going_on)]


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: what errands said and where they went, pictures, and why somebody may
    or may not run errands."""
    posted = select(Errand.id).where(
        Errand.bucket == bucket_of(member_id), Errand.payer_id == member_id
    )
    _forget(list(db.session.scalars(posted)))
    _quietly(delete(ErrandWords).where(ErrandWords.by_id == member_id))
    _quietly(delete(ErrandPicture).where(ErrandPicture.owner_id == member_id))
    runner = (Runner.bucket == bucket_of(member_id), Runner.member_id == member_id)
    _quietly(update(Runner).where(*runner).values(reason=None, status="rejected"))


def forget_old() -> int:
    """Duty: forgets places, words and pictures of errands that ended ERRAND_KEEP_DAYS ago, in a
    unit of its own; of how many."""

    def work() -> int:
        old = Errand.ended_at < now() - timedelta(days=settings().errand_keep_days)
        wanted = select(Errand.id).where(old, Errand.forgotten_at.is_(None))
        rows = list(db.session.scalars(wanted.order_by(Errand.ended_at).limit(BATCH)))
        _forget(rows)
        return len(rows)

    return in_transaction(work)


def labour_fen(owner_id: UUID) -> int:
    """Receiver of the wallet's `commission_asked`: what somebody earned by errands is labour
    income, of which tax is withheld when it is withdrawn."""
    return grants.released_fen(owner_id, (steps.NAME,))


def has_past(_: Any, *, member_id: UUID) -> bool:
    """Receiver of `past_asked`: who applied to run errands is somebody."""
    return steps.runner_row(member_id) is not None


def hand_over(_: Any, *, survivor_id: UUID, absorbed_id: UUID, had_past: bool) -> dict[str, Any]:
    """Receiver of `merging`: the survivor may run errands as the absorbed member might; of two
    decisions the stricter counts. Errands stay as they are: who posted or runs one is found."""
    absorbed = steps.runner_row(absorbed_id, is_locked=True)
    if absorbed is None:
        return {"errands": {}}
    before = steps.runner_row(survivor_id, is_locked=True)
    kept = {name: getattr(before, name) for name in ("status", "reason")} if before else None
    if before is None:
        key = {"bucket": bucket_of(survivor_id), "member_id": survivor_id}
        names = ("status", "reason", "decided_by", "decided_at", "applied_at")
        db.session.add(Runner(**key, **{name: getattr(absorbed, name) for name in names}))
    elif STRICTER.index(absorbed.status) < STRICTER.index(before.status):
        before.status, before.reason = absorbed.status, absorbed.reason
    db.session.flush()
    return {"errands": {"is_new": before is None, "before": kept}}


def take_back(_: Any, *, survivor_id: UUID, absorbed_id: UUID, moved: dict[str, Any]) -> None:
    """Receiver of `unmerging`: the survivor is as a runner what they were before."""
    then = moved.get("errands") or {}
    row = steps.runner_row(survivor_id, is_locked=True)
    if row is None or not then:
        return
    if then["is_new"]:
        db.session.delete(row)
    elif then["before"] and row.status != "suspended":
        row.status, row.reason = then["before"]["status"], then["before"]["reason"]
    db.session.flush()


def _theirs(ids: Sequence[UUID]) -> ColumnElement[bool]:
    return Errand.payer_id.in_(ids) | Errand.runner_id.in_(ids)


def _forget(errand_ids: Sequence[UUID]) -> None:
    if not errand_ids:
        return
    _quietly(delete(ErrandWords).where(ErrandWords.errand_id.in_(errand_ids)))
    _quietly(delete(ErrandPicture).where(ErrandPicture.errand_id.in_(errand_ids)))
    blank = update(Errand).where(Errand.id.in_(errand_ids))
    _quietly(blank.values(title="", description="", forgotten_at=now()))


def _quietly(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
