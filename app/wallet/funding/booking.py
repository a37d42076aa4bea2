"""Booking money that arrived in a fund, was moved outside or was paid to the tax office: small sums
by one person of finance.

From FUNDS_FOUR_EYES_FEN on it waits for a second one, and so does what would bring all that a
person has booked alone on the Beijing day up to it: many small bookings are one large one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from app.core import four_eyes
from app.core.config import settings
from app.core.db import db, read
from app.core.errors import NotFound
from app.core.world import beijing_day, new_id, now, start_of_beijing_day
from app.wallet import treasury
from app.wallet.errors import ReceiptBooked
from app.wallet.funding.errors import BookingDecided
from app.wallet.funding.models import TreasuryBooking
from app.wallet.treasury import BUCKET, Fund, Place

PAID_IN, MOVED, TAX_PAID = "paid_in", "moved", "tax_paid"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be booked: `paid_in` from a place into a fund, `moved` between two places, or
    `tax_paid` from the bank to the tax office, with the number of its receipt."""

    kind: str
    origin: str
    target: str
    amount_fen: int
    receipt: str | None = None


def book(wish: Wish, staff_id: UUID) -> TreasuryBooking:
    """Books it, or has it wait for a second person, in the current unit; `status` says which.

    One decision over the platform's money at a time, so that two requests of a person see each
    other. Raises TreasuryShort where the place it is moved from does not hold as much,
    InsufficientFunds where less tax is withheld, ReceiptBooked.
    """
    treasury.take_turns()
    if wish.receipt is not None and _is_booked(wish.receipt):
        raise ReceiptBooked()
    row = TreasuryBooking(
        bucket=BUCKET,
        id=new_id(BUCKET),
        kind=wish.kind,
        origin=wish.origin,
        target=wish.target,
        receipt=wish.receipt,
        amount_fen=wish.amount_fen,
        status="waiting",
        requested_by=staff_id,
        created_at=now(),
    )
    if booked_alone_fen(staff_id) + wish.amount_fen < settings().funds_four_eyes_fen:
        _post(row, staff_id)
    db.session.add(row)
    db.session.flush()
    return row


def decide(booking_id: UUID, staff_id: UUID, *, is_approved: bool) -> TreasuryBooking:
    """The second person's decision, in the current unit; agreeing posts it. Who asked may only take
    it back. Locks as `book` does, then the booking. Raises NotFound, BookingDecided,
    SecondPersonNeeded, TreasuryShort, InsufficientFunds."""
    row = locked(booking_id)
    if row.status != "waiting":
        raise BookingDecided(booking_status=row.status)
    if is_approved:
        four_eyes.require_other(staff_id, row.requested_by)
        _post(row, staff_id)
    else:
        row.status = "refused"
    row.decided_by, row.decided_at = staff_id, now()
    db.session.flush()
    return row


def locked(booking_id: UUID) -> TreasuryBooking:
    """A booking, locked until the current unit ends, after the turn over the platform's money.
    Raises NotFound."""
    treasury.take_turns()
    key = (BUCKET, booking_id)
    row = db.session.get(TreasuryBooking, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def booked_alone_fen(staff_id: UUID) -> int:
    """What somebody has booked and reversed by themselves on this Beijing day, in fen, in the
    current unit."""
    today = start_of_beijing_day(beijing_day(now()))
    booked = (
        TreasuryBooking.requested_by == staff_id,
        TreasuryBooking.created_at >= today,
        TreasuryBooking.status == "booked",
        TreasuryBooking.decided_by.is_(None),
    )
    reversed_ = (
        TreasuryBooking.reversal_asked_by == staff_id,
        TreasuryBooking.reversal_asked_at >= today,
        TreasuryBooking.reversal_status == "booked",
        TreasuryBooking.reversal_decided_by.is_(None),
    )
    return _sum_fen(*booked) + _sum_fen(*reversed_)


def _sum_fen(*conditions: ColumnElement[bool]) -> int:
    wanted = select(func.coalesce(func.sum(TreasuryBooking.amount_fen), 0))
    return int(db.session.scalar(wanted.where(TreasuryBooking.bucket == BUCKET, *conditions)) or 0)


def page(
    status: str | None, kind: str | None, before: UUID | None, limit: int
) -> Sequence[TreasuryBooking]:
    """Bookings, newest first, in the current unit of work: `waiting` also those whose reversal
    waits, `reversed` those whose reversal was booked."""
    wanted = select(TreasuryBooking).where(TreasuryBooking.bucket == BUCKET)
    if kind is not None:
        wanted = wanted.where(TreasuryBooking.kind == kind)
    if status == "waiting":
        wanted = wanted.where(_undecided())
    elif status == "reversed":
        wanted = wanted.where(TreasuryBooking.reversal_status == "booked")
    elif status is not None:
        wanted = wanted.where(TreasuryBooking.status == status)
    if before is not None:
        wanted = wanted.where(TreasuryBooking.id < before)
    return db.session.scalars(wanted.order_by(TreasuryBooking.id.desc()).limit(limit)).all()


def waiting() -> int:
    """How many bookings and reversals wait for a second person: the gauge
    `treasury_bookings_waiting`."""
    return int(read(select(func.count()).where(_undecided()))[0][0])


def _is_booked(receipt: str) -> bool:
    """Whether a receipt of the tax office stands in a booking; not one refused or reversed."""
    standing = select(TreasuryBooking.id).where(
        TreasuryBooking.bucket == BUCKET,
        TreasuryBooking.receipt == receipt,
        TreasuryBooking.status != "refused",
        TreasuryBooking.reversal_status.is_distinct_from("booked"),
    )
    return db.session.scalar(standing) is not None


def _undecided() -> ColumnElement[bool]:
    is_waiting = TreasuryBooking.status == "waiting"
    return or_(is_waiting, TreasuryBooking.reversal_status == "waiting")


def _post(row: TreasuryBooking, staff_id: UUID) -> None:
    origin, amount, key = Place(row.origin), row.amount_fen, str(row.id)
    if row.kind == PAID_IN:
        row.journal_id = treasury.fund(Fund(row.target), amount, origin, staff_id, key)
    elif row.kind == TAX_PAID:
        row.journal_id = treasury.pay_tax(amount, staff_id, key)
    else:
        row.journal_id = treasury.transfer(origin, Place(row.target), amount, staff_id, key)
    row.status = "booked"
