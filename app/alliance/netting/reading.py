"""Reads from sales, refunds and the books who sold against whose top-ups. Posts nothing.

What of which lot was spent stands in the journals; which store issued a lot, the wallet knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from app.alliance.errors import NettingBooksDiffer
from app.alliance.models import Refund, Sale, SaleOrder, Store
from app.alliance.netting.rules import Cell, Collected, Spent
from app.alliance.orders import escrow
from app.alliance.orders.models import Order
from app.alliance.prepaid.models import AdvanceCollection
from app.core.db import db
from app.core.world import PLATFORM_ID, bucket_of
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import service as wallet

PART = 500


@dataclass(slots=True)
class Found:
    """What a period holds: the matrix, and what it was counted from (fen)."""

    matrix: dict[Cell, Spent] = field(default_factory=dict)
    collected: dict[UUID, Collected] = field(default_factory=dict)
    sale_count: int = 0
    refund_count: int = 0
    spent_fen: int = 0
    refunded_fen: int = 0


def period(begin: datetime, end: datetime) -> Found:
    """All sales paid, refunds done and advances collected from `begin` until before `end` (UTC),
    in the current unit of work. Raises NettingBooksDiffer."""
    found = Found()
    spent, back = Counter[Cell](), Counter[Cell]()
    for sales in _parts(_sales(begin, end)):
        _count(spent, {_journal_of(row): row.merchant_id for row in sales}, -1)
        _count(spent, _returned_before(sales), -1)
        found.sale_count += len(sales)
        found.spent_fen += sum(row.principal_fen for row in sales)
    for refunds in _parts(_refunds(begin, end)):
        _count(back, {row.journal_id: row.merchant_id for row in refunds}, 1)
        found.refund_count += len(refunds)
        found.refunded_fen += sum(_principal_back(row) for row in refunds)
    if (spent.total(), back.total()) != (found.spent_fen, found.refunded_fen):
        raise NettingBooksDiffer(
            ledger_fen=spent.total() - back.total(), sales_fen=found.spent_fen - found.refunded_fen
        )
    cells = spent.keys() | back.keys()
    found.matrix = {cell: Spent(spent[cell], back[cell]) for cell in sorted(cells)}
    found.collected = _collected(begin, end)
    return found


def _sales(begin: datetime, end: datetime) -> Any:
    link = (SaleOrder.bucket == Sale.bucket) & (SaleOrder.sale_id == Sale.id)
    placed = (Order.bucket == Sale.bucket) & (Order.id == Sale.id)
    columns = (Sale.id, Sale.merchant_id, Sale.principal_fen, Sale.journal_id)
    return (
        select(*columns, SaleOrder.hold_journal_id, Order.parts_journal_id)
        .outerjoin(SaleOrder, link)
        .outerjoin(Order, placed)
        .where(Sale.paid_at >= begin, Sale.paid_at < end, Sale.principal_fen > 0)
    )


def _refunds(begin: datetime, end: datetime) -> Any:
    columns = (Refund.merchant_id, Refund.journal_id, Refund.purses)
    return select(*columns).where(Refund.done_at >= begin, Refund.done_at < end)


def _parts(statement: Any) -> Iterator[Sequence[Row[Any]]]:
    """Rows a part at a time, from a cursor of the database: a period may be long."""
    options = {"yield_per": PART}
    return db.session.execute(statement, execution_options=options).partitions()


def _journal_of(row: Row[Any]) -> UUID:
    """Where the purses gave their part: the payment of an order, the hold of a combined payment,
    else the sale itself."""
    found: UUID = row.parts_journal_id or row.hold_journal_id or row.journal_id
    return found


def _returned_before(sales: Sequence[Row[Any]]) -> dict[UUID, UUID]:
    """What of orders went back before they were sales: the journals, each with its seller."""
    sellers = {row.id: row.merchant_id for row in sales if row.parts_journal_id}
    return {row.journal_id: sellers[row.order_id] for row in escrow.returns(sellers)}


def _principal_back(row: Row[Any]) -> int:
    """What a refund gave back to principal; of those from before it was noted, the books say."""
    if row.purses is not None:
        return int(row.purses.get("principal", 0))
    legs = ledger.journal(row.journal_id).journal.legs
    return sum(leg.amount_fen for leg in legs if leg.account is Account.PREPAID_PRINCIPAL)


def _count(cells: Counter[Cell], sellers: dict[UUID, UUID], sign: int) -> None:
    moved = ledger.lot_amounts(Account.PREPAID_PRINCIPAL, sellers.keys())
    stores = wallet.issuing_stores({lot_id for _, lot_id, _ in moved})
    owners = _owners({store for store in stores.values() if store is not None})
    for journal_id, lot_id, amount_fen in moved:
        store_id = stores.get(lot_id)
        issuer = owners.get(store_id, PLATFORM_ID) if store_id else PLATFORM_ID
        cells[issuer, sellers[journal_id]] += sign * amount_fen


def _owners(store_ids: set[UUID]) -> dict[UUID, UUID]:
    buckets = {bucket_of(each) for each in store_ids}
    mine = (Store.bucket.in_(buckets), Store.id.in_(store_ids))
    rows = db.session.execute(select(Store.id, Store.merchant_id).where(*mine))
    return {row.id: row.merchant_id for row in rows}


def _collected(begin: datetime, end: datetime) -> dict[UUID, Collected]:
    rows = db.session.execute(
        select(
            AdvanceCollection.merchant_id,
            func.sum(AdvanceCollection.from_pending_fen),
            func.sum(AdvanceCollection.from_deposit_fen),
        )
        .where(AdvanceCollection.created_at >= begin, AdvanceCollection.created_at < end)
        .group_by(AdvanceCollection.merchant_id)
    )
    return {merchant: Collected(int(pending), int(deposit)) for merchant, pending, deposit in rows}
