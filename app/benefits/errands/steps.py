"""Each step of an errand: under its lock, allowed by the rules, written down, told to the others.

Locks: the errand, then its runner, then accounts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import service as alliance
from app.benefits import campaigns, news
from app.benefits.errands.errors import ErrandStatusUnfit, ErrandUnknown
from app.benefits.errands.models import Errand, ErrandStep, Runner
from app.benefits.errands.rules import (
    ENDED,
    LET_DOWN,
    LOSES_RUNNER,
    MOVES,
    Status,
    Who,
    ends_at,
)
from app.benefits.errands.schemas import ErrandSettings
from app.core.auth import Principal
from app.core.db import db
from app.core.world import bucket_of, now
from app.members import service as members

NAME = "errands"


def find(errand_id: UUID) -> Errand:
    """In the current unit of work. Raises ErrandUnknown."""
    row = db.session.get(Errand, (bucket_of(errand_id), errand_id))
    if row is None:
        raise ErrandUnknown()
    return row


def locked(errand_id: UUID) -> Errand:
    """The errand, locked until the current unit of work ends. Raises ErrandUnknown."""
    key = (bucket_of(errand_id), errand_id)
    row = db.session.get(Errand, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise ErrandUnknown()
    return row


def is_posters(caller: Principal, row: Errand) -> bool:
    """Whether the caller posted it: the member, or who they became; or the merchant's owner."""
    if row.payer_kind == "merchant":
        return "merchant_owner" in caller.roles and caller.merchant_id == row.payer_id
    return caller.kind == "member" and caller.id in (row.payer_id, members.today(row.payer_id))


def is_runners(caller: Principal, row: Errand) -> bool:
    """Whether the caller runs it, or is asked to; also who that runner became."""
    if caller.kind != "member" or row.runner_id is None:
        return False
    return caller.id in (row.runner_id, members.today(row.runner_id))


def posted(caller: Principal, errand_id: UUID) -> Errand:
    """The caller's own errand, locked. Raises ErrandUnknown."""
    row = locked(errand_id)
    if not is_posters(caller, row):
        raise ErrandUnknown()
    return row


def run(caller: Principal, errand_id: UUID) -> Errand:
    """The errand that the caller runs, locked. Raises ErrandUnknown."""
    row = locked(errand_id)
    if not is_runners(caller, row):
        raise ErrandUnknown()
    return row


def settings_of(row: Errand) -> ErrandSettings:
    """What its programme says: published rules never change."""
    found: ErrandSettings = campaigns.terms(row.campaign_id).settings
    return found


def require(row: Errand, step: str, who: Who) -> None:
    """Raises ErrandStatusUnfit unless the table lets `who` take this step now."""
    move = MOVES[step]
    if row.status not in move.before or who not in move.who:
        raise ErrandStatusUnfit(errand_status=row.status)


def go(row: Errand, step: str, who: Who, by: UUID, note: str | None = None, **changes: Any) -> None:
    """Takes a locked errand one step further, in the current unit of work, with what else changes;
    those whom it concerns are told, but who did it. Raises ErrandStatusUnfit."""
    require(row, step, who)
    said, moment, before = settings_of(row), now(), row.runner_id
    row.status = MOVES[step].after
    row.next_at = ends_at(row.status, said, moment)
    row.ended_at = moment if row.status in ENDED else None
    if step in LOSES_RUNNER:
        row.runner_id = None
    for name, value in changes.items():
        setattr(row, name, value)
    number = write(row, step, by, note)
    if step in LET_DOWN and before is not None:
        let_down(before)
    people = posters(row) + [each for each in {before, row.runner_id} if each]
    tell(row, f"{step}:{number}", people, but=by)


def write(row: Errand, step: str, by: UUID, note: str | None = None) -> int:
    """Writes down a step of a locked errand, also one that leads nowhere else; its number."""
    mine = (ErrandStep.bucket == row.bucket, ErrandStep.errand_id == row.id)
    db.session.flush()
    number = int(db.session.scalar(select(func.max(ErrandStep.number)).where(*mine)) or 0) + 1
    made = {"number": number, "step": step, "status": row.status, "note": note, "at": now()}
    db.session.add(ErrandStep(bucket=row.bucket, errand_id=row.id, principal_id=by, **made))
    db.session.flush()
    return number


def tell(row: Errand, what: str, people: Iterable[UUID], *, but: UUID) -> None:
    """Lets people know of a step, each as who they are today."""
    for each in sorted({members.today(member_id) for member_id in people}):
        if each != but:
            news.tell(NAME, each, row.id, what)


def posters(row: Errand) -> list[UUID]:
    """Who is told for the payer: the member, or those who get the merchant's notices."""
    return alliance.contacts(row.payer_id) if row.payer_kind == "merchant" else [row.payer_id]


def tell_runner(runner: Runner) -> None:
    """Lets somebody know what was decided about their application, in the current unit."""
    moment = int(runner.decided_at.timestamp()) if runner.decided_at else 0
    news.tell(NAME, runner.member_id, runner.member_id, f"runner_{runner.status}:{moment}")


def let_down(member_id: UUID) -> None:
    """Counts an errand that a runner did not carry out."""
    row = runner_row(members.today(member_id), is_locked=True)
    if row is not None:
        row.let_down += 1


def runner_row(member_id: UUID, *, is_locked: bool = False) -> Runner | None:
    """Somebody's application to run errands, in the current unit of work."""
    key = (bucket_of(member_id), member_id)
    more: dict[str, Any] = {"with_for_update": True, "populate_existing": True}
    return db.session.get(Runner, key, **(more if is_locked else {}))


def all_steps(row: Errand) -> list[ErrandStep]:
    """What became of an errand, the first step first."""
    mine = (ErrandStep.bucket == row.bucket, ErrandStep.errand_id == row.id)
    return list(db.session.scalars(select(ErrandStep).where(*mine).order_by(ErrandStep.number)))


def is_with_runner(row: Errand) -> bool:
    """Whether somebody has it in hand, and may know where to go."""
    return row.status in (Status.TAKEN, Status.PICKED_UP, Status.DELIVERED, Status.DISPUTED)
