"""Each step of an order: under its lock, allowed by the rules, written down, told to readers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alliance.access import is_platform, is_theirs
from app.alliance.orders.errors import OrderStatusDiffers, OrderUnknown
from app.alliance.orders.models import Order, OrderLine, OrderStep
from app.alliance.orders.rules import ENDED, NEXT, OrderStatus
from app.core import outbox
from app.core.auth import Principal
from app.core.db import db
from app.core.world import bucket_of, now
from app.members import service as members

CHANGED = "order.changed"


def locked(order_id: UUID) -> Order:
    """The order, locked until the current unit of work ends. Raises OrderUnknown."""
    key = (bucket_of(order_id), order_id)
    row = db.session.get(Order, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise OrderUnknown()
    return row


def bought(caller_id: UUID, order_id: UUID) -> Order:
    """The member's own order, locked. Raises OrderUnknown."""
    row = locked(order_id)
    must_be_own(caller_id, row)
    return row


def must_be_own(member_id: UUID, row: Order) -> None:
    """Raises OrderUnknown unless the member bought it, or is who bought it today."""
    if member_id not in (row.payer_id, members.today(row.payer_id)):
        raise OrderUnknown()


def sold(caller: Principal, order_id: UUID) -> Order:
    """An order of the caller's store, or any for the platform, locked. Raises OrderUnknown."""
    row = locked(order_id)
    must_be_sellers(caller, row)
    return row


def must_be_sellers(caller: Principal, row: Order) -> None:
    """Raises OrderUnknown unless the caller is the platform's or of the store's staff."""
    if not is_platform(caller) and not is_theirs(caller, row.merchant_id, row.store_id):
        raise OrderUnknown()


def must_be(row: Order, *wanted: OrderStatus) -> None:
    """Raises OrderStatusDiffers unless the order stands at one of these."""
    if row.status not in wanted:
        raise OrderStatusDiffers(order_status=row.status)


def go(row: Order, status: OrderStatus, step: str, by: UUID, why: str | None = None) -> None:
    """Takes a locked order one step further, in the current unit of work; readers are told.

    Raises OrderStatusDiffers where the rules do not lead there.
    """
    if status not in NEXT[OrderStatus(row.status)]:
        raise OrderStatusDiffers(order_status=row.status)
    row.status = status
    if status in ENDED:
        row.ended_at, row.next_at = now(), None
    note(row, step, by, why)


def note(row: Order, step: str, by: UUID, why: str | None = None) -> None:
    """Writes down a step of a locked order, also one that leads nowhere else; readers are told."""
    mine = (OrderStep.bucket == row.bucket, OrderStep.order_id == row.id)
    last = db.session.scalar(select(func.max(OrderStep.number)).where(*mine))
    made = OrderStep(
        bucket=row.bucket,
        order_id=row.id,
        number=(last or 0) + 1,
        step=step,
        status=row.status,
        principal_id=by,
        note=why,
        at=now(),
    )
    db.session.add(made)
    db.session.flush()
    payload: dict[str, Any] = {"order_id": str(row.id), "step": step, "number": made.number}
    outbox.emit(CHANGED, payload, bucket=row.bucket)


def lines(row: Order) -> list[OrderLine]:
    """The order's lines, in their order."""
    mine = (OrderLine.bucket == row.bucket, OrderLine.order_id == row.id)
    return list(db.session.scalars(select(OrderLine).where(*mine).order_by(OrderLine.number)))


def all_steps(row: Order) -> list[OrderStep]:
    """What became of an order, the first step first."""
    mine = (OrderStep.bucket == row.bucket, OrderStep.order_id == row.id)
    return list(db.session.scalars(select(OrderStep).where(*mine).order_by(OrderStep.number)))
