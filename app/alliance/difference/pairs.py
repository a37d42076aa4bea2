"""Whose customer bought of whom: noted with the shares of a sale, and told by month.

The rebate is what the sale's own shares gave the customer's enterprise as home store, less what
refunds took back: nothing is computed a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, exists, func, or_, select, tuple_

from app.alliance.difference.models import SalePair
from app.alliance.models import Sale, SaleShare, Store
from app.alliance.rules import Party
from app.core.db import NewRow, db, in_transaction, insert
from app.core.world import beijing_day, now
from app.members import service as members

PAGE = 200
NOTE_SECONDS = 3600
NOBODY = UUID(int=0)  # stands for customers without an enterprise, in the order of a report


@dataclass(frozen=True, slots=True)
class PairMonth:
    """A month of one pair: what `seller_id` sold to customers of the other (fen, less refunds)."""

    customer_id: UUID | None
    seller_id: UUID
    sale_count: int
    amount_fen: int
    concession_fen: int
    rebate_fen: int


def rows_for(sales: Sequence[Sale]) -> list[NewRow]:
    """What is to be noted of sales that are being shared out, in the current unit of work."""
    table = SalePair.__table__
    assert isinstance(table, Table)
    enterprises = enterprises_of({sale.payer_id for sale in sales})
    return [
        NewRow(
            table,
            {
                "bucket": sale.bucket,
                "sale_id": sale.id,
                "customer_merchant_id": enterprises.get(sale.payer_id),
                "seller_merchant_id": sale.merchant_id,
                "month": beijing_day(sale.paid_at).replace(day=1),
            },
        )
        for sale in sales
        if sale.paid_at is not None
    ]


def enterprises_of(member_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Whose code members carry: the merchant of their home store, in the current unit of work."""
    homes = {
        member_id: bound.home_store_id
        for member_id, bound in members.bindings_of(set(member_ids)).items()
        if bound.home_store_id
    }
    found = select(Store.id, Store.merchant_id).where(Store.id.in_(set(homes.values())))
    merchants = {row.id: row.merchant_id for row in db.session.execute(found)}
    return {who: merchants[home] for who, home in homes.items() if home in merchants}


def note_missing() -> int:
    """Duty: notes sales of the last day that an earlier release has shared out; how many."""
    recent = now() - timedelta(days=1)
    noted = (SalePair.bucket == Sale.bucket) & (SalePair.sale_id == Sale.id)
    missing = select(Sale).where(
        Sale.paid_at > recent, Sale.distributed_at.is_not(None), ~exists().where(noted)
    )

    def work() -> int:
        found = rows_for(db.session.scalars(missing.limit(PAGE).with_for_update()).all())
        insert(found)
        return len(found)

    noted_count = 0
    while noted_now := in_transaction(work):
        noted_count += noted_now
    return noted_count


def pair_of(sale: Sale) -> SalePair | None:
    """The pair of a sale; None until it is shared out."""
    return db.session.get(SalePair, (sale.bucket, sale.id))


def rebate_fen(sale: Sale) -> int:
    """What the customer's enterprise has of a sale, in fen."""
    return int(db.session.scalar(_rebate(sale.bucket, sale.id)) or 0)


def month(
    first_day: date, merchant_id: UUID | None, after: tuple[UUID | None, UUID] | None = None
) -> list[PairMonth]:
    """Up to PAGE pairs of a month, all or those of one enterprise on either side, in the current
    unit of work; `after` is the last pair of the page before."""
    customer = func.coalesce(SalePair.customer_merchant_id, NOBODY)
    pair = (customer, SalePair.seller_merchant_id)
    rebate = _rebate(SalePair.bucket, SalePair.sale_id).scalar_subquery()
    statement = (
        select(
            *pair,
            func.count(),
            func.sum(Sale.amount_fen - Sale.refunded_fen),
            func.sum(_given(SalePair.bucket, SalePair.sale_id).scalar_subquery()),
            func.sum(rebate),
        )
        .join(Sale, (Sale.bucket == SalePair.bucket) & (Sale.id == SalePair.sale_id))
        .where(SalePair.month == first_day)
        .group_by(*pair)
        .order_by(*pair)
        .limit(PAGE)
    )
    if merchant_id is not None:
        mine = (SalePair.customer_merchant_id, SalePair.seller_merchant_id)
        statement = statement.where(or_(*(side == merchant_id for side in mine)))
    if after is not None:
        statement = statement.where(tuple_(*pair) > tuple_(after[0] or NOBODY, after[1]))
    return [_month(row) for row in db.session.execute(statement)]


def _month(row: Any) -> PairMonth:
    customer_id, seller_id, *sums = row
    counted = [int(each or 0) for each in sums]
    return PairMonth(None if customer_id == NOBODY else customer_id, seller_id, *counted)


def _given(bucket: Any, sale_id: Any) -> Any:
    """What a sale's shares come to, less refunds."""
    lasting = func.coalesce(func.sum(SaleShare.amount_fen - SaleShare.refunded_fen), 0)
    return select(lasting).where(SaleShare.bucket == bucket, SaleShare.sale_id == sale_id)


def _rebate(bucket: Any, sale_id: Any) -> Any:
    return _given(bucket, sale_id).where(SaleShare.receiver == Party.HOME_STORE)
