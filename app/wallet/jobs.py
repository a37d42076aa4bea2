"""The wallet's duties for the timetable: database only; what needs WeChat becomes an outbox row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.core import outbox
from app.core.db import db, in_transaction
from app.core.world import now, number_of
from app.wallet import lots, orders, refunds, rules
from app.wallet.models import OrderRefund, SuspenseItem, WeChatOrder, Withdrawal
from app.wallet.withdrawals.waking import PAY, ask_now

LOOK_SECONDS = 1.0
EXPIRE_SECONDS = 60.0
COVER_SECONDS = 300.0
BATCH = 100


def look_at_orders() -> int:
    """Has WeChat asked about open orders whose time to look has come; how many."""

    def plan(order: WeChatOrder) -> None:
        order.next_look_at = orders.next_look(order)
        payload = {"number": number_of(order.id)}
        outbox.emit(orders.ASK, payload, bucket=order.bucket)

    return in_transaction(lambda: _look(WeChatOrder, orders.ASK, plan))


def look_at_refunds() -> int:
    """Has WeChat asked about refunds under way; how many."""

    def plan(refund: OrderRefund) -> None:
        refund.next_look_at = now() + timedelta(seconds=rules.pause_seconds(refund.looks))
        outbox.emit(refunds.LOOK, {"refund_id": str(refund.id)}, bucket=refund.bucket)

    return in_transaction(lambda: _look(OrderRefund, refunds.LOOK, plan))


def look_at_withdrawals() -> int:
    """Has WeChat asked about withdrawals under way; how many."""

    def plan(row: Withdrawal) -> None:
        row.next_look_at = now() + timedelta(seconds=rules.pause_seconds(row.looks))
        ask_now(row)

    return in_transaction(lambda: _look(Withdrawal, PAY, plan))


def _look(model: Any, event: str, plan: Any) -> int:
    if outbox.is_behind(event):
        return 0
    due = db.session.scalars(
        select(model)
        .where(model.next_look_at <= now())
        .order_by(model.next_look_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for row in due:
        row.looks = min(row.looks + 1, rules.MOST_LOOKS)
        plan(row)
    return len(due)


def suspense_open() -> int:
    """How many amounts wait in suspense for people."""
    statement = select(func.count()).where(SuspenseItem.resolved_at.is_(None))
    return int(lots.rows(statement)[0][0])


def orders_overdue() -> int:
    """How many orders are still open after their time: they keep what was held for them."""
    overdue = WeChatOrder.state == "open", WeChatOrder.expires_at <= now()
    return int(lots.rows(select(func.count()).where(*overdue))[0][0])


def refunds_open() -> int:
    """How many refunds are on their way through WeChat (`refund_clearing` holds them)."""
    statement = select(func.count()).where(OrderRefund.state.in_(refunds.OPEN))
    return int(lots.rows(statement)[0][0])


def refunds_troubled() -> int:
    """How many refunds WeChat could not finish."""
    statement = select(func.count()).where(OrderRefund.state == "troubled")
    return int(lots.rows(statement)[0][0])
