"""Pausing and resuming, at once and by one person; closing from a day on, by two.

A pause protects, so that it waits for nobody. A closure is asked for with a reason, agreed to by
another person, and may be undone the same way until its day begins (Beijing).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue, terms
from app.alliance.closure import reading
from app.alliance.closure.errors import (
    AlreadyPaused,
    ClosureDateOver,
    ClosureNotDecidable,
    ClosureOpen,
    FallbackUnfit,
    MerchantClosed,
    NotPaused,
    StoreClosed,
)
from app.alliance.closure.models import Closure, ClosureStep, Pause
from app.alliance.closure.rules import DECIDED, LIVE
from app.alliance.errors import StoreUnknown
from app.core import four_eyes, outbox
from app.core.db import db, one_at_a_time
from app.core.errors import NotFound, SecondPersonNeeded
from app.core.world import bucket_of, new_id, now, start_of_beijing_day

CHANGED = "standing.changed"


def pause(merchant_id: UUID, store_id: UUID | None, reason: str, staff_id: UUID) -> Pause:
    """Pauses a store, or all of a merchant, from now on, in the current unit of work. Payments
    that wait for WeChat already go on. Locks the merchant's standing.

    Raises MerchantUnknown, StoreUnknown, MerchantClosed, StoreClosed, AlreadyPaused.
    """
    _must_be_in_business(merchant_id, store_id)
    known = _open_pause(merchant_id, store_id)
    if known is not None:
        raise AlreadyPaused(pause_id=str(known.id))
    bucket = bucket_of(merchant_id)
    row = Pause(
        bucket=bucket,
        id=new_id(bucket),
        merchant_id=merchant_id,
        store_id=store_id,
        reason=reason,
        paused_by=staff_id,
        created_at=now(),
    )
    db.session.add(row)
    _changed("paused", merchant_id, store_id, reason)
    return row


def resume(pause_id: UUID, reason: str, staff_id: UUID) -> Pause:
    """Ends a pause now, in the current unit of work. Locks it. Raises NotFound, NotPaused."""
    key = (bucket_of(pause_id), pause_id)
    row = db.session.get(Pause, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.resumed_at is not None:
        raise NotPaused()
    row.resume_reason, row.resumed_by, row.resumed_at = reason, staff_id, now()
    _changed("resumed", row.merchant_id, row.store_id, reason)
    return row


def request(
    merchant_id: UUID,
    store_id: UUID | None,
    closes_on: date,
    reason: str,
    staff_id: UUID,
    fallback_store_id: UUID | None = None,
) -> Closure:
    """Asks for a closure from a business day on, in the current unit of work; nothing is closed
    by it. Members then go to the fallback store, if one is named. Locks the merchant's standing.

    Raises MerchantUnknown, StoreUnknown, MerchantClosed, StoreClosed, ClosureOpen, FallbackUnfit,
    ClosureDateOver (that day has begun).
    """
    _must_be_in_business(merchant_id, store_id)
    starts_at = start_of_beijing_day(closes_on)
    if starts_at <= now():
        raise ClosureDateOver()
    known = _live_closure(merchant_id, store_id)
    if known is not None:
        raise ClosureOpen(closure_id=str(known.id))
    bucket = bucket_of(merchant_id)
    row = Closure(
        bucket=bucket,
        id=new_id(bucket),
        merchant_id=merchant_id,
        store_id=store_id,
        closes_on=closes_on,
        starts_at=starts_at,
        fallback_store_id=fallback_store_id,
        status="requested",
        asked_by=staff_id,
        created_at=now(),
    )
    _must_outlast(row)
    db.session.add(row)
    _note(row, "requested", staff_id, reason)
    return row


def decide(closure_id: UUID, staff_id: UUID, reason: str | None, *, is_approved: bool) -> Closure:
    """The second person's word on a closure, or on undoing it, in the current unit of work.

    Locks the closure. Raises NotFound, ClosureNotDecidable, SecondPersonNeeded and, for what
    would change the day of the closure once it has begun, ClosureDateOver; FallbackUnfit, where
    the fallback is to close too since.
    """
    row = _locked(closure_id)
    status = DECIDED.get((row.status, is_approved))
    if status is None:
        raise ClosureNotDecidable(closure_status=row.status)
    four_eyes.require_other(staff_id, row.asked_by)
    if is_approved and row.starts_at <= now():
        raise ClosureDateOver()
    if row.status == "requested" and is_approved:
        _must_outlast(row)
    kind = "undo_refused" if (row.status, is_approved) == ("undo_requested", False) else status
    row.status = status
    _note(row, kind, staff_id, reason)
    if is_approved:
        what = "closing" if status == "approved" else "reopened"
        _changed(what, row.merchant_id, row.store_id, None, row.closes_on, row.fallback_store_id)
    return row


def undo(closure_id: UUID, staff_id: UUID, reason: str) -> Closure:
    """Asks that a decided closure be undone before its day, or withdraws one's own request, in
    the current unit of work. Locks the closure.

    Raises NotFound, ClosureNotDecidable, ClosureDateOver, SecondPersonNeeded (somebody else's
    request is decided, not withdrawn).
    """
    row = _locked(closure_id)
    if row.status == "requested":
        if row.asked_by != staff_id:
            raise SecondPersonNeeded("who did not ask for it decides about it")
        row.status = "withdrawn"
        _note(row, "withdrawn", staff_id, reason)
        return row
    if row.status != "approved":
        raise ClosureNotDecidable(closure_status=row.status)
    if row.starts_at <= now():
        raise ClosureDateOver()
    row.status, row.asked_by = "undo_requested", staff_id
    _note(row, "undo_requested", staff_id, reason)
    return row


def find(closure_id: UUID) -> Closure:
    """In the current unit of work. Raises NotFound."""
    row = db.session.get(Closure, (bucket_of(closure_id), closure_id))
    if row is None:
        raise NotFound()
    return row


def steps(closure_id: UUID) -> Sequence[ClosureStep]:
    """Everything that was done about a closure, oldest first, in the current unit of work."""
    mine = (ClosureStep.bucket == bucket_of(closure_id), ClosureStep.closure_id == closure_id)
    found = select(ClosureStep).where(*mine).order_by(ClosureStep.created_at, ClosureStep.id)
    return db.session.scalars(found).all()


def _must_be_in_business(merchant_id: UUID, store_id: UUID | None) -> None:
    catalogue.merchant(merchant_id)
    if store_id is not None and catalogue.store(store_id).merchant_id != merchant_id:
        raise StoreUnknown()
    one_at_a_time(f"alliance/standing/{merchant_id}")
    moment, closed = now(), reading.closings_of([merchant_id])
    if closed.has_closed(merchant_id, None, moment):
        raise MerchantClosed()
    if closed.has_closed(merchant_id, store_id, moment):
        raise StoreClosed()


def _must_outlast(row: Closure) -> None:
    """Raises FallbackUnfit where the fallback, if any, closes too; StoreUnknown."""
    if row.fallback_store_id is None:
        return
    fallback = catalogue.store(row.fallback_store_id)
    closes_too = fallback.merchant_id == row.merchant_id and row.store_id in (None, fallback.id)
    standing = reading.standing_of(fallback.merchant_id, fallback.id)
    if closes_too or standing.closes_at is not None:
        raise FallbackUnfit()


def _open_pause(merchant_id: UUID, store_id: UUID | None) -> Pause | None:
    mine = (Pause.bucket == bucket_of(merchant_id), Pause.merchant_id == merchant_id)
    same = Pause.store_id.is_not_distinct_from(store_id)
    return db.session.scalar(select(Pause).where(*mine, same, Pause.resumed_at.is_(None)))


def _live_closure(merchant_id: UUID, store_id: UUID | None) -> Closure | None:
    mine = (Closure.bucket == bucket_of(merchant_id), Closure.merchant_id == merchant_id)
    same = Closure.store_id.is_not_distinct_from(store_id)
    return db.session.scalar(select(Closure).where(*mine, same, Closure.status.in_(LIVE)))


def _locked(closure_id: UUID) -> Closure:
    key = (bucket_of(closure_id), closure_id)
    row = db.session.get(Closure, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def _note(row: Closure, kind: str, staff_id: UUID, reason: str | None) -> None:
    db.session.add(
        ClosureStep(
            bucket=row.bucket,
            id=new_id(row.bucket),
            closure_id=row.id,
            kind=kind,
            staff_id=staff_id,
            reason=reason,
            created_at=now(),
        )
    )
    db.session.flush()


def _changed(
    what: str,
    merchant_id: UUID,
    store_id: UUID | None,
    reason: str | None = None,
    closes_on: date | None = None,
    fallback_store_id: UUID | None = None,
) -> None:
    """Tells every process that sells there, the merchant's contacts, and of closings members."""
    db.session.flush()
    terms.changed()
    payload = {
        "change_id": str(new_id()),
        "what": what,
        "merchant_id": str(merchant_id),
        "store_id": str(store_id) if store_id else None,
        "reason": reason,
        "closes_on": closes_on.isoformat() if closes_on else None,
        "fallback_store_id": str(fallback_store_id) if fallback_store_id else None,
    }
    outbox.emit(CHANGED, payload, bucket=bucket_of(merchant_id))
