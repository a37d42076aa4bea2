"""Dead letters: outbox rows whose reader failed too often, and what people decide about them.

A row that is tried again starts from its first failure. A row that is dropped stays as evidence.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from app.core import outbox
from app.core.db import db
from app.core.errors import AppError, NotFound
from app.core.models import OutboxRow
from app.core.world import bucket_of, now

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
    return [_view(row) for row in db.session.scalars(wanted.order_by(OutboxRow.id).limit(limit))]


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
    row.state, row.due_at, row.failures = WAITING, now(), 0
    row.decided_by, row.decided_at, row.reason = principal_id, now(), None
    log.info("dead_letter_retried", row=str(row_id), reader=row.reader, by=str(principal_id))
    return _view(row)


def retry_all(reader: str, principal_id: UUID) -> int:
    """Makes all dead letters of one reader due now, in the current unit of work; how many."""
    if reader not in outbox.readers():
        return 0
    values = {"state": WAITING, "due_at": now(), "failures": 0}
    revived = db.session.execute(
        update(OutboxRow)
        .where(OutboxRow.state == DEAD, OutboxRow.reader == reader)
        .values(**values, decided_by=principal_id, decided_at=now(), reason=None)
        .returning(OutboxRow.id)
    ).all()
    log.info("dead_letters_retried", count=len(revived), reader=reader, by=str(principal_id))
    return len(revived)


def drop(row_id: UUID, principal_id: UUID, reason: str) -> dict[str, Any]:
    """Gives one dead letter up for good, with the reason, in the current unit of work.

    It is kept, and can still be tried again. Raises NotFound, NotADeadLetter.
    """
    row = _locked(row_id)
    if row.state != DEAD:
        raise NotADeadLetter(state=row.state)
    row.state, row.reason = DROPPED, reason
    row.decided_by, row.decided_at = principal_id, now()
    log.info("dead_letter_dropped", row=str(row_id), reader=row.reader, by=str(principal_id))
    return _view(row)


def _locked(row_id: UUID) -> OutboxRow:
    key = (bucket_of(row_id), row_id)
    row = db.session.get(OutboxRow, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def _view(row: OutboxRow) -> dict[str, Any]:
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
    }
