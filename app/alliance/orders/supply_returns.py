"""What a supplier gives back when a sale out of which it was paid is refunded.

It gives of each refund what it got of the sale, counted out as refunds are, so that any sequence
ends exact: from `available`, then `deposit`. The buyer's refund never waits for a supplier: what it
has not got the seller gives in its place, as far as the seller has it, and gets it back from the
supplier's `available` as soon as there is something. Of a closed supplier also from its deposit, as
far as neither what was lent to it nor its own customers' refunds need that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.alliance.closure import reading
from app.alliance.debts import refunds_waiting_fen
from app.alliance.models import Refund, Sale
from app.alliance.orders.supply_models import SupplyPayment, SupplyReturn
from app.alliance.prepaid import advances
from app.alliance.rules import refund_parts, split_over
from app.core.db import TryAgain, db, in_transaction, read
from app.core.world import SYSTEM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Balances, Journal, Leg

log = structlog.get_logger()
SECONDS = 30
BATCH = 100
ACCOUNTS = (Account.AVAILABLE, Account.DEPOSIT)


@dataclass(frozen=True, slots=True)
class Part:
    """A supplier's part of a refund, by where it lies; `covered_fen` is the seller's to give."""

    payment: SupplyPayment
    amount_fen: int
    taken: tuple[tuple[Account, int], ...]
    covered_fen: int

    @property
    def given_fen(self) -> int:
        """What comes from the supplier."""
        return self.amount_fen - self.covered_fen


def part_of(sale: Sale, before_fen: int, net_fen: int) -> Part | None:
    """The supplier's part of the next `net_fen` that a refund takes of the seller's proceeds, of
    which `before_fen` went back before; None where nobody was paid as a supplier, or nothing comes
    back. Reads only, under the sale's lock."""
    found = db.session.scalar(
        select(SupplyPayment).where(
            SupplyPayment.bucket == bucket_of(sale.merchant_id), SupplyPayment.order_id == sale.id
        )
    )
    if found is None or not found.amount_fen or not net_fen:
        return None
    parts = (sale.net_fen - found.amount_fen, found.amount_fen)
    _, amount_fen = refund_parts(parts, before_fen, net_fen)
    held = ledger.balances(found.supplier_id)
    *taken, covered_fen = split_over(amount_fen, [held[each].balance_fen for each in ACCOUNTS])
    return Part(found, amount_fen, tuple(zip(ACCOUNTS, taken, strict=True)), covered_fen)


def note(refund: Refund, part: Part) -> None:
    """Writes down what a supplier gave of a refund, and what it owes the seller, in the current
    unit of work."""
    paid = part.payment
    row = SupplyReturn(
        bucket=paid.bucket,
        id=new_id(paid.bucket),
        payment_id=paid.id,
        refund_id=refund.id,
        merchant_id=paid.merchant_id,
        supplier_id=paid.supplier_id,
        amount_fen=part.amount_fen,
        covered_fen=part.covered_fen,
        recovered_fen=0,
        created_at=now(),
    )
    db.session.add(row)


def of_refund(refund: Refund) -> SupplyReturn | None:
    """A supplier's part of a refund, in the current unit of work; None where there is none."""
    its = SupplyReturn.bucket == bucket_of(refund.merchant_id), SupplyReturn.refund_id == refund.id
    return db.session.scalar(select(SupplyReturn).where(*its))


def recover() -> int:
    """Duty: gives sellers what suppliers owe them, as far as there is money, each in a unit of its
    own; of how many returns. In any order, so that who never pays keeps nobody waiting."""
    owed = select(SupplyReturn.bucket, SupplyReturn.id).where(
        SupplyReturn.covered_fen > SupplyReturn.recovered_fen
    )
    rows = read(owed.order_by(func.random()).limit(BATCH))
    return sum(_try(row.bucket, row.id) for row in rows)


def owed_fen() -> int:
    """What suppliers owe sellers: the gauge `supplies_owed_fen`."""
    total = func.coalesce(func.sum(SupplyReturn.covered_fen - SupplyReturn.recovered_fen), 0)
    owed = SupplyReturn.covered_fen > SupplyReturn.recovered_fen
    return int(read(select(total).where(owed))[0][0])


def owed_by(supplier_id: UUID) -> int:
    """What one supplier owes sellers (fen), in the current unit of work."""
    total = func.coalesce(func.sum(SupplyReturn.covered_fen - SupplyReturn.recovered_fen), 0)
    owed = SupplyReturn.covered_fen > SupplyReturn.recovered_fen
    found = db.session.scalar(select(total).where(SupplyReturn.supplier_id == supplier_id, owed))
    return int(found or 0)


def sums_of(payments: Collection[SupplyPayment]) -> dict[UUID, tuple[int, int]]:
    """By payment, what of it went back and what of that is still owed (fen), where any did."""
    rows = db.session.execute(
        select(
            SupplyReturn.payment_id,
            func.sum(SupplyReturn.amount_fen),
            func.sum(SupplyReturn.covered_fen - SupplyReturn.recovered_fen),
        )
        .where(
            SupplyReturn.bucket.in_({each.bucket for each in payments}),
            SupplyReturn.payment_id.in_([each.id for each in payments]),
        )
        .group_by(SupplyReturn.payment_id)
    )
    return {payment_id: (int(back), int(owed)) for payment_id, back, owed in rows}


def _try(bucket: int, return_id: UUID) -> bool:
    try:
        return in_transaction(lambda: _recover(bucket, return_id))
    except Exception as error:  # one return's trouble holds up no other
        log.error("supply_not_recovered", supply_return=str(return_id), exc_info=error)
        return False


def _recover(bucket: int, return_id: UUID) -> bool:
    """Takes what there is now of one debt. Locks the return, before it the merchant of a closed
    supplier, so that nothing is lent to it or released to it meanwhile."""
    key = (bucket, return_id)
    supplier_id = db.session.get_one(SupplyReturn, key).supplier_id
    is_closed = reading.is_closed(supplier_id, now())
    if is_closed:
        advances.lock_merchant(supplier_id)
    row = db.session.get_one(SupplyReturn, key, with_for_update=True, populate_existing=True)
    held = ledger.balances(supplier_id)
    limits = [held[Account.AVAILABLE].balance_fen]
    if is_closed:
        limits.append(_spare_fen(supplier_id, held))
    *taken, _ = split_over(row.covered_fen - row.recovered_fen, limits)
    if not any(taken):
        return False
    _take(row, *taken)
    return True


def _spare_fen(supplier_id: UUID, held: Balances) -> int:
    """What of a closed merchant's deposit may go to sellers (fen): not what secures prepaid money
    lent to it, nor what its own customers wait for."""
    lent_fen = -held[Account.PREPAID_ADVANCE].balance_fen
    return held[Account.DEPOSIT].balance_fen - lent_fen - refunds_waiting_fen(supplier_id)


def _take(row: SupplyReturn, from_available_fen: int, from_deposit_fen: int = 0) -> None:
    """Posts it and writes it down, in the current unit. Raises TryAgain."""
    amount_fen = from_available_fen + from_deposit_fen
    legs = (
        Leg(row.supplier_id, Account.AVAILABLE, -from_available_fen),
        Leg(row.supplier_id, Account.DEPOSIT, -from_deposit_fen),
        Leg(row.merchant_id, Account.AVAILABLE, amount_fen),
    )
    if from_deposit_fen:
        journal = _journal(row, "supply_secured", legs)
    else:
        journal = _journal(row, "supply_recovered", legs)
    row.recovered_fen += amount_fen
    row.from_deposit_fen += from_deposit_fen
    row.recovery_id, row.recovered_at = journal.id, now()
    db.session.flush()
    try:
        ledger.post([journal])
    except ledger.InsufficientFunds as error:  # what was read is gone meanwhile
        raise TryAgain() from error


def _journal(row: SupplyReturn, kind: str, legs: tuple[Leg, ...]) -> Journal:
    return Journal(
        id=new_id(row.bucket),
        kind=kind,
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"supply_recovered:{row.id}:{row.recovered_fen}",
        legs=tuple(leg for leg in legs if leg.amount_fen),
    )
