"""Dead letters: outbox rows whose reader failed too often, and what people decide about them.

A row that is tried again starts from its first failure. A row that is dropped stays as evidence,
and so does each decision, also when the work was done in the end and its row is gone.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from app.core import outbox
from app.core.db import db
from app.core.errors import AppError, NotFound
from app.core.models import DeadLetterDecision, OutboxRow
from app.core.world import bucket_of, new_id, now

log = structlog.get_logger()
DEAD, DROPPED, WAITING = "dead", "dropped", "waiting"


class NotADeadLetter(AppError):
    """The work was tried again, dropped or done already."""

    status, code = 409, "not_a_dead_letter"
    title, message = "This work does not wait for a decision", "该任务当前不需要处理"


def listed(
    state: str, *, reader: str | None = None, after: UUID | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Rows in `state`, oldest first by id (UTC moments), in the current unit of work."""
    wanted = select(OutboxRow).where(OutboxRow.state == state)
    if reader is not None:
        wanted = wanted.where(OutboxRow.reader == reader)
    if after is not None:
        wanted = wanted.where(OutboxRow.id > after)
    rows = db.session.scalars(wanted.order_by(OutboxRow.id).limit(limit)).all()
    decided = _decisions([row.id for row in rows])
    return [_view(row, decided.get(row.id, [])) for row in rows]


def decisions(*, after: UUID | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """What was decided, oldest first by id, in the current unit of work; also of work whose row
    is gone because it was done in the end."""
    wanted = select(DeadLetterDecision).order_by(DeadLetterDecision.id).limit(limit)
    if after is not None:
        wanted = wanted.where(DeadLetterDecision.id > after)
    return [_decision_view(row) for row in db.session.scalars(wanted)]


def counts() -> dict[str, int]:
    """How many dead letters each reader has, in the current unit of work."""
    dead = select(OutboxRow.reader, func.count().label("letters")).where(OutboxRow.state == DEAD)
    found = db.session.execute(dead.group_by(OutboxRow.reader).order_by(OutboxRow.reader))
    return {row.reader: row.letters for row in found}


def retry(row_id: UUID, principal_id: UUID) -> dict[str, Any]:
    """Makes one dead or dropped letter due now, in the current unit of work; the row is locked.

    Raises NotFound, NotADeadLetter, and NotADeadLetter if its reader no longer exists.
    """
    row = _locked(row_id)
    if row.state not in (DEAD, DROPPED) or row.reader not in outbox.readers():
        raise NotADeadLetter(state=row.state)
    row.state, row.due_at, row.failures, row.lost = WAITING, now(), 0, 0
    _decide(row, "retry", principal_id, None)
    log.info("dead_letter_retried", row=str(row_id), reader=row.reader, by=str(principal_id))
    return _view(row, _decisions([row_id])[row_id])


def retry_all(reader: str, principal_id: UUID) -> int:
    """Makes all dead letters of one reader due now, in the current unit of work; how many."""
    if reader not in outbox.readers():
        return 0
    values = {"state": WAITING, "due_at": now(), "failures": 0, "lost": 0}
    values |= {"decided_by": principal_id}
    revived = db.session.execute(
        update(OutboxRow)
        .where(OutboxRow.state == DEAD, OutboxRow.reader == reader)
        .values(**values, decided_at=now(), reason=None)
        .returning(OutboxRow.id, OutboxRow.last_error)
    ).all()
    told = [
        _decided(row.id, reader, "retry", principal_id, None, row.last_error) for row in revived
    ]
    db.session.add_all(told)
    log.info("dead_letters_retried", count=len(revived), reader=reader, by=str(principal_id))
    return len(revived)


def drop(row_id: UUID, principal_id: UUID, reason: str) -> dict[str, Any]:
    """Gives one dead letter up for good, with the reason, in the current unit of work.

    It is kept, and can still be tried again. Raises NotFound, NotADeadLetter.
    """
    row = _locked(row_id)
    if row.state != DEAD:
        raise NotADeadLetter(state=row.state)
    row.state = DROPPED
    _decide(row, "drop", principal_id, reason)
    log.info("dead_letter_dropped", row=str(row_id), reader=row.reader, by=str(principal_id))
    return _view(row, _decisions([row_id])[row_id])


def _decide(row: OutboxRow, decision: str, principal_id: UUID, reason: str | None) -> None:
    row.decided_by, row.decided_at, row.reason = principal_id, now(), reason
    made = _decided(row.id, row.reader, decision, principal_id, reason, row.last_error)
    db.session.add(made)
    db.session.flush()


def _decided(
    letter_id: UUID,
    reader: str,
    decision: str,
    principal_id: UUID,
    reason: str | None,
    last_error: str | None,
) -> DeadLetterDecision:
    bucket = bucket_of(letter_id)
    return DeadLetterDecision(
        bucket=bucket,
        id=new_id(bucket),
        letter_id=letter_id,
        reader=reader,
        decision=decision,
        decided_by=principal_id,
        decided_at=now(),
        reason=reason,
        last_error=last_error,
    )


def _decisions(letter_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    wanted = select(DeadLetterDecision).where(DeadLetterDecision.letter_id.in_(letter_ids))
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in db.session.scalars(wanted.order_by(DeadLetterDecision.id)):
        found.setdefault(row.letter_id, []).append(_decision_view(row))
    return found


def _decision_view(row: DeadLetterDecision) -> dict[str, Any]:
    names = ("id", "letter_id", "reader", "decision", "decided_by", "decided_at", "reason")
    return {name: getattr(row, name) for name in (*names, "last_error")}


def _locked(row_id: UUID) -> OutboxRow:
    key = (bucket_of(row_id), row_id)
    row = db.session.get(OutboxRow, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def _view(row: OutboxRow, decided: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "reader": row.reader,
        "payload": row.payload,
        "state": row.state,
        "attempts": row.attempts,
        "failures": row.failures,
        "last_error": row.last_error,
        "created_at": row.created_at,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "reason": row.reason,
        "decisions": decided,
    }
