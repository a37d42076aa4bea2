"""Prepaid advances: a part of each top-up is lent to the store that issued it, as its contract
says, and comes back as the top-up is spent or refunded (design, "Prepaid advances").

Lending and collecting lock the merchant's row, so that the limit is kept and nothing is collected
twice. How much of a lot is spent is noted by `looks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.alliance import catalogue, terms
from app.alliance.errors import ContractNotInForce
from app.alliance.models import Merchant
from app.alliance.prepaid import looks, rules
from app.alliance.prepaid.models import AdvanceCollection, LotAdvance
from app.alliance.rules import split_over
from app.alliance.terms import ContractTerms
from app.core.db import TryAgain, db, in_transaction, read
from app.core.world import SYSTEM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import service as wallet
from app.wallet.service import CreditedTopUp

MOST_LOTS = 1_000


@dataclass(frozen=True, slots=True)
class Advance:
    """How a merchant stands (fen): lent and not back yet, `due_fen` of it fallen due, and what
    came back so far."""

    lent_fen: int
    due_fen: int
    collected_fen: int


def lend_for(payload: dict[str, Any]) -> None:
    """Reader of `top_up.credited`: lends the issuing store its share, in a unit of its own.

    Less where the limit is short, nothing without a contract in force at that moment or the
    deposit it asks for, nor to a store that is paused or closed; the top-up stands in any case. The
    same letter again lends nothing.
    """
    top_up_id = UUID(payload["top_up_id"])
    credited = in_transaction(lambda: wallet.credited_top_up(top_up_id))
    if credited is None:
        return
    store = terms.of_store(credited.store_id)
    if not store.standing.is_open(now()):
        return
    try:
        contract = store.in_force(credited.credited_at)
    except ContractNotInForce:
        return
    if contract.advance_bp:
        in_transaction(lambda: _lend(store.merchant_id, contract, credited))


def lock_merchant(merchant_id: UUID) -> None:
    """One who lends to or collects from a merchant at a time, until the current unit ends.
    Raises MerchantUnknown."""
    catalogue.merchant(merchant_id)
    key = (bucket_of(merchant_id), merchant_id)
    db.session.get(Merchant, key, with_for_update={"key_share": True}, populate_existing=True)


def room_fen(merchant_id: UUID, contract: ContractTerms) -> int:
    """How much more may be lent under a contract, in the current unit, under the merchant's lock.

    Lets the ledger's floor follow the contract: a limit below what is lent already lends no more.
    """
    lent = -ledger.balances(merchant_id)[Account.PREPAID_ADVANCE].balance_fen
    room = left_to_lend_fen(merchant_id, contract)
    if room:
        ledger.set_floor(merchant_id, Account.PREPAID_ADVANCE, -(lent + room))
    return room


def left_to_lend_fen(merchant_id: UUID, contract: ContractTerms) -> int:
    """How much more a contract lets be lent (fen): its limit less what is lent, nothing without
    the deposit it asks for. In the current unit of work; looks only."""
    held = ledger.balances(merchant_id)
    if held[Account.DEPOSIT].balance_fen < contract.advance_deposit_fen:
        return 0
    return max(0, contract.advance_limit_fen + held[Account.PREPAID_ADVANCE].balance_fen)


def _lend(merchant_id: UUID, contract: ContractTerms, credited: CreditedTopUp) -> None:
    lock_merchant(merchant_id)
    bucket = bucket_of(merchant_id)
    if db.session.get(LotAdvance, (bucket, credited.lot_id)) is not None:
        return
    room = room_fen(merchant_id, contract)
    lent = rules.advance_fen(credited.amount_fen, contract.advance_bp, room)
    if not lent:
        return
    journal = lending(merchant_id, credited.lot_id, lent, f"advance:{credited.lot_id}", SYSTEM_ID)
    note(credited, merchant_id, lent, journal.id)
    post(journal)


def bonus_came_back(member_id: UUID, lot_id: UUID, amount_fen: int) -> None:
    """So much of a bonus lot went back to its funder with a refund, in the current unit: if it was
    lent for, that much less of it can fall due."""
    less = {
        "issued_fen": LotAdvance.issued_fen - amount_fen,
        "advanced_fen": LotAdvance.advanced_fen - amount_fen,
        "due_fen": func.least(LotAdvance.due_fen, LotAdvance.advanced_fen - amount_fen),
    }
    mine = (LotAdvance.member_id == member_id, LotAdvance.lot_id == lot_id)
    chosen = update(LotAdvance).where(*mine).values(less)
    db.session.execute(chosen.execution_options(synchronize_session=False))


def note(
    credited: CreditedTopUp,
    merchant_id: UUID,
    lent_fen: int,
    journal_id: UUID,
    account: Account = Account.PREPAID_PRINCIPAL,
) -> None:
    """Writes, in the current unit, that this was lent on a lot, and has somebody look at it: what
    was spent before the lending falls due at once."""
    moment = now()
    db.session.add(
        LotAdvance(
            bucket=bucket_of(merchant_id),
            lot_id=credited.lot_id,
            merchant_id=merchant_id,
            store_id=credited.store_id,
            member_id=credited.member_id,
            issued_to=credited.member_id,
            account=account,
            issued_fen=credited.amount_fen,
            advanced_fen=lent_fen,
            journal_id=journal_id,
            created_at=moment,
            looked_at=moment,
        )
    )
    db.session.flush()
    looks.touch([credited.member_id])


def lending(
    merchant_id: UUID, reference_id: UUID, amount_fen: int, key: str, principal_id: UUID
) -> Journal:
    """The journal that lends (fen): working capital becomes `available` at once."""
    return Journal(
        id=new_id(bucket_of(merchant_id)),
        kind="prepaid_advance",
        reference_id=reference_id,
        principal_id=principal_id,
        key=key,
        legs=(
            Leg(merchant_id, Account.PREPAID_ADVANCE, -amount_fen),
            Leg(merchant_id, Account.AVAILABLE, amount_fen),
        ),
    )


def collect(merchant_id: UUID, principal_id: UUID) -> UUID | None:
    """Collects in the current unit what has fallen due, from `pending`, then `deposit`, as far as
    they hold it; the id of the collection, or None where nothing was collected.

    What a refund gave back to lots is lent again first. Locks the merchant's row, up to
    MOST_LOTS advances, then the merchant's accounts. Sees of `pending` what has been folded.
    Raises MerchantUnknown, TryAgain (a refund was faster: the unit runs again).
    """
    lock_merchant(merchant_id)
    lots = _unsettled(merchant_id)
    if not lots:
        return None
    held = ledger.balances(merchant_id)
    sources = (Account.PENDING, Account.DEPOSIT)
    limits = [max(0, held[account].balance_fen) for account in sources]
    differences = [lot.due_fen - lot.collected_fen for lot in lots]
    settled = rules.settle_lots(differences, sum(limits), _room_again(merchant_id, differences))
    total = sum(settled)
    for lot, fen in zip(lots, settled, strict=True):
        lot.collected_fen += fen
    if total <= 0:
        _lend_again(merchant_id, -total, principal_id)
        return None
    from_pending, from_deposit, _ = split_over(total, limits)
    return _collected(merchant_id, from_pending, from_deposit, principal_id)


def _unsettled(merchant_id: UUID) -> Sequence[LotAdvance]:
    mine = (LotAdvance.merchant_id == merchant_id, LotAdvance.due_fen != LotAdvance.collected_fen)
    statement = select(LotAdvance).where(*mine).order_by(LotAdvance.lot_id).limit(MOST_LOTS)
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(locked).all()


def _room_again(merchant_id: UUID, differences: Sequence[int]) -> int:
    """What may be lent again (fen): looked up only where more came back than is owed."""
    if sum(differences) >= 0:
        return 0
    held = ledger.balances(merchant_id)[Account.PREPAID_ADVANCE].balance_fen
    return max(0, held - ledger.floor(merchant_id, Account.PREPAID_ADVANCE))


def _lend_again(merchant_id: UUID, amount_fen: int, principal_id: UUID) -> None:
    db.session.flush()
    if amount_fen:
        key = f"advance_again:{new_id()}"
        post(lending(merchant_id, merchant_id, amount_fen, key, principal_id))


def _collected(
    merchant_id: UUID, from_pending_fen: int, from_deposit_fen: int, principal_id: UUID
) -> UUID:
    identity = new_id(bucket_of(merchant_id))
    legs = (
        Leg(merchant_id, Account.PENDING, -from_pending_fen),
        Leg(merchant_id, Account.DEPOSIT, -from_deposit_fen),
        Leg(merchant_id, Account.PREPAID_ADVANCE, from_pending_fen + from_deposit_fen),
    )
    journal = Journal(
        id=new_id(bucket_of(merchant_id)),
        kind="advance_collected",
        reference_id=identity,
        principal_id=principal_id,
        key=f"advance_collected:{identity}",
        legs=tuple(leg for leg in legs if leg.amount_fen),
    )
    db.session.add(
        AdvanceCollection(
            bucket=bucket_of(merchant_id),
            id=identity,
            merchant_id=merchant_id,
            from_pending_fen=from_pending_fen,
            from_deposit_fen=from_deposit_fen,
            journal_id=journal.id,
            created_at=now(),
        )
    )
    db.session.flush()
    post(journal)
    return identity


def post(journal: Journal) -> None:
    """Posts in the current unit; TryAgain where what was read is gone meanwhile."""
    try:
        ledger.post([journal])
    except ledger.InsufficientFunds as error:
        raise TryAgain() from error


def outstanding(merchant_id: UUID) -> Advance:
    """How a merchant's advances stand, as far as the last look, in the current unit of work."""
    bucket = bucket_of(merchant_id)
    back = func.coalesce(
        func.sum(AdvanceCollection.from_pending_fen + AdvanceCollection.from_deposit_fen), 0
    )
    mine = (AdvanceCollection.bucket == bucket, AdvanceCollection.merchant_id == merchant_id)
    collected = db.session.scalar(select(back).where(*mine))
    owed = select(_owed_sum()).where(
        LotAdvance.bucket == bucket, LotAdvance.merchant_id == merchant_id, *_owing()
    )
    lent = -ledger.balances(merchant_id)[Account.PREPAID_ADVANCE].balance_fen
    return Advance(lent, int(db.session.scalar(owed) or 0), int(collected or 0))


def uncollected_fen() -> int:
    """What has fallen due and could not be collected yet: the gauge `advances_uncollected_fen`."""
    return int(read(select(_owed_sum()).where(*_owing()))[0][0])


def owing_merchants(limit: int) -> list[UUID]:
    """Merchants with something to settle, drawn by lot: those who cannot pay yet must not keep
    others from it. Outside any unit."""
    mine = select(LotAdvance.merchant_id).distinct()
    found = mine.where(LotAdvance.due_fen != LotAdvance.collected_fen).subquery()
    rows = read(select(found.c.merchant_id).order_by(func.random()).limit(limit))
    return sorted(row.merchant_id for row in rows)


def _owing() -> tuple[Any, ...]:
    return (LotAdvance.due_fen > LotAdvance.collected_fen,)


def _owed_sum() -> Any:
    return func.coalesce(func.sum(LotAdvance.due_fen - LotAdvance.collected_fen), 0)
