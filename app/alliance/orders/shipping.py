"""Shipping: a parcel goes out, is put right where its number was mistyped, and arrives; by then the
order is a sale, because the buyer says so or because time has passed (WeChat is told, fact C8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select

from app.alliance.access import is_platform
from app.alliance.orders import completing, steps, views
from app.alliance.orders.errors import AlreadyExtended
from app.alliance.orders.models import Order, OrderParcel
from app.alliance.orders.rules import OrderStatus, masked_phone
from app.core.auth import Principal
from app.core.config import settings
from app.core.db import db
from app.core.world import now
from app.wallet import service as wallet

MOST_CORRECTIONS = 5


def ship(row: Order, carrier: str, tracking_no: str, by: UUID) -> Order:
    """A locked order is on its way, in the current unit of work; the same parcel again is fine.

    Raises OrderStatusDiffers.
    """
    known = views.parcel(row)
    if known is not None and (known.carrier, known.tracking_no) == (carrier, tracking_no):
        return row
    must_be_shipped(row, OrderStatus.PAID)
    row.shipped_at = now()
    row.next_at = row.shipped_at + timedelta(days=settings().order_receipt_days)
    _write(row, 1, carrier, tracking_no, by)
    steps.go(row, OrderStatus.SHIPPED, "shipped", by, f"{carrier} {tracking_no}")
    return row


def correct(row: Order, carrier: str, tracking_no: str, by: UUID) -> Order:
    """Another carrier or number for what is on its way, a locked order; the one before is kept. In
    the current unit of work. Raises OrderStatusDiffers."""
    must_be_shipped(row, OrderStatus.SHIPPED)
    known = views.parcel(row)
    number = known.number if known else 0
    if known is not None and (known.carrier, known.tracking_no) == (carrier, tracking_no):
        return row
    if number > MOST_CORRECTIONS:
        raise steps.OrderStatusDiffers(order_status=row.status)
    _write(row, number + 1, carrier, tracking_no, by)
    steps.note(row, "shipment_corrected", by, f"{carrier} {tracking_no}")
    return row


def receive(member_id: UUID, order_id: UUID) -> Order:
    """The buyer has what was shipped: the order is complete, in the current unit of work; the
    second time is fine. Raises OrderUnknown, OrderStatusDiffers."""
    row = steps.bought(member_id, order_id)
    if row.status == OrderStatus.COMPLETED:
        return row
    steps.must_be(row, OrderStatus.SHIPPED)
    completing.complete(row, "received", member_id)
    return row


def extend(member_id: UUID, order_id: UUID) -> Order:
    """More time to say that it has arrived, once, in the current unit of work. Raises OrderUnknown,
    OrderStatusDiffers, AlreadyExtended."""
    row = steps.bought(member_id, order_id)
    steps.must_be(row, OrderStatus.SHIPPED)
    if row.extended_at is not None or row.next_at is None:
        raise AlreadyExtended()
    row.extended_at = now()
    row.next_at += timedelta(days=settings().order_extension_days)
    steps.note(row, "extended", member_id)
    return row


def to_ship(caller: Principal, after: UUID | None, limit: int) -> Sequence[Order]:
    """Paid orders that wait to be shipped from the caller's stores, the oldest first."""
    waiting = (Order.delivery == "shipment", Order.status == OrderStatus.PAID)
    statement: Select[Order] = select(Order).where(*waiting)
    if not is_platform(caller):
        statement = statement.where(Order.merchant_id == caller.merchant_id)
        if "merchant_owner" not in caller.roles:
            statement = statement.where(Order.store_id.in_(caller.store_ids))
    if after is not None:
        statement = statement.where(Order.id > after)
    return db.session.scalars(statement.order_by(Order.id).limit(limit)).all()


def must_be_shipped(row: Order, status: OrderStatus) -> None:
    """Raises OrderStatusDiffers unless it is an order to ship that stands there."""
    if row.delivery != "shipment" or row.status != status:
        raise steps.OrderStatusDiffers(order_status=row.status)


def _write(row: Order, number: int, carrier: str, tracking_no: str, by: UUID) -> None:
    made = OrderParcel(
        bucket=row.bucket,
        order_id=row.id,
        number=number,
        carrier=carrier,
        tracking_no=tracking_no,
        shipped_by=by,
        created_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    receiver = views.receiver(row)
    if row.wechat_order_id is not None and receiver is not None:
        wallet.report_shipped(
            row.wechat_order_id,
            wallet.Shipped("express", carrier, tracking_no, masked_phone(receiver["phone"])),
        )
