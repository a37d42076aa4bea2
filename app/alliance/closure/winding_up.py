"""What becomes of a closed store's money: all that was lent on its top-ups falls due, and is
collected like every advance. What it owes sellers as a supplier is taken from its deposit, too,
once that secures nothing else (`orders.supply_returns`). What is missing the operator is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from app.alliance.closure.models import Closure
from app.alliance.closure.reading import lot_is_of_closed_store
from app.alliance.closure.rules import IN_EFFECT
from app.alliance.debts import refunds_waiting_fen
from app.alliance.orders import supply_returns
from app.alliance.prepaid import advances
from app.alliance.prepaid.models import LotAdvance
from app.core.db import db, in_transaction
from app.core.world import now
from app.ledger import service as ledger
from app.ledger.service import Account

SECONDS = 60
PAGE = 50
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a merchant of a closed store still owes or holds (fen).

    `lent_fen` is all that was lent and is not back, `due_fen` of it could not be collected;
    `refunds_waiting_fen` customers wait for; `owed_back_fen` is of shares that it has spent,
    `supplies_owed_fen` of what it was paid as a supplier: sellers gave it back in its place.
    """

    merchant_id: UUID
    lent_fen: int
    due_fen: int
    refunds_waiting_fen: int
    owed_back_fen: int
    supplies_owed_fen: int
    pending_fen: int
    available_fen: int
    deposit_fen: int
    offer_budget_fen: int

    @property
    def short_fen(self) -> int:
        """What is owed and was not there to take."""
        owed_fen = self.owed_back_fen + self.supplies_owed_fen
        return self.due_fen + self.refunds_waiting_fen + owed_fen


def fall_due() -> int:
    """Everything lent on top-ups of closed stores falls due, up to BATCH lots in a unit of its own;
    how many. Collecting is the duty of `prepaid`, which finds them. Again changes nothing."""

    def work() -> int:
        lots = (
            select(LotAdvance.lot_id)
            .where(LotAdvance.due_fen < LotAdvance.advanced_fen)
            .where(lot_is_of_closed_store(LotAdvance, now()))
            .order_by(LotAdvance.lot_id)
            .limit(BATCH)
            .with_for_update()
        )
        chosen = list(db.session.scalars(lots))
        due = update(LotAdvance).where(LotAdvance.lot_id.in_(chosen))
        due = due.values(due_fen=LotAdvance.advanced_fen)
        db.session.execute(due.execution_options(synchronize_session=False))
        return len(chosen)

    return in_transaction(work)


def shortages(after: UUID | None) -> tuple[list[Shortage], UUID | None]:
    """A page of merchants with a closed store who owe more than was there, in the order of their
    ids, and after which id it goes on (None: that was all). In the current unit of work."""
    merchant_ids = _closed_merchants(after)
    found = [_standing(each) for each in merchant_ids]
    last = merchant_ids[-1] if len(merchant_ids) == PAGE else None
    return [each for each in found if each.short_fen], last


def _closed_merchants(after: UUID | None) -> Sequence[UUID]:
    closed = Closure.status.in_(IN_EFFECT) & (Closure.starts_at <= now())
    statement = select(Closure.merchant_id).where(closed).distinct()
    if after is not None:
        statement = statement.where(Closure.merchant_id > after)
    return db.session.scalars(statement.order_by(Closure.merchant_id).limit(PAGE)).all()


def _standing(merchant_id: UUID) -> Shortage:
    held = ledger.balances(merchant_id)
    lent = advances.outstanding(merchant_id)
    return Shortage(
        merchant_id=merchant_id,
        lent_fen=lent.lent_fen,
        due_fen=lent.due_fen,
        refunds_waiting_fen=refunds_waiting_fen(merchant_id),
        owed_back_fen=max(0, -held[Account.CLAWBACK_DUE].balance_fen),
        supplies_owed_fen=supply_returns.owed_by(merchant_id),
        pending_fen=held[Account.PENDING].balance_fen,
        available_fen=held[Account.AVAILABLE].balance_fen,
        deposit_fen=held[Account.DEPOSIT].balance_fen,
        offer_budget_fen=held[Account.OFFER_BUDGET].balance_fen,
    )
