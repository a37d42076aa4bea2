"""Orders of stores that have closed: what is neither picked up nor shipped within
CLOSED_ORDER_DAYS of the closing is given back, long before its usual time. What is under way to
the buyer goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from app.alliance.closure.models import Closure
from app.alliance.closure.rules import IN_EFFECT
from app.alliance.orders import steps
from app.alliance.orders.models import Order
from app.alliance.orders.rules import OrderStatus
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.world import SYSTEM_ID, beijing_day, now

SECONDS = 60
BATCH = 200
LOOKED_AFTER = timedelta(days=120)  # no order of a closed store waits longer for its payment


def hasten() -> int:
    """Duty: lets paid orders of closed stores end sooner, and tells who waits for them; up to BATCH
    in a unit of its own, how many. Again changes nothing. Locks the orders; `ending` gives back."""
    if not read(select(Closure.id).where(*_in_effect()).limit(1)):
        return 0
    return in_transaction(_hasten)


def _hasten() -> int:
    hastened = 0
    for row, closes_at in _due():
        ends_at = max(closes_at + timedelta(days=settings().closed_order_days), now())
        if row.next_at > ends_at:  # not yet for another closure, of the merchant or the store
            row.next_at = ends_at
            steps.note(row, "store_closed", SYSTEM_ID, beijing_day(ends_at).isoformat())
            hastened += 1
    return hastened


def _due() -> Sequence[Row[Any]]:
    days = timedelta(days=settings().closed_order_days)
    wanted = (
        select(Order, Closure.starts_at)
        .join(Closure, Closure.merchant_id == Order.merchant_id)
        .where(*_in_effect(), or_(Closure.store_id.is_(None), Closure.store_id == Order.store_id))
        .where(Order.status == OrderStatus.PAID)
        .where(Order.next_at > func.greatest(Closure.starts_at + days, now()))
    )
    locked = wanted.order_by(Order.id).limit(BATCH).with_for_update(of=Order, skip_locked=True)
    return db.session.execute(locked.execution_options(populate_existing=True)).all()


def _in_effect() -> tuple[Any, ...]:
    moment = now()
    return (
        Closure.status.in_(IN_EFFECT),
        Closure.starts_at <= moment,
        Closure.starts_at > moment - LOOKED_AFTER,
    )
