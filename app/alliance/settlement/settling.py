"""Settlement: after so many working days a merchant's sales become available, with a statement.

`pending` and `experience_pending` are settled together. A settlement's lines never change; each
sale, and each refund of a settled sale, is a line of exactly one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import chinese_calendar
import structlog
from sqlalchemy import Select, Table, select

from app.alliance import distribution
from app.alliance.models import Merchant, Refund, Sale, Settlement, SettlementLine
from app.core import outbox
from app.core.config import settings
from app.core.db import NewRow, db, in_transaction, insert, read
from app.core.errors import NotFound, ServiceUnavailable
from app.core.world import (
    SYSTEM_ID,
    beijing_day,
    bucket_of,
    new_id,
    now,
    start_of_beijing_day,
)
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg

log = structlog.get_logger()
MOST_LINES = 5_000
MOST_MERCHANTS = 1_000
SETTLE_SECONDS = 300
SATURDAY = 5


class _NotYet(Exception):
    """The merchant's folded balance does not show these sales yet; the unit is undone."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sale (positive) or a refund (negative), and what it moves."""

    kind: str
    subject_id: UUID
    moment: datetime
    pending_fen: int
    experience_fen: int


def is_working_day(day: date) -> bool:
    """Whether banks work in China; after the calendar's last year by the day of the week."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def due_before(moment: datetime, working_days: int) -> datetime:
    """Sales paid before this UTC moment are due: `working_days` have begun since their day."""
    day = beijing_day(moment)
    while working_days > 0:
        working_days -= is_working_day(day)
        day -= timedelta(days=1)
    return start_of_beijing_day(day + timedelta(days=1))


def run(principal_id: UUID = SYSTEM_ID) -> list[UUID]:
    """Settles what is due, each merchant in a unit of its own; the ids of the settlements."""
    before = due_before(now(), settings().settlement_working_days)
    due = select(Sale.merchant_id).distinct().where(*_unsettled(before)).limit(MOST_MERCHANTS)
    merchant_ids = [row.merchant_id for row in read(due)]
    if not merchant_ids:
        return []
    distribution.fold()
    settled = (_try(merchant_id, before, principal_id) for merchant_id in sorted(merchant_ids))
    return [identity for identity in settled if identity is not None]


def run_duty() -> int:
    """The timetable's settlement; how many were issued."""
    return len(run())


def find(settlement_id: UUID) -> Settlement:
    """Raises NotFound."""
    row = db.session.get(Settlement, (bucket_of(settlement_id), settlement_id))
    if row is None:
        raise NotFound()
    return row


def view(row: Settlement) -> dict[str, Any]:
    """A settlement's head (fen, UTC)."""
    return {
        "id": str(row.id),
        "merchant_id": str(row.merchant_id),
        "paid_before": row.paid_before.isoformat(),
        "sale_count": row.sale_count,
        "refund_count": row.refund_count,
        "pending_fen": row.pending_fen,
        "experience_fen": row.experience_fen,
        "total_fen": row.pending_fen + row.experience_fen,
        "journal_id": str(row.journal_id) if row.journal_id else None,
        "created_at": row.created_at.isoformat(),
    }


def lines_of(row: Settlement, limit: int = MOST_LINES) -> list[dict[str, Any]]:
    """A settlement's lines (fen, UTC), oldest first."""
    mine = (SettlementLine.bucket == row.bucket, SettlementLine.settlement_id == row.id)
    found = db.session.scalars(
        select(SettlementLine)
        .where(*mine)
        .order_by(SettlementLine.moment, SettlementLine.subject_id)
        .limit(limit)
    )
    return [
        {
            "kind": line.kind,
            "subject_id": str(line.subject_id),
            "moment": line.moment.isoformat(),
            "pending_fen": line.pending_fen,
            "experience_fen": line.experience_fen,
        }
        for line in found
    ]


def _unsettled(before: datetime) -> tuple[Any, ...]:
    return Sale.paid_at.is_not(None), Sale.paid_at < before, Sale.settlement_id.is_(None)


def _try(merchant_id: UUID, before: datetime, principal_id: UUID) -> UUID | None:
    try:
        return in_transaction(lambda: _settle(merchant_id, before, principal_id))
    except _NotYet:
        log.info("settlement_waits", merchant=str(merchant_id))
    except ServiceUnavailable:
        raise
    except Exception as error:  # one merchant's trouble holds up no other
        log.error("settlement_failed", merchant=str(merchant_id), exc_info=error)
    return None


def _settle(merchant_id: UUID, before: datetime, principal_id: UUID) -> UUID | None:
    bucket = bucket_of(merchant_id)
    db.session.get(Merchant, (bucket, merchant_id), with_for_update=True)
    sales = db.session.scalars(_due_sales(merchant_id, before)).all()
    refunds = _due_refunds(merchant_id, {sale.id for sale in sales})
    lines = _lines(sales, refunds)
    pending = sum(line.pending_fen for line in lines)
    experience = sum(line.experience_fen for line in lines)
    if not sales or pending < 0 or experience < 0:
        return None  # refunds outweigh what is due: it waits for later sales
    identity = new_id(bucket)
    journal = _journal(merchant_id, identity, pending, experience, principal_id)
    db.session.add(
        Settlement(
            bucket=bucket,
            id=identity,
            merchant_id=merchant_id,
            paid_before=before,
            sale_count=len(sales),
            refund_count=len(refunds),
            pending_fen=pending,
            experience_fen=experience,
            journal_id=journal.id if journal else None,
            created_at=now(),
        )
    )
    for row in (*sales, *refunds):
        row.settlement_id = identity
    db.session.flush()
    insert([_line_row(bucket, identity, line) for line in lines])
    payload = {"settlement_id": str(identity), "merchant_id": str(merchant_id)}
    outbox.emit("settlement.issued", payload, bucket=bucket)
    if journal is not None and ledger.post_if_funded([journal]) is None:
        raise _NotYet()
    return identity


def _due_sales(merchant_id: UUID, before: datetime) -> Select[tuple[Sale]]:
    return (
        select(Sale)
        .where(Sale.merchant_id == merchant_id, *_unsettled(before))
        .order_by(Sale.paid_at)
        .limit(MOST_LINES)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _due_refunds(merchant_id: UUID, due_ids: set[UUID]) -> list[Refund]:
    """Refunds of settled sales and of those settled now. Those of later sales wait for them."""
    found = db.session.execute(
        select(Refund, Sale.id, Sale.settlement_id)
        .join(Sale, (Sale.bucket == Refund.bucket) & (Sale.id == Refund.sale_id))
        .where(
            Refund.merchant_id == merchant_id,
            Refund.done_at.is_not(None),
            Refund.settlement_id.is_(None),
        )
        .order_by(Refund.done_at)
        .with_for_update(of=Refund)
        .execution_options(populate_existing=True)
    )
    return [row for row, sale_id, settled in found if settled is not None or sale_id in due_ids]


def _lines(sales: Sequence[Sale], refunds: Sequence[Refund]) -> list[Line]:
    sold = [
        Line("sale", row.id, row.paid_at, row.net_fen, row.experience_fen)
        for row in sales
        if row.paid_at is not None
    ]
    returned = [
        Line("refund", row.id, row.done_at, -row.from_pending_fen, -row.from_experience_pending_fen)
        for row in refunds
        if row.done_at is not None
    ]
    return sold + returned


def _journal(
    merchant_id: UUID, settlement_id: UUID, pending: int, experience: int, principal_id: UUID
) -> Journal | None:
    legs = (
        Leg(merchant_id, Account.PENDING, -pending),
        Leg(merchant_id, Account.EXPERIENCE_PENDING, -experience),
        Leg(merchant_id, Account.AVAILABLE, pending + experience),
    )
    moving = tuple(leg for leg in legs if leg.amount_fen)
    if not moving:
        return None
    return Journal(
        id=new_id(bucket_of(merchant_id)),
        kind="settlement",
        reference_id=settlement_id,
        principal_id=principal_id,
        key=f"settlement:{settlement_id}",
        legs=moving,
    )


def _line_row(bucket: int, settlement_id: UUID, line: Line) -> NewRow:
    table = SettlementLine.__table__
    assert isinstance(table, Table)
    values = {
        "bucket": bucket,
        "kind": line.kind,
        "subject_id": line.subject_id,
        "settlement_id": settlement_id,
        "moment": line.moment,
        "pending_fen": line.pending_fen,
        "experience_fen": line.experience_fen,
    }
    return NewRow(table, values)
