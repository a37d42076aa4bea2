"""What a merchant did as a supplier, as lines of its statement.

It was paid when the orders were completed: these lines make nothing available. They say which
money came and went, and what of the returned goods the supplier owed sellers, before and after.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union

from app.alliance.orders.models import OrderLine
from app.alliance.orders.supply_models import SupplyPayment, SupplyReturn
from app.alliance.settlement.lines import MOST_SALES, Line
from app.core.db import db
from app.core.world import bucket_of, new_id

KINDS = ("supplied", "supply_returned", "supply_recovered")
_recovered_at = func.coalesce(SupplyReturn.recovered_at, SupplyReturn.created_at)


def suppliers(before: datetime) -> Select[Any]:
    """Merchants of whom something that happened before a moment (UTC) is in no statement."""
    paid = select(SupplyPayment.supplier_id.label("merchant_id")).where(_paid(before))
    back = select(SupplyReturn.supplier_id.label("merchant_id")).where(_back(before))
    found = union(paid, back).subquery()
    return select(found.c.merchant_id)


def take(merchant_id: UUID, settlement_id: UUID, before: datetime) -> list[Line]:
    """The lines of what happened before a moment (UTC) and is in no statement, marked as this
    one's in the current unit of work; at most MOST_SALES of payments and of returns each.

    What another unit holds waits for the next statement, so that a seller and a supplier who are
    each other's never wait for each other. The caller holds the merchant.
    """
    paid = _held(select(SupplyPayment).where(_paid(before)), SupplyPayment, merchant_id)
    back = _held(select(SupplyReturn).where(_back(before)), SupplyReturn, merchant_id)
    orders = _orders_of({row.payment_id for row in back})
    lines = [_supplied(row) for row in paid]
    for row in paid:
        row.supplier_settlement_id = settlement_id
    for row in back:
        order_id = orders[row.payment_id]
        if row.settlement_id is None and row.created_at < before:
            lines.append(_returned(row, order_id))
            row.settlement_id = settlement_id
        is_over = (row.recovered_at or row.created_at) < before
        if row.settlement_id is not None and is_over and row.recovered_fen > row.stated_fen:
            lines.append(_recovered(row, order_id))
            row.stated_fen, row.recovery_id = row.recovered_fen, None
    db.session.flush()
    return lines


def goods_of(order_ids: Collection[UUID]) -> dict[UUID, str]:
    """By order, what was supplied of it: titles and pieces, as they are for good."""
    found = db.session.scalars(
        select(OrderLine)
        .where(OrderLine.bucket.in_({bucket_of(each) for each in order_ids}))
        .where(OrderLine.order_id.in_(order_ids), OrderLine.supply_fen.is_not(None))
        .order_by(OrderLine.order_id, OrderLine.number)
    )
    goods: dict[UUID, list[str]] = {}
    for line in found:
        if line.quantity > line.returned:
            pieces = line.quantity - line.returned
            goods.setdefault(line.order_id, []).append(f"{line.title}×{pieces}")
    return {order_id: "、".join(texts) for order_id, texts in goods.items()}


def _paid(before: datetime) -> ColumnElement[bool]:
    unstated = SupplyPayment.supplier_settlement_id.is_(None)
    return and_(unstated, SupplyPayment.created_at < before)


def _back(before: datetime) -> ColumnElement[bool]:
    is_new, is_less = SupplyReturn.settlement_id.is_(None), SupplyReturn.created_at < before
    has_more = SupplyReturn.recovered_fen > SupplyReturn.stated_fen
    # The first condition is the index's own, so that it is used.
    return and_(
        or_(is_new, has_more),
        or_(and_(is_new, is_less), and_(has_more, _recovered_at < before)),
    )


def _held(wanted: Any, model: Any, merchant_id: UUID) -> Sequence[Any]:
    return db.session.scalars(
        wanted.where(model.supplier_id == merchant_id)
        .order_by(model.id)
        .limit(MOST_SALES)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def _orders_of(payment_ids: Collection[UUID]) -> dict[UUID, UUID]:
    found = db.session.execute(
        select(SupplyPayment.id, SupplyPayment.order_id).where(
            SupplyPayment.bucket.in_({bucket_of(each) for each in payment_ids}),
            SupplyPayment.id.in_(payment_ids),
        )
    )
    return {row.id: row.order_id for row in found}


def _supplied(row: SupplyPayment) -> Line:
    amount = row.amount_fen
    return Line("supplied", row.id, row.created_at, row.order_id, gross_fen=amount,
                supply_fen=amount)  # fmt: skip


def _returned(row: SupplyReturn, order_id: UUID) -> Line:
    """What went back, and what of it came from the supplier at once."""
    given_fen = row.amount_fen - row.covered_fen
    return Line("supply_returned", row.id, row.created_at, order_id, gross_fen=-row.amount_fen,
                supply_fen=-given_fen)  # fmt: skip


def _recovered(row: SupplyReturn, order_id: UUID) -> Line:
    """What of the debt was taken since the statement before; named by the last journal of it."""
    subject_id = row.recovery_id or new_id(row.bucket)
    moment = row.recovered_at or row.created_at
    taken_fen = row.recovered_fen - row.stated_fen
    return Line("supply_recovered", subject_id, moment, order_id, supply_fen=-taken_fen)
