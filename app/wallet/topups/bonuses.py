"""The bonus of a top-up: reserved while its order waits, credited with the money, or given back.

Reserving moves it from its funder to the member's `bonus_reserved`, so that whoever pays gets what
they were promised, whatever the fund has been spent on meanwhile, and that crediting keeps to the
payer's bucket. An order that is never paid gives it back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.world import SYSTEM_ID, bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet.models import Lot, OrderRefund, TopUp, WeChatOrder

FUNDERS = frozenset({Account.OFFER_BUDGET, Account.PREPAID_ADVANCE, Account.CAMPAIGN_FUND})


@dataclass(frozen=True, slots=True)
class Bonus:
    """What is promised (fen), and whose account pays it."""

    amount_fen: int
    funder_id: UUID
    funder: Account


@dataclass(frozen=True, slots=True)
class Promise:
    """The plan somebody tops up under; `decide` says in the top-up's own unit, once for each
    top-up (its id), what bonus that comes to, or refuses."""

    plan_id: UUID
    decide: Callable[[UUID], Bonus]


@dataclass(frozen=True, slots=True)
class BonusLot:
    """The lot a bonus becomes, and the journal that took it from its funder."""

    lot_id: UUID
    journal_id: UUID


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a refund does to a bonus (fen): `from_lot` of it is there to take, `missing` was spent
    and is kept of the refund; the funder gets both."""

    lot_id: UUID | None
    from_lot: int
    missing: int


NOTHING = TakenBack(None, 0, 0)


def reserve(row: TopUp, promise: Promise) -> None:
    """Moves a new top-up's bonus aside, in the current unit. Raises InsufficientFunds where the
    funder holds less, and what the promise raises."""
    bonus = promise.decide(row.id)
    if bonus.funder not in FUNDERS or bonus.amount_fen <= 0:
        raise ValueError(f"{bonus.funder.label} gives no bonus of {bonus.amount_fen}")
    row.plan_id = promise.plan_id
    row.bonus_fen, row.bonus_state = bonus.amount_fen, "promised"
    row.bonus_funder_id, row.bonus_funder = bonus.funder_id, bonus.funder
    row.bonus_lot_id = new_id(row.bucket)
    journal = _journal(row, "bonus_reserved", row.member_id, 1)
    row.bonus_journal_id = journal.id
    db.session.flush()
    ledger.post([journal])


def credit_legs(row: TopUp) -> list[Leg]:
    """The legs that turn a reserved bonus into a lot; none where nothing is reserved. Marks it."""
    if row.bonus_state != "promised":
        return []
    row.bonus_state = "granted"
    return [
        Leg(row.member_id, Account.BONUS_RESERVED, -row.bonus_fen),
        Leg(row.member_id, Account.PREPAID_BONUS, row.bonus_fen, row.bonus_lot_id),
    ]


def lot(row: TopUp) -> Lot:
    """The lot of a granted bonus. The store stands behind it; the top-up knows who paid it."""
    return Lot(
        bucket=row.bucket,
        id=row.bonus_lot_id,
        owner_id=row.member_id,
        account=Account.PREPAID_BONUS,
        store_id=row.store_id,
        journal_id=row.journal_id,
        issued_at=row.credited_at,
    )


def release(_: str, *, order: WeChatOrder, **__: Any) -> None:
    """Receiver of `order_closed` for top-ups: the funder has its money again."""
    row = db.session.get(TopUp, (order.bucket, order.subject_id))
    if row is None or row.bonus_state != "promised":
        return
    row.bonus_state = "released"
    db.session.flush()
    ledger.post([_journal(row, "bonus_released", SYSTEM_ID, -1)])


def _journal(row: TopUp, kind: str, principal_id: UUID, sign: int) -> Journal:
    assert row.bonus_funder is not None
    assert row.bonus_funder_id is not None
    return Journal(
        id=new_id(row.bucket),
        kind=kind,
        reference_id=row.id,
        principal_id=principal_id,
        key=f"{kind}:{row.id}",
        legs=(
            Leg(row.bonus_funder_id, Account(row.bonus_funder), -sign * row.bonus_fen),
            Leg(row.member_id, Account.BONUS_RESERVED, sign * row.bonus_fen),
        ),
    )


def back_with(row: TopUp, refunded_before_fen: int, refund_fen: int) -> TakenBack:
    """What goes back of the bonus with a refund of so much principal, in the current unit.

    Its share of the principal refunded so far, less what went back before: who has spent half of
    the principal keeps half of the bonus, and any sequence of refunds ends exact. What of it was
    spent already is missing. Under the order's lock.
    """
    if row.bonus_state != "granted" or row.bonus_lot_id is None:
        return NOTHING
    wanted = share_back_fen(row.amount_fen, row.bonus_fen, refunded_before_fen, refund_fen)
    owner_id = db.session.scalar(
        select(Lot.owner_id).where(Lot.bucket == row.bucket, Lot.id == row.bonus_lot_id)
    )
    held = ledger.lots(owner_id or row.member_id, Account.PREPAID_BONUS)
    from_lot = min(wanted, held.get(row.bonus_lot_id, 0))
    return TakenBack(row.bonus_lot_id, from_lot, wanted - from_lot)


def share_back_fen(amount_fen: int, bonus_fen: int, before_fen: int, refund_fen: int) -> int:
    """The part of a bonus that goes back with `refund_fen` of a top-up, of which `before_fen` went
    back earlier: cumulative, rounded down, so that it is all of it in the end."""
    after = bonus_fen * (before_fen + refund_fen) // amount_fen
    return after - bonus_fen * before_fen // amount_fen


def back_legs(row: TopUp, owner_id: UUID, taken: TakenBack) -> list[Leg]:
    """The legs that bring a bonus back to its funder; what is missing is the payer's principal."""
    whole = taken.from_lot + taken.missing
    if not whole or row.bonus_funder is None or row.bonus_funder_id is None:
        return []
    legs = [Leg(row.bonus_funder_id, Account(row.bonus_funder), whole)]
    if taken.from_lot:
        legs.append(Leg(owner_id, Account.PREPAID_BONUS, -taken.from_lot, taken.lot_id))
    return legs


def refunded_fen(row: TopUp) -> int:
    """The principal taken out of a top-up by refunds so far, in the current unit of work: what
    went to the payer, and what replaced spent bonus."""
    sent = select(func.coalesce(func.sum(OrderRefund.amount_fen), 0)).where(
        OrderRefund.bucket == row.bucket, OrderRefund.order_id == row.order_id
    )
    return int(db.session.scalar(sent) or 0) + row.bonus_missing_fen


def lots_with_bonus(owner_id: UUID) -> set[UUID]:
    """The lots of somebody's principal that came with a bonus, in the current unit of work: it is
    for shopping, and becomes money again by a refund of the top-up only, less the bonus."""
    principal, bonus = aliased(Lot), aliased(Lot)
    together = (bonus.owner_id == owner_id) & (bonus.journal_id == principal.journal_id)
    found = select(principal.id).join(bonus, together & (bonus.account == Account.PREPAID_BONUS))
    its = (principal.owner_id == owner_id, principal.account == Account.PREPAID_PRINCIPAL)
    return set(db.session.scalars(found.where(*its)))


def bonus_lot(top_up_id: UUID) -> BonusLot | None:
    """The lot of a top-up's bonus, in the current unit of work; None where it has none."""
    row = db.session.get(TopUp, (bucket_of(top_up_id), top_up_id))
    if row is None or row.bonus_lot_id is None or row.bonus_journal_id is None:
        return None
    return BonusLot(row.bonus_lot_id, row.bonus_journal_id)
