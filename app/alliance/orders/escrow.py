"""What an order's money was made of: read from the books. Posts nothing.

Used by everything that gives money back or counts who paid with what, also after the sale.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.alliance.orders.models import Order, OrderReturn
from app.alliance.sales import COLUMN_OF
from app.core.db import db
from app.core.world import bucket_of
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.service import Part


def find(order_id: UUID) -> Order | None:
    """The order, in the current unit of work, or None."""
    return db.session.get(Order, (bucket_of(order_id), order_id))


def parts_paid(order: Order) -> list[Part]:
    """What each purse, and each lot of it, gave when the order was paid."""
    return _parts([order.parts_journal_id] if order.parts_journal_id else [], order.payer_id)


def parts_left(order: Order) -> list[Part]:
    """The same without what went back before the sale; of a gift what its campaign has paid."""
    if order.is_gift:
        return [Part(Account.CAMPAIGN_POT, order.escrow_fen)]
    journals = [order.parts_journal_id] if order.parts_journal_id else []
    return _parts([*journals, *(row.journal_id for row in returns([order.id]))], order.payer_id)


def returns(order_ids: Collection[UUID]) -> list[OrderReturn]:
    """What went back of these orders before their sales, the first first."""
    return list(
        db.session.scalars(
            select(OrderReturn)
            .where(OrderReturn.bucket.in_({bucket_of(each) for each in order_ids}))
            .where(OrderReturn.order_id.in_(order_ids))
            .order_by(OrderReturn.id)
        )
    )


def _parts(journal_ids: Collection[UUID], payer_id: UUID) -> list[Part]:
    given: Counter[tuple[Account, UUID | None]] = Counter()
    for journal_id in journal_ids:
        for leg in ledger.journal(journal_id).journal.legs:
            if leg.owner_id == payer_id and leg.account in COLUMN_OF:
                given[leg.account, leg.lot_id] -= leg.amount_fen
    return [Part(account, fen, lot_id) for (account, lot_id), fen in given.items() if fen]
