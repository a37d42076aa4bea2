"""Spending a fund's money: one person hands in the receipt, a second one agrees, then it is posted.

The bank has paid already: its reference is what reconciliation finds the payment by. What was
booked wrongly, or came back, is undone by a counter-journal with its reason, again by two people.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core import four_eyes
from app.core.db import db, read
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import treasury
from app.wallet.errors import TreasuryShort
from app.wallet.spending import recipients
from app.wallet.spending.errors import (
    ReceiptMissing,
    RecipientClosed,
    SpendingBooked,
    SpendingDecided,
)
from app.wallet.spending.models import Receipt, Spending
from app.wallet.spending.recipients import BUCKET

KIND = "fund_spent"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be booked (fen): who got it, for what, by which receipt and bank payment."""

    fund: str
    recipient_id: UUID
    amount_fen: int
    purpose: str
    receipt_number: str
    receipt_hash: bytes
    bank_reference: str
    paid_on: date


def ask(wish: Wish, staff_id: UUID) -> Spending:
    """Asks, in the current unit, that a payment be booked. Raises NotFound (recipient),
    RecipientClosed, ReceiptMissing, SpendingBooked."""
    recipient = recipients.find(wish.recipient_id)
    if recipient.closed_at is not None or recipient.fund != wish.fund:
        raise RecipientClosed()
    if db.session.get(Receipt, (BUCKET, wish.receipt_hash)) is None:
        raise ReceiptMissing()
    row = Spending(
        bucket=BUCKET,
        id=new_id(BUCKET),
        fund=wish.fund,
        recipient_id=wish.recipient_id,
        amount_fen=wish.amount_fen,
        purpose=wish.purpose,
        receipt_number=wish.receipt_number,
        receipt_hash=wish.receipt_hash,
        bank_reference=wish.bank_reference,
        paid_on=wish.paid_on,
        status="requested",
        requested_by=staff_id,
        created_at=now(),
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # a receipt and a bank payment stand in one spending only
        raise SpendingBooked() from error
    return row


def decide(spending_id: UUID, staff_id: UUID, *, is_approved: bool) -> Spending:
    """The second person's decision, in the current unit; agreeing posts it.

    Locks the spending. Raises NotFound, SpendingDecided, SecondPersonNeeded, InsufficientFunds
    (the fund), TreasuryShort (the bank's account).
    """
    row = _locked(spending_id, "requested")
    four_eyes.require_other(staff_id, row.requested_by)
    if is_approved:
        row.journal_id = _post(row, staff_id)
    row.status = "paid" if is_approved else "rejected"
    row.decided_by, row.decided_at = staff_id, now()
    db.session.flush()
    return row


def ask_undo(spending_id: UUID, reason: str, staff_id: UUID) -> Spending:
    """Asks that a booked spending be undone, in the current unit. Raises NotFound,
    SpendingDecided."""
    row = _locked(spending_id, "paid")
    row.status, row.undo_reason, row.undo_asked_by = "undoing", reason, staff_id
    row.undo_decided_by = None
    db.session.flush()
    return row


def decide_undo(spending_id: UUID, staff_id: UUID, *, is_approved: bool) -> Spending:
    """The second person's decision about an undoing, in the current unit; agreeing posts the
    counter-journal, refusing leaves the spending paid. Raises as `decide`."""
    row = _locked(spending_id, "undoing")
    four_eyes.require_other(staff_id, row.undo_asked_by)
    row.undo_decided_by = staff_id
    if not is_approved or row.journal_id is None:
        row.status = "paid"
        db.session.flush()
        return row
    counter = ledger.reverse(row.journal_id, key=f"{KIND}.undone:{row.id}", principal_id=staff_id)
    row.undo_journal_id = ledger.post([counter])[0].journal_id
    row.status, row.undone_at = "undone", now()
    db.session.flush()
    return row


def page(
    fund: str | None, status: str | None, before: UUID | None, limit: int
) -> Sequence[Spending]:
    """Spendings, newest first, in the current unit of work."""
    wanted = select(Spending).where(Spending.bucket == BUCKET)
    for column, value in ((Spending.fund, fund), (Spending.status, status)):
        if value is not None:
            wanted = wanted.where(column == value)
    if before is not None:
        wanted = wanted.where(Spending.id < before)
    return db.session.scalars(wanted.order_by(Spending.id.desc()).limit(limit)).all()


def waiting() -> int:
    """How many spendings wait for a second person: the gauge `spendings_waiting`."""
    undecided = Spending.status.in_(("requested", "undoing"))
    return int(read(select(func.count()).where(undecided))[0][0])


def by_bank_reference(references: Collection[str]) -> dict[str, tuple[UUID, datetime, int]]:
    """Booked spendings by the bank's number of their payment: journal, when it was posted (UTC),
    and amount (fen), in the current unit of work. What was undone is left to its journals."""
    found = db.session.scalars(
        select(Spending).where(
            Spending.bucket == BUCKET,
            Spending.bank_reference.in_(references),
            Spending.status.in_(("paid", "undoing")),
        )
    )
    return {
        row.bank_reference: (row.journal_id, row.decided_at, row.amount_fen)
        for row in found
        if row.journal_id is not None and row.decided_at is not None
    }


def _locked(spending_id: UUID, status: str) -> Spending:
    key = (BUCKET, spending_id)
    row = db.session.get(Spending, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.status != status:
        raise SpendingDecided(spending_status=row.status)
    return row


def _post(row: Spending, staff_id: UUID) -> UUID:
    treasury.take_turns()
    held_fen = treasury.held_fen(treasury.Place.BANK_CUSTODY)
    if held_fen < row.amount_fen:
        raise TreasuryShort(held_fen=max(held_fen, 0))
    journal = Journal(
        id=new_id(BUCKET),
        kind=KIND,
        reference_id=row.id,
        principal_id=staff_id,
        key=f"{KIND}:{row.id}",
        legs=(
            Leg(PLATFORM_ID, Account[treasury.Fund(row.fund).name], -row.amount_fen),
            Leg(PLATFORM_ID, Account.BANK_CUSTODY, row.amount_fen),
        ),
    )
    return ledger.post([journal])[0].journal_id
