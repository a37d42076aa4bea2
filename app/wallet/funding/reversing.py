"""Reversing what was booked of the platform's money by mistake: the exact opposite, once.

Nothing moved outside, or not so: the ledger's journal of the booking is reversed and linked to it.
What really came back, or was really moved back, is a booking of its own. One person reverses what
one person may book on the day (`booking.booked_alone_fen`); more waits for a second one.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.core import four_eyes
from app.core.config import settings
from app.core.db import db
from app.core.world import now
from app.ledger.service import AlreadyReversed
from app.wallet import treasury
from app.wallet.funding import booking
from app.wallet.funding.errors import BookingDecided, BookingNotBooked, ReversalWaiting
from app.wallet.funding.models import TreasuryBooking
from app.wallet.treasury import BUCKET


def ask(booking_id: UUID, reason: str, staff_id: UUID) -> TreasuryBooking:
    """Reverses a booking, or has that wait for a second person, in the current unit;
    `reversal_status` says which. Locks as `booking.book` does, then the booking.

    Raises NotFound, BookingNotBooked, AlreadyReversed, ReversalWaiting; FundShort and
    TreasuryShort where the money is not there any more.
    """
    row = booking.locked(booking_id)
    if row.status != "booked":
        raise BookingNotBooked(booking_status=row.status)
    if row.reversal_status == "booked":
        raise AlreadyReversed()
    if row.reversal_status == "waiting":
        raise ReversalWaiting()
    is_small = booking.booked_alone_fen(staff_id) + row.amount_fen < settings().funds_four_eyes_fen
    row.reversal_reason, row.reversal_asked_by, row.reversal_asked_at = reason, staff_id, now()
    row.reversal_decided_by = row.reversal_decided_at = None
    row.reversal_status = "waiting"
    if is_small:
        _post(row, staff_id)
    db.session.flush()
    return row


def decide(booking_id: UUID, staff_id: UUID, *, is_approved: bool) -> TreasuryBooking:
    """The second person's word on a reversal, in the current unit; agreeing posts it. Who asked
    may only take it back. Locks as `ask`. Raises NotFound, BookingDecided, SecondPersonNeeded,
    FundShort, TreasuryShort."""
    row = booking.locked(booking_id)
    if row.reversal_status != "waiting":
        raise BookingDecided(booking_status=row.reversal_status or row.status)
    if is_approved:
        four_eyes.require_other(staff_id, row.reversal_asked_by)
        _post(row, staff_id)
    else:
        row.reversal_status = "refused"
    row.reversal_decided_by, row.reversal_decided_at = staff_id, now()
    db.session.flush()
    return row


def reversed_among(journal_ids: Collection[UUID]) -> set[UUID]:
    """Those of these journals that a reversal has undone, in the current unit of work."""
    wanted = select(TreasuryBooking.journal_id).where(
        TreasuryBooking.bucket == BUCKET,
        TreasuryBooking.reversal_status == "booked",
        TreasuryBooking.journal_id.in_(journal_ids),
    )
    return {each for each in db.session.scalars(wanted) if each is not None}


def behind(journal_id: UUID) -> TreasuryBooking | None:
    """The booking whose reversal a journal is, in the current unit of work or outside any."""
    wanted = select(TreasuryBooking).where(
        TreasuryBooking.bucket == BUCKET, TreasuryBooking.reversal_journal_id == journal_id
    )
    return db.session.scalar(wanted)


def _post(row: TreasuryBooking, staff_id: UUID) -> None:
    if row.journal_id is None:  # the database's own condition on what is booked
        raise BookingNotBooked(booking_status=row.status)
    key = f"treasury_booking_reversed:{row.id}"
    row.reversal_journal_id = treasury.reverse(row.journal_id, staff_id, key)
    row.reversal_status = "booked"
