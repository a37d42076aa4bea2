"""A run settles merchant after merchant, each in a unit of its own, and says how far it got.

Any number may run at once, by the timetable and by staff: each merchant is settled by whoever
holds it first, the others find nothing left. A run that is killed leaves nothing half done. The
timetable's goes on slice by slice, so that the relay's other duties wait for one slice at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select, Subquery, case, func, literal, select, union, update

from app.alliance import distribution
from app.alliance.models import Contract, Sale
from app.alliance.settlement import calendar, lines, settling, supplied
from app.alliance.settlement.models import SettlementRun
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.errors import NotFound, ServiceUnavailable
from app.core.timetable import Unfinished
from app.core.world import (
    PLATFORM_ID,
    SYSTEM_ID,
    beijing_day,
    bucket_of,
    new_id,
    now,
    start_of_beijing_day,
)

log = structlog.get_logger()
PAGE = 1_000
SETTLE_SECONDS = 300
SLICE_SECONDS = 1.0
REQUEST_SECONDS = 20
TELL_SECONDS = 1
SILENT_SECONDS = 120
BUCKET = bucket_of(PLATFORM_ID)


@dataclass(slots=True)
class Progress:
    """How far a run has got; `issued` are this slice's, `issued_before` those of slices before."""

    run_id: UUID
    merchant_count: int
    issued: list[UUID] = field(default_factory=list)
    issued_before: int = 0
    done_count: int = 0
    failed_count: int = 0
    reached_id: UUID | None = None


def run(principal_id: UUID = SYSTEM_ID, seconds: float | None = None) -> Progress | None:
    """Settles what is due, for at most `seconds`; None if nothing was. What is left when the time
    is over, the timetable settles."""
    progress = _begin(principal_id)
    if progress is None:
        return None
    _go_on(progress, principal_id, seconds)
    _tell(progress, is_finished=True)
    return progress


def run_duty() -> int:
    """A slice of the timetable's settlement, of at most SLICE_SECONDS and one merchant more; how
    many statements were issued, as Unfinished where merchants are left. The next slice, also that
    of another process, goes on behind the last merchant: one that cannot be settled holds up
    nobody."""
    progress = _under_way() or _begin(SYSTEM_ID)
    if progress is None:
        return 0
    is_finished = _go_on(progress, SYSTEM_ID, SLICE_SECONDS)
    _tell(progress, is_finished=is_finished)
    count = len(progress.issued)
    return count if is_finished else Unfinished(count)


def find(run_id: UUID) -> SettlementRun:
    """In the current unit of work. Raises NotFound."""
    row = db.session.get(SettlementRun, (BUCKET, run_id))
    if row is None:
        raise NotFound()
    return row


def latest() -> list[SettlementRun]:
    """The last 50 runs, newest first, in the current unit of work."""
    return list(
        db.session.scalars(select(SettlementRun).order_by(SettlementRun.id.desc()).limit(50))
    )


def view(row: SettlementRun) -> dict[str, Any]:
    """A run as staff see it. `interrupted`: silent for SILENT_SECONDS without having ended."""
    status = "finished" if row.finished_at else "running"
    if status == "running" and row.seen_at < now() - timedelta(seconds=SILENT_SECONDS):
        status = "interrupted"
    counts = ("merchant_count", "done_count", "issued_count", "failed_count")
    return {
        "id": str(row.id),
        "status": status,
        "requested_by": str(row.requested_by),
        **{name: getattr(row, name) for name in counts},
        "created_at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def _go_on(progress: Progress, principal_id: UUID, seconds: float | None) -> bool:
    """Settles merchant after merchant until the time is over; whether none is left."""
    present, moment = calendar.present(), now()
    distribution.fold()
    ends_at = None if seconds is None else time.monotonic() + seconds
    told_at = time.monotonic()
    while True:
        page = [row.merchant_id for row in read(_page(present, progress.reached_id))]
        for merchant_id in page:
            work = partial(settling.settle, merchant_id, present, moment, principal_id)
            _try(merchant_id, work, progress)
            progress.reached_id = merchant_id
            if ends_at is not None and time.monotonic() >= ends_at:
                return False
            if time.monotonic() - told_at > TELL_SECONDS:
                _tell(progress)
                told_at = time.monotonic()
        if len(page) < PAGE:
            return True


def _under_way() -> Progress | None:
    """The timetable's run that is not over, or None; one that fell silent is left to be seen."""
    since = now() - timedelta(seconds=SILENT_SECONDS)
    mine = (SettlementRun.bucket == BUCKET, SettlementRun.requested_by == SYSTEM_ID)
    wanted = select(
        SettlementRun.id,
        SettlementRun.merchant_count,
        SettlementRun.issued_count,
        SettlementRun.done_count,
        SettlementRun.failed_count,
        SettlementRun.reached_id,
    ).where(*mine, SettlementRun.finished_at.is_(None), SettlementRun.seen_at > since)
    rows = read(wanted.order_by(SettlementRun.id.desc()).limit(1))
    if not rows:
        return None
    run_id, merchant_count, *counts = rows[0]
    return Progress(run_id, merchant_count, [], *counts)


def _page(present: calendar.Calendar, after: UUID | None) -> Select[Any]:
    due = _due_merchants(present)
    wanted = select(due.c.merchant_id).order_by(due.c.merchant_id).limit(PAGE)
    return wanted if after is None else wanted.where(due.c.merchant_id > after)


def _due_merchants(present: calendar.Calendar) -> Subquery:
    """Merchants with a sale, or experience gold, whose contract's cycle is over, and suppliers
    and those they supply with something of the days before today."""
    own = (Contract.settlement_working_days, Contract.experience_working_days)
    days = {day for row in read(select(*own).distinct()) for day in row if day is not None}
    usual = {settings().settlement_working_days, settings().experience_working_days}
    moment = now()
    ends = {each: literal(present.due_before(moment, each)) for each in days | usual}
    sale_days, gold_days = lines.days_of_contract()
    joined = (Contract.id == Sale.contract_id) & (Contract.merchant_id == Sale.merchant_id)
    merchants = select(Sale.merchant_id).distinct().join(Contract, joined)
    paid = Sale.paid_at.is_not(None)
    sold = merchants.where(
        paid, Sale.settlement_id.is_(None), Sale.paid_at < case(ends, value=sale_days)
    )
    gold = merchants.where(
        paid,
        Sale.experience_settlement_id.is_(None),
        Sale.experience_fen > 0,
        Sale.paid_at < case(ends, value=gold_days),
    )
    supplies = supplied.concerned(start_of_beijing_day(beijing_day(moment)))
    return union(sold, gold, supplies).subquery()


def _begin(principal_id: UUID) -> Progress | None:
    due = _due_merchants(calendar.present())
    merchant_count = int(read(select(func.count()).select_from(due))[0][0])
    if not merchant_count:
        return None
    row_id, moment = new_id(BUCKET), now()

    def work() -> None:
        db.session.add(
            SettlementRun(
                bucket=BUCKET,
                id=row_id,
                requested_by=principal_id,
                merchant_count=merchant_count,
                created_at=moment,
                seen_at=moment,
            )
        )

    in_transaction(work)
    return Progress(row_id, merchant_count)


def _try(merchant_id: UUID, settle: Callable[[], UUID | None], progress: Progress) -> None:
    try:
        identity = settle()
    except settling.NotYet:
        log.info("settlement_waits", merchant=str(merchant_id))
        identity = None
    except ServiceUnavailable:
        raise
    except Exception as error:  # one merchant's trouble holds up no other
        log.error("settlement_failed", merchant=str(merchant_id), exc_info=error)
        progress.failed_count += 1
        identity = None
    progress.done_count += 1
    if identity is not None:
        progress.issued.append(identity)


def _tell(progress: Progress, *, is_finished: bool = False) -> None:
    moment = now()
    values = {
        "done_count": progress.done_count,
        "issued_count": progress.issued_before + len(progress.issued),
        "reached_id": progress.reached_id,
        "failed_count": progress.failed_count,
        "seen_at": moment,
        "finished_at": moment if is_finished else None,
    }
    mine = (SettlementRun.bucket == BUCKET, SettlementRun.id == progress.run_id)
    in_transaction(lambda: db.session.execute(update(SettlementRun).where(*mine).values(values)))
