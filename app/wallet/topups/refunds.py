"""Unspent prepaid money of a top-up goes back to its payer, through WeChat, to the fen.

Within TOP_UP_REFUND_DAYS its member may ask for it without a reason (Supreme Court interpretation
on prepaid consumption of 2025, WeChat fact E4); afterwards staff decide, with a reason. What has
been spent cannot go back: the lot holds only what is left, and the ledger refuses more. The bonus
goes back to its funder in proportion (`bonuses`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.core.config import settings
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import orders, refunds
from app.wallet.errors import RefundPeriodOver, TopUpNotRefundable, TopUpSpent
from app.wallet.models import Lot, OrderRefund, TopUp
from app.wallet.signals import top_up_refunded
from app.wallet.topups import bonuses

KIND = "top_up_refund"


@dataclass(frozen=True, slots=True)
class Refundable:
    """What went back of a top-up, what of it is left unspent (fen), and until when (UTC) its
    member may have that back without a reason; None before it is credited."""

    refunded_fen: int
    refundable_fen: int
    refundable_until: datetime | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a refund of `amount_fen` of unspent principal would come to (fen): `returns_fen` goes
    to the payer; of the bonus `bonus_back_fen` goes back to its funder from the purse, and
    `kept_fen` of the principal stands in for bonus that was spent."""

    amount_fen: int
    returns_fen: int
    bonus_back_fen: int
    kept_fen: int


@dataclass(frozen=True, slots=True)
class TopUpRefund:
    """A refund under way: `status` as WeChat has it (requested, processing, done, troubled)."""

    id: UUID
    top_up_id: UUID
    amount_fen: int
    status: str
    journal_id: UUID
    created_at: datetime


def refundable(top_up_id: UUID) -> Refundable:
    """What could go back of a top-up, in the current unit of work. Raises NotFound."""
    row = _found(top_up_id)
    if row.credited_at is None:
        return Refundable(0, 0, None)
    lot = _lot(row)
    until = row.credited_at + timedelta(days=settings().top_up_refund_days)
    return Refundable(_refunds(row)[1], _left_fen(lot), until)


def refund_by_member(top_up_id: UUID, amount_fen: int | None) -> TopUpRefund:
    """Gives unspent money back to its member without a reason, in the current unit of work.

    `amount_fen`, or all that is left. Raises NotFound, RefundPeriodOver, TopUpNotRefundable (not
    credited), TopUpSpent, TooManyRefunds. Locks the order.
    """
    row = _found(top_up_id)
    _must_be_in_time(row)
    return _refund(row, amount_fen, "储值退款", row.member_id)


def outlook(top_up_id: UUID, amount_fen: int | None, *, is_by_staff: bool = False) -> Outlook:
    """What `refund_by_member`, or `refund_by_staff`, would do now, in the current unit of work; it
    changes and locks nothing. Raises as that."""
    row = _found(top_up_id)
    if not is_by_staff:
        _must_be_in_time(row)
    elif row.credited_at is None:
        raise TopUpNotRefundable()
    wanted_fen, taken = _planned(row, amount_fen)
    return Outlook(wanted_fen, wanted_fen - taken.missing, taken.from_lot, taken.missing)


def refund_by_staff(
    top_up_id: UUID, amount_fen: int | None, reason: str, staff_id: UUID
) -> TopUpRefund:
    """Gives unspent money back at any time, with a reason. Raises as `refund_by_member`, but not
    RefundPeriodOver."""
    return _refund(_found(top_up_id), amount_fen, reason, staff_id)


def _must_be_in_time(row: TopUp) -> None:
    if row.credited_at is None:
        raise TopUpNotRefundable()
    until = row.credited_at + timedelta(days=settings().top_up_refund_days)
    if now() >= until:
        raise RefundPeriodOver(refundable_until=until.isoformat())


def _planned(row: TopUp, amount_fen: int | None) -> tuple[int, bonuses.TakenBack]:
    """How much principal a refund takes, and what becomes of the bonus."""
    left_fen = _left_fen(_lot(row))
    wanted_fen = left_fen if amount_fen is None else amount_fen
    if not wanted_fen or wanted_fen > left_fen:
        raise TopUpSpent(left_fen=left_fen)
    refunds.check_number_of_refunds(_refunds(row)[0], wanted_fen, left_fen)
    taken = bonuses.back_with(row, bonuses.refunded_fen(row), wanted_fen)
    if wanted_fen <= taken.missing:  # bonus that was spent is kept of what goes back
        raise TopUpSpent(left_fen=0)
    return wanted_fen, taken


def _refund(row: TopUp, amount_fen: int | None, reason: str, principal_id: UUID) -> TopUpRefund:
    if row.credited_at is None:
        raise TopUpNotRefundable()
    orders.lock(row.order_id)  # one at a time: whoever comes second sees what is left then
    lot = _lot(row)
    wanted_fen, taken = _planned(row, amount_fen)
    sent_fen = wanted_fen - taken.missing
    row.bonus_missing_fen += taken.missing
    refund_id = new_id(row.bucket)
    journal = Journal(
        id=new_id(row.bucket),
        kind=KIND,
        reference_id=row.id,
        principal_id=principal_id,
        key=f"{KIND}:{refund_id}",
        legs=(
            Leg(lot.owner_id, Account.PREPAID_PRINCIPAL, -wanted_fen, lot.id),
            *refunds.clearing_legs(sent_fen),
            *bonuses.back_legs(row, lot.owner_id, taken),
        ),
    )
    refunds.refund_order(row.order_id, refund_id, sent_fen, reason)
    try:
        ledger.post([journal])
    except ledger.InsufficientFunds:  # a payment was faster
        raise TopUpSpent() from None
    returned = {taken.lot_id: taken.from_lot + taken.missing} if taken.lot_id else {}
    top_up_refunded.send(member_id=lot.owner_id, bonus_returned=returned)
    return TopUpRefund(refund_id, row.id, sent_fen, "requested", journal.id, now())


def _found(top_up_id: UUID) -> TopUp:
    row = db.session.get(TopUp, (bucket_of(top_up_id), top_up_id))
    if row is None:
        raise NotFound()
    return row


def _lot(row: TopUp) -> Lot:
    found = select(Lot).where(
        Lot.bucket == row.bucket,
        Lot.journal_id == row.journal_id,
        Lot.account == Account.PREPAID_PRINCIPAL,
    )
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _left_fen(lot: Lot) -> int:
    return ledger.lots(lot.owner_id, Account.PREPAID_PRINCIPAL).get(lot.id, 0)


def _refunds(row: TopUp) -> tuple[int, int]:
    """How many refunds the top-up has had, and how many fen."""
    total = select(func.count(), func.coalesce(func.sum(OrderRefund.amount_fen), 0)).where(
        OrderRefund.bucket == row.bucket, OrderRefund.order_id == row.order_id
    )
    count, amount_fen = db.session.execute(total).one()
    return int(count), int(amount_fen)
