"""What time decides of an order: unpaid it ends, not handed over it is given back, shipped and not
answered for it is complete. Each in a unit of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.alliance.orders import completing, placing, returning, steps
from app.alliance.orders.models import Order
from app.alliance.orders.rules import OrderStatus
from app.core.db import in_transaction, read
from app.core.world import SYSTEM_ID, now

log = structlog.get_logger()
SECONDS = 20
BATCH = 100
LATE = timedelta(hours=1)
DECIDED_HERE = (OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.SHIPPED)
NOT_HANDED_OVER = "逾期未交付，自动退款"


def end_due() -> int:
    """Ends orders whose time is over, the longest over first; how many. One that fails holds up no
    other for longer than a round."""
    due = select(Order.id).where(*_due()).order_by(Order.next_at).limit(BATCH)
    return sum(_try(row.id) for row in read(due))


def overdue() -> int:
    """How many orders should have ended an hour ago: the gauge `orders_unended`."""
    return int(read(select(func.count()).where(*_due(LATE)))[0][0])


def _due(late: timedelta = timedelta()) -> tuple[Any, ...]:
    return (Order.next_at <= now() - late, Order.status.in_(DECIDED_HERE))


def _try(order_id: UUID) -> int:
    try:
        return int(in_transaction(lambda: _end(order_id)))
    except Exception as error:
        log.error("order_not_ended", order=str(order_id), exc_info=error)
        return 0


def _end(order_id: UUID) -> bool:
    row = steps.locked(order_id)
    if row.next_at is None or row.next_at > now():
        return False
    if row.status == OrderStatus.UNPAID:
        placing.give_stock_back(row)
        steps.go(row, OrderStatus.EXPIRED, "expired", SYSTEM_ID)
    elif row.status == OrderStatus.PAID:
        returning.give_back(row, None, NOT_HANDED_OVER, SYSTEM_ID, step="not_handed_over")
    elif row.status == OrderStatus.SHIPPED:
        completing.complete(row, "received_by_time", SYSTEM_ID)
    else:
        return False
    return True
