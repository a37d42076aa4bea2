"""What WeChat hears of a receipt completes an order here, too (WeChat fact C8)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance.orders import completing, steps
from app.alliance.orders.rules import OrderStatus
from app.core.db import in_transaction
from app.core.world import SYSTEM_ID


def on_received(payload: dict[str, Any]) -> None:
    """Reader of the wallet's RECEIVED: the buyer has confirmed in WeChat, or its time has.

    Completes what is on its way, once. Not where the buyer asked us for more time: whether a person
    confirmed WeChat does not tell reliably. Locks the order.
    """
    wechat_order_id, order_id = UUID(payload["order_id"]), UUID(payload["subject_id"])

    def work() -> None:
        row = steps.locked(order_id)
        is_on_its_way = row.status == OrderStatus.SHIPPED and row.extended_at is None
        if is_on_its_way and row.wechat_order_id == wechat_order_id:
            completing.complete(row, "received_in_wechat", SYSTEM_ID)

    in_transaction(work)
