"""Reading what reconciliation has found: runs, lines with filters, and lines as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import NotFound
from app.wallet.reconciliation import comparing as reconciliation
from app.wallet.reconciliation.comparing import BUCKET
from app.wallet.reconciliation.models import (
    ReconciliationLine,
    ReconciliationRun,
    ReconciliationStep,
)
from app.wallet.reconciliation.resolving import actions, difference_fen, steps_of

Fields = dict[str, Any]
LINE_FIELDS = tuple(
    column.name
    for column in ReconciliationLine.__table__.columns
    if column.name not in ("bucket", "run_id")
)
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def runs(before: date | None, limit: int) -> list[Fields]:
    """The newest runs, of days before `before`, in the current unit of work."""
    wanted = select(ReconciliationRun).where(ReconciliationRun.bucket == BUCKET)
    if before is not None:
        wanted = wanted.where(ReconciliationRun.day < before)
    wanted = wanted.order_by(ReconciliationRun.day.desc(), ReconciliationRun.bill).limit(limit)
    return [run_fields(row) for row in db.session.scalars(wanted)]


def run_by_id(run_id: UUID) -> Fields:
    """A run, in the current unit of work. Raises NotFound."""
    row = db.session.get(ReconciliationRun, (BUCKET, run_id))
    if row is None:
        raise NotFound()
    return run_fields(row)


def run_fields(run: ReconciliationRun) -> Fields:
    """A run with how many of its lines are open, in the current unit of work."""
    mine = ReconciliationLine.bucket == BUCKET, ReconciliationLine.run_id == run.id
    open_ = select(func.count()).select_from(ReconciliationLine)
    names = ("id", "day", "bill", "source", "lines", "matched", "created_at")
    amounts = ("their_closing_fen", "our_closing_fen", "in_transit_fen", "carried_fen")
    fields = {name: getattr(run, name) for name in (*names, *amounts)}
    return fields | {"open": db.session.scalar(open_.where(*mine, *reconciliation.is_open()))}


def lines(
    *,
    day: date | None = None,
    bill: str | None = None,
    result: str | None = None,
    is_open: bool = False,
    after: UUID | None = None,
    limit: int,
) -> list[Fields]:
    """Lines in the order in which they were found, in the current unit of work."""
    line = ReconciliationLine
    wanted = select(line).where(line.bucket == BUCKET)
    for column, value in ((line.day, day), (line.bill, bill), (line.result, result)):
        wanted = wanted if value is None else wanted.where(column == value)
    wanted = wanted if after is None else wanted.where(line.id > after)
    wanted = wanted.where(*reconciliation.is_open()) if is_open else wanted
    return [_fields(row) for row in db.session.scalars(wanted.order_by(line.id).limit(limit))]


def line_by_id(line_id: UUID) -> Fields:
    """A line with its steps and what may be done with it. Raises NotFound."""
    line = db.session.get(ReconciliationLine, (BUCKET, line_id))
    if line is None:
        raise NotFound()
    steps = steps_of(line_id)
    is_open = line.result != "matched" and not any(step.is_final for step in steps)
    return _fields(line) | {
        "is_open": is_open,
        "actions": sorted(actions(line)) if is_open else [],
        "steps": [_step(step) for step in steps],
    }


def as_csv(rows: Iterable[Fields]) -> str:
    """Lines as CSV for a spreadsheet: no text of others is ever read as a formula there."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([*LINE_FIELDS, "difference_fen"])
    for row in rows:
        writer.writerow([_cell(row[name]) for name in (*LINE_FIELDS, "difference_fen")])
    return "\ufeff" + written.getvalue()


def _cell(value: Any) -> Any:
    """Amounts are numbers and stay so; text that a spreadsheet would compute gets an apostrophe."""
    if value is None or isinstance(value, int):
        return value
    shown = str(value)
    return f"'{shown}" if shown.startswith(BEGINS_A_FORMULA) else shown


def _fields(line: ReconciliationLine) -> Fields:
    shown = {name: getattr(line, name) for name in LINE_FIELDS}
    return shown | {"difference_fen": difference_fen(line)}


def _step(step: ReconciliationStep) -> Fields:
    names = ("action", "principal_id", "reason", "is_final", "journal_id", "at")
    return {name: getattr(step, name) for name in names}
