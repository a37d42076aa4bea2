"""A merchant's own funds: its deposit, and the budget that pays its bonuses (offer_budget).

Settled money moves there at once. Money from the bank, and the release of a deposit, take two
people of the finance staff: one who has seen it, another one who agrees.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.alliance import catalogue, terms
from app.alliance.errors import ContractNotInForce, DepositNeeded, MovementBooked, MovementDecided
from app.alliance.prepaid import advances
from app.alliance.prepaid.models import FundMovement
from app.core import four_eyes
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg

TARGETS = {"deposit": Account.DEPOSIT, "offer_budget": Account.OFFER_BUDGET}


def move(merchant_id: UUID, target: str, amount_fen: int, principal_id: UUID, key: str) -> UUID:
    """Moves settled money (`available`) to a fund, in the current unit of work; the journal.
    Raises MerchantUnknown, InsufficientFunds."""
    catalogue.merchant(merchant_id)
    legs = (
        Leg(merchant_id, Account.AVAILABLE, -amount_fen),
        Leg(merchant_id, TARGETS[target], amount_fen),
    )
    return _post(f"{target}_funded", merchant_id, legs, principal_id, key)


def ask(
    merchant_id: UUID, kind: str, target: str, amount_fen: int, reference: str, staff_id: UUID
) -> FundMovement:
    """Asks for a movement that a second person decides, in the current unit. Raises
    MerchantUnknown, MovementBooked (that bank payment was asked for before)."""
    catalogue.merchant(merchant_id)
    bucket = bucket_of(merchant_id)
    row = FundMovement(
        bucket=bucket,
        id=new_id(bucket),
        merchant_id=merchant_id,
        kind=kind,
        target=target,
        amount_fen=amount_fen,
        reference=reference,
        status="requested",
        requested_by=staff_id,
        created_at=now(),
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # the same bank payment once only
        raise MovementBooked() from error
    return row


def decide(movement_id: UUID, staff_id: UUID, *, is_approved: bool) -> FundMovement:
    """The second person's decision, in the current unit; it posts the movement.

    Locks the movement and its merchant. Raises NotFound, MovementDecided, SecondPersonNeeded,
    InsufficientFunds, DepositNeeded.
    """
    key = (bucket_of(movement_id), movement_id)
    row = db.session.get(FundMovement, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.status != "requested":
        raise MovementDecided()
    four_eyes.require_other(staff_id, row.requested_by)
    journal_id = None
    if is_approved:
        advances.lock_merchant(row.merchant_id)
        journal_id = _carry_out(row, staff_id)
    row.status, row.journal_id = "done" if is_approved else "rejected", journal_id
    row.decided_by, row.decided_at = staff_id, now()
    db.session.flush()
    return row


def _carry_out(row: FundMovement, staff_id: UUID) -> UUID:
    fund = Leg(row.merchant_id, TARGETS[row.target], row.amount_fen)
    if row.kind == "paid_in":
        outside = Leg(PLATFORM_ID, Account.BANK_CUSTODY, -row.amount_fen)
        return _post(f"{row.target}_paid_in", row.id, (outside, fund), staff_id, str(row.id))
    if row.target == "deposit":
        _keep_what_is_needed(row)
    legs = (
        Leg(row.merchant_id, TARGETS[row.target], -row.amount_fen),
        Leg(row.merchant_id, Account.AVAILABLE, row.amount_fen),
    )
    return _post(f"{row.target}_released", row.id, legs, staff_id, str(row.id))


def _keep_what_is_needed(row: FundMovement) -> None:
    """While anything is lent the deposit secures it: what the contract asks for, and at least as
    much as is due, stays. Without a contract in force: as much as is lent."""
    standing = advances.outstanding(row.merchant_id)
    if not standing.lent_fen:
        return
    needed = standing.lent_fen
    for store_id in catalogue.stores_of(row.merchant_id)[:1]:
        try:
            contract = terms.of_store(store_id).in_force(now())
        except ContractNotInForce:
            continue
        needed = max(contract.advance_deposit_fen, standing.due_fen)
    held = ledger.balances(row.merchant_id)[Account.DEPOSIT].balance_fen
    if held - row.amount_fen < needed:
        raise DepositNeeded(needed_fen=needed)


def _post(
    kind: str, reference_id: UUID, legs: tuple[Leg, ...], principal_id: UUID, key: str
) -> UUID:
    journal = Journal(
        id=new_id(bucket_of(reference_id)),
        kind=kind,
        reference_id=reference_id,
        principal_id=principal_id,
        key=f"{kind}:{key}",
        legs=legs,
    )
    return ledger.post([journal])[0].journal_id
