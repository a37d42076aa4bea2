"""How an errand ends: confirmed, cancelled, disputed and decided, or by time. Its reward is divided
once, in the unit that ends it: the runner's part and the fee in one posting, the rest back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.benefits import escrows, grants
from app.benefits.contract import Award, Purse
from app.benefits.errands import posting, steps
from app.benefits.errands.errors import DecisionTooLarge, ErrandUnknown, NothingProposed
from app.benefits.errands.models import Errand
from app.benefits.errands.rules import (
    BY_TIME,
    Status,
    Who,
    compensation_fen,
    fee_of_part,
    last_of,
)
from app.core import four_eyes
from app.core.auth import Principal
from app.core.db import db, in_transaction, read
from app.core.timetable import Unfinished
from app.core.world import SYSTEM_ID, now
from app.ledger.service import Journal
from app.members import service as members
from app.wallet.service import Part

log = structlog.get_logger()
SECONDS = 20
SLICE_SECONDS = 5.0
BATCH = 100
LATE = timedelta(hours=1)


def confirm(caller: Principal, errand_id: UUID) -> Errand:
    """The poster is content: the runner is paid, in the current unit. The second time is fine.

    Raises ErrandUnknown, ErrandStatusUnfit.
    """
    row = steps.posted(caller, errand_id)
    if row.status != Status.COMPLETED:
        _divide(row, row.reward_fen, "confirmed", Who.POSTER, caller.id)
    return row


def cancel(caller: Principal, errand_id: UUID, reason: str) -> Errand:
    """Nothing comes of it, in the current unit. Before it was taken everything goes back; after it
    was taken, and before the pick-up, the runner gets the programme's compensation, unless they
    are late: then time has taken it from them. The platform's staff can cancel what nobody has
    taken. The second time is fine.

    Raises ErrandUnknown, ErrandStatusUnfit.
    """
    row = steps.locked(errand_id)
    is_posters = steps.is_posters(caller, row)
    if not is_posters and "operator" not in caller.roles:
        raise ErrandUnknown()
    if row.status == Status.CANCELLED:
        return row
    if row.status == Status.TAKEN:
        _take_time(row)
    note = reason if caller.kind == "staff" else None
    if is_posters and row.status == Status.TAKEN:
        rate_bp = steps.settings_of(row).cancel_compensation_bp
        part_fen = compensation_fen(row.reward_fen, rate_bp)
        _divide(row, part_fen, "cancelled_late", Who.POSTER, caller.id, note)
    else:
        who = Who.POSTER if is_posters else Who.OPERATOR
        _divide(row, 0, "cancelled", who, caller.id, note)
    return row


def dispute(caller: Principal, errand_id: UUID, reason: str) -> Errand:
    """Either side says that something is wrong: nothing is paid until staff decide. In the current
    unit. Raises ErrandUnknown, ErrandStatusUnfit."""
    row = steps.locked(errand_id)
    if steps.is_posters(caller, row):
        who = Who.POSTER
    elif steps.is_runners(caller, row):
        who = Who.RUNNER
    else:
        raise ErrandUnknown()
    steps.go(row, "disputed", who, caller.id)
    posting.keep_words(row, "dispute", caller.id, {"reason": reason})
    return row


def propose(errand_id: UUID, amount_fen: int, reason: str, staff_id: UUID) -> Errand:
    """One of the staff proposes what of the reward is the runner's; a newer proposal takes the
    place of an older. In the current unit. Raises ErrandUnknown, ErrandStatusUnfit,
    DecisionTooLarge."""
    row = steps.locked(errand_id)
    steps.require(row, "decided", Who.OPERATOR)
    if amount_fen > row.reward_fen:
        raise DecisionTooLarge(maximum_fen=row.reward_fen)
    row.proposed_fen, row.proposed_reason, row.proposed_by = amount_fen, reason, staff_id
    steps.write(row, "proposed", staff_id, reason)
    return row


def decide(errand_id: UUID, amount_fen: int, staff_id: UUID) -> Errand:
    """Somebody else confirms just that proposal, and the reward is divided, in the current unit.

    Raises ErrandUnknown, ErrandStatusUnfit, NothingProposed, SecondPersonNeeded.
    """
    row = steps.locked(errand_id)
    steps.require(row, "decided", Who.OPERATOR)
    if row.proposed_fen is None or row.proposed_fen != amount_fen:
        raise NothingProposed()
    four_eyes.require_other(staff_id, row.proposed_by)
    _divide(row, amount_fen, "decided", Who.OPERATOR, staff_id, row.proposed_reason)
    return row


def end_due() -> int:
    """Duty: takes the step that time decides, each errand in a unit of its own; how many. In any
    order, so that those that fail hold up no other, however many they are."""
    begun, done = time.monotonic(), 0
    due = select(Errand.id).where(*_due()).order_by(func.random()).limit(BATCH)
    while did := sum(_try(row.id) for row in read(due)):
        done += did
        if time.monotonic() - begun > SLICE_SECONDS:
            return Unfinished(done)
    return done


def overdue() -> int:
    """How many errands time should have decided about an hour ago: the gauge `errands_overdue`."""
    return int(read(select(func.count()).select_from(Errand).where(*_due(LATE)))[0][0])


def disputed() -> int:
    """How many disputes wait for staff: the gauge `errands_disputed`."""
    wanted = select(func.count()).select_from(Errand).where(Errand.status == Status.DISPUTED)
    return int(read(wanted)[0][0])


def _due(late: timedelta = timedelta()) -> tuple[Any, ...]:
    return (Errand.next_at <= now() - late, Errand.ended_at.is_(None))


def _try(errand_id: UUID) -> int:
    try:
        return int(in_transaction(partial(_by_time, errand_id)))
    except Exception as error:
        log.error("errand_not_ended", errand=str(errand_id), exc_info=error)
        return 0


def _by_time(errand_id: UUID) -> bool:
    return _take_time(steps.locked(errand_id))


def _take_time(row: Errand) -> bool:
    """Takes the step of a locked errand that time decides, if its time is over."""
    if row.next_at is None or row.next_at > now():
        return False
    step = BY_TIME[Status(row.status)]
    if step == "confirmed_by_time":
        _divide(row, row.reward_fen, step, Who.TIME, SYSTEM_ID)
    elif step == "expired":
        _divide(row, 0, step, Who.TIME, SYSTEM_ID)
    else:
        steps.go(row, step, Who.TIME, SYSTEM_ID)
    return True


def _divide(
    row: Errand, part_fen: int, step: str, who: Who, by: UUID, note: str | None = None
) -> None:
    """Ends a locked errand: `part_fen` of the reward is for the runner, less the fee on it. Who
    has become one person with the runner pays nobody: all of it goes back."""
    steps.require(row, step, who)
    runner_id = members.today(row.runner_id) if row.runner_id else None
    if runner_id is not None and runner_id == members.today(row.payer_id):
        part_fen = 0
    fee_fen = fee_of_part(part_fen, row.reward_fen, row.fee_fen)
    shares = {
        "runner_fen": part_fen - fee_fen,
        "charged_fen": fee_fen,
        "returned_fen": row.reward_fen - part_fen,
    }
    steps.go(row, step, who, by, note, **shares)
    back = _returning(row, by) if row.returned_fen else None
    if row.runner_fen and runner_id is not None:
        _count(row, runner_id)
        row.end_journal_id = _pay(row, runner_id, by, [back] if back else [])
    elif back is not None:
        row.end_journal_id = escrows.give_back(back)
    db.session.flush()


def _returning(row: Errand, by: UUID) -> Journal:
    parts = escrows.parts_of(row.parts_journal_id, row.payer_id)
    back = [Part(one.account, fen, one.lot_id) for one, fen in last_of(parts, row.returned_fen)]
    return escrows.returning(row.id, row.payer_id, back, by)


def _count(row: Errand, runner_id: UUID) -> None:
    runner = steps.runner_row(runner_id, is_locked=True)
    if runner is not None and row.status == Status.COMPLETED:
        runner.completed += 1
        db.session.flush()


def _pay(row: Errand, runner_id: UUID, by: UUID, beside: Sequence[Journal]) -> UUID:
    """The runner's part and the fee, and what goes back, in one posting."""
    award = Award(
        key=f"errand:{row.id}",
        owner_id=runner_id,
        amount_fen=row.runner_fen,
        purse=Purse.REBATE,
        subject_id=row.id,
        is_owed=True,
        escrow_of=row.payer_id,
        fee_fen=row.charged_fen,
    )
    granted = grants.grant(row.campaign_id, award, by, beside=beside)
    if granted is None:
        raise RuntimeError(f"the escrow of errand {row.id} is short")
    return granted.journal_id
