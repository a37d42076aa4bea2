"""What rooms above may know of an order: for notices and pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue
from app.alliance.orders import escrow, steps
from app.alliance.orders.errors import OrderUnknown
from app.alliance.orders.models import Order, OrderStep
from app.alliance.orders.rules import ENDED, OrderStatus
from app.core.db import db
from app.core.world import bucket_of


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order at one of its steps (fen, UTC): `status` is where that step led. `title` is that of
    the first line, `pieces` how many there are in all; `supplier_id` ships it for `supply_fen`.
    A campaign has paid it where it `is_gift`."""

    id: UUID
    payer_id: UUID
    merchant_id: UUID
    supplier_id: UUID | None
    supply_fen: int
    store_name: str
    title: str
    pieces: int
    delivery: str
    paid_fen: int
    wechat_fen: int
    returned_fen: int
    step: str
    status: str
    note: str | None
    at: datetime
    is_gift: bool = False


@dataclass(frozen=True, slots=True)
class OrderContents:
    """What an order is of, as it stands (fen, UTC). `lines`: by offer, what the pieces cost that
    have not gone back; `has_lapsed`: it ended and no sale came of it."""

    payer_id: UUID
    merchant_id: UUID
    store_id: UUID
    paid_at: datetime | None
    left_fen: int
    lines: dict[UUID, int]
    has_lapsed: bool
    is_gift: bool = False


def order_contents(order_id: UUID) -> OrderContents | None:
    """An order as it stands now, in the current unit of work; None where there is none."""
    row = escrow.find(order_id)
    if row is None:
        return None
    found: dict[UUID, int] = {}
    for line in steps.lines(row):
        price_fen = line.price_fen if line.unit_fen is None else line.unit_fen
        cost_fen = price_fen * (line.quantity - line.returned)
        found[line.offer_id] = found.get(line.offer_id, 0) + cost_fen
    status = OrderStatus(row.status)
    return OrderContents(
        payer_id=row.payer_id,
        merchant_id=row.merchant_id,
        store_id=row.store_id,
        paid_at=row.paid_at,
        left_fen=row.escrow_fen,
        lines=found,
        has_lapsed=status in ENDED and status is not OrderStatus.COMPLETED,
        is_gift=row.is_gift,
    )


def order_facts(order_id: UUID, number: int) -> OrderFacts:
    """An order at its step of that number, in the current unit of work. Raises OrderUnknown."""
    row = escrow.find(order_id)
    step = db.session.get(OrderStep, (bucket_of(order_id), order_id, number))
    if row is None or step is None:
        raise OrderUnknown()
    lines = steps.lines(row)
    return OrderFacts(
        id=row.id,
        payer_id=row.payer_id,
        merchant_id=row.merchant_id,
        supplier_id=row.supplier_id,
        supply_fen=sum((line.supply_fen or 0) * line.quantity for line in lines),
        store_name=catalogue.store(row.store_id).name,
        title=lines[0].title,
        pieces=sum(line.quantity for line in lines),
        delivery=row.delivery,
        paid_fen=row.paid_fen,
        wechat_fen=row.wechat_fen,
        returned_fen=row.returned_fen,
        step=step.step,
        status=step.status,
        note=step.note,
        at=step.at,
        is_gift=row.is_gift,
    )


def order_payer(order_id: UUID) -> UUID | None:
    """Whose order this is, in the current unit of work; None where there is none."""
    row = escrow.find(order_id)
    return row.payer_id if row else None


def orders_among(sale_ids: Collection[UUID]) -> set[UUID]:
    """Those of these sales that are of orders, in the current unit of work."""
    wanted = Order.bucket.in_({bucket_of(each) for each in sale_ids}) & Order.id.in_(sale_ids)
    return set(db.session.scalars(select(Order.id).where(wanted)))
