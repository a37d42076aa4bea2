"""How much somebody has closed by themselves today: many small lines are one large one.

RECONCILIATION_FOUR_EYES_FEN is what one person may close alone, lines that differ and amounts in
suspense together, on a Beijing day. What another person had proposed before does not count.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from app.core.config import settings
from app.core.db import db, one_at_a_time
from app.core.world import beijing_day, now, start_of_beijing_day
from app.wallet.models import SuspenseItem
from app.wallet.reconciliation import rules
from app.wallet.reconciliation.comparing import BUCKET, CLOSING
from app.wallet.reconciliation.models import ReconciliationLine, ReconciliationStep, SuspenseStep
from app.wallet.reconciliation.rules import Result


def may_close(principal_id: UUID, amount_fen: int) -> bool:
    """Whether somebody may close so much alone now, in the current unit of work; their next
    decision waits until it ends."""
    limit_fen = settings().reconciliation_four_eyes_fen
    if amount_fen >= limit_fen:
        return False
    one_at_a_time(f"wallet/closed_alone/{principal_id}")
    return _closed_fen(principal_id) + amount_fen < limit_fen


def size_fen(line: ReconciliationLine) -> int:
    """What a line is about, in fen: the larger of its two amounts; of a balance, what it lacks."""
    if line.part == CLOSING:
        return abs(rules.offset_fen(Result(line.result), line.their_fen, line.our_fen))
    return max(abs(line.their_fen or 0), abs(line.our_fen or 0))


def _closed_fen(principal_id: UUID) -> int:
    step, item_step = ReconciliationStep, SuspenseStep
    lines = (
        select(ReconciliationLine)
        .join(step, (step.bucket == BUCKET) & (step.line_id == ReconciliationLine.id))
        .where(ReconciliationLine.bucket == BUCKET, step.is_final)
        .where(*_alone(step, step.line_id, principal_id))
    )
    is_end = or_(item_step.journal_id.is_not(None), item_step.refund_id.is_not(None))
    items = (
        select(func.coalesce(func.sum(SuspenseItem.amount_fen), 0))
        .join(item_step, (item_step.bucket == SuspenseItem.bucket)
              & (item_step.item_id == SuspenseItem.id))
        .where(is_end, *_alone(item_step, item_step.item_id, principal_id))
    )  # fmt: skip
    of_lines = sum(size_fen(line) for line in db.session.scalars(lines))
    return of_lines + int(db.session.scalar(items) or 0)


def _alone(step: Any, subject: Any, principal_id: UUID) -> tuple[Any, ...]:
    """The conditions of somebody's steps of today that nobody else had proposed."""
    before = aliased(step)
    today = start_of_beijing_day(beijing_day(now()))
    proposed = exists().where(
        before.bucket == step.bucket,
        getattr(before, subject.key) == subject,
        before.number < step.number,
        before.action == step.action,
        before.principal_id != principal_id,
    )
    return step.principal_id == principal_id, step.at >= today, ~proposed
