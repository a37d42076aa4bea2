"""What a merchant did as a supplier, as lines of its statement; and what its own suppliers paid it
back of refunds that it gave in their place.

Both were paid at once: these lines make nothing available. They say which money came and went,
and what of the returned goods a supplier owed sellers, before and after.
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

REPAID = "supply_repaid"
OWN = ("supplied", "supply_returned", "supply_recovered", "supply_secured")
KINDS = (*OWN, REPAID)
_recovered_at = func.coalesce(SupplyReturn.recovered_at, SupplyReturn.created_at)


def concerned(before: datetime) -> Select[Any]:
    """Suppliers and sellers of whom something that happened before a moment (UTC) is in no
    statement."""
    paid = select(SupplyPayment.supplier_id.label("merchant_id")).where(_paid(before))
    back = select(SupplyReturn.supplier_id.label("merchant_id")).where(_back(before))
    repaid = select(SupplyReturn.merchant_id).where(_repaid(before))
    found = union(paid, back, repaid).subquery()
    return select(found.c.merchant_id)


def take(merchant_id: UUID, settlement_id: UUID, before: datetime) -> list[Line]:
    """The lines of what happened before a moment (UTC) and is in no statement, marked as this
    one's in the current unit of work; at most MOST_SALES each of payments, returns and debts paid.

    What another unit holds waits for the next statement, so that a seller and a supplier who are
    each other's never wait for each other. The caller holds the merchant.
    """
    mine = SupplyPayment.supplier_id == merchant_id
    paid = _held(select(SupplyPayment).where(_paid(before), mine), SupplyPayment)
    mine = SupplyReturn.supplier_id == merchant_id
    back = _held(select(SupplyReturn).where(_back(before), mine), SupplyReturn)
    mine = SupplyReturn.merchant_id == merchant_id
    repaid = _held(select(SupplyReturn).where(_repaid(before), mine), SupplyReturn)
    orders = _orders_of({row.payment_id for row in (*back, *repaid)})
    lines = [_supplied(row) for row in paid]
    for row in paid:
        row.supplier_settlement_id = settlement_id
    for row in back:
        lines += _given_back(row, orders[row.payment_id][0], settlement_id, before)
    for row in repaid:
        lines.append(_repaid_line(row, *orders[row.payment_id]))
        row.repaid_stated_fen = row.recovered_fen
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


def _repaid(before: datetime) -> ColumnElement[bool]:
    has_more = SupplyReturn.recovered_fen > SupplyReturn.repaid_stated_fen
    return and_(has_more, _recovered_at < before)


def _held(wanted: Any, model: Any) -> Sequence[Any]:
    return db.session.scalars(
        wanted.order_by(model.id)
        .limit(MOST_SALES)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def _orders_of(payment_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """By payment, its order and the seller's store."""
    found = db.session.execute(
        select(SupplyPayment.id, SupplyPayment.order_id, SupplyPayment.store_id).where(
            SupplyPayment.bucket.in_({bucket_of(each) for each in payment_ids}),
            SupplyPayment.id.in_(payment_ids),
        )
    )
    return {row.id: (row.order_id, row.store_id) for row in found}


def _given_back(
    row: SupplyReturn, order_id: UUID, settlement_id: UUID, before: datetime
) -> list[Line]:
    """What a supplier gave of a refund, and what of its debt was taken since the statement before,
    marked as stated."""
    lines = []
    if row.settlement_id is None and row.created_at < before:
        lines.append(_returned(row, order_id))
        row.settlement_id = settlement_id
    is_over = (row.recovered_at or row.created_at) < before
    if row.settlement_id is not None and is_over and row.recovered_fen > row.stated_fen:
        lines += _recovered(row, order_id)
        row.stated_fen, row.stated_deposit_fen = row.recovered_fen, row.from_deposit_fen
    return lines


def _supplied(row: SupplyPayment) -> Line:
    amount = row.amount_fen
    return Line("supplied", row.id, row.created_at, row.order_id, gross_fen=amount,
                supply_fen=amount)  # fmt: skip


def _returned(row: SupplyReturn, order_id: UUID) -> Line:
    """What went back, and what of it came from the supplier at once."""
    given_fen = row.amount_fen - row.covered_fen
    return Line("supply_returned", row.id, row.created_at, order_id, gross_fen=-row.amount_fen,
                supply_fen=-given_fen)  # fmt: skip


def _recovered(row: SupplyReturn, order_id: UUID) -> list[Line]:
    """What of the debt was taken since the statement before, what came from the deposit by itself;
    named by the last journal of it."""
    subject_id, moment = _last_of(row)
    unstated_fen = row.recovered_fen - row.stated_fen
    secured_fen = min(unstated_fen, row.from_deposit_fen - row.stated_deposit_fen)
    taken_fen = unstated_fen - secured_fen
    parts = (("supply_recovered", taken_fen), ("supply_secured", secured_fen))
    return [Line(kind, subject_id, moment, order_id, supply_fen=-fen) for kind, fen in parts if fen]


def _repaid_line(row: SupplyReturn, order_id: UUID, store_id: UUID) -> Line:
    """What the seller got back since its statement before: paid, and no debt of the seller's."""
    subject_id, moment = _last_of(row)
    repaid_fen = row.recovered_fen - row.repaid_stated_fen
    return Line(REPAID, subject_id, moment, order_id, store_id, gross_fen=repaid_fen,
                supply_fen=repaid_fen)  # fmt: skip


def _last_of(row: SupplyReturn) -> tuple[UUID, datetime]:
    """The journal by which something was recovered last, and when; none of what was recovered
    before these were kept."""
    return row.recovery_id or new_id(row.bucket), row.recovered_at or row.created_at
