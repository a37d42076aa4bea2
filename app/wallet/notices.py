"""What WeChat Pay notifies us of, told to whom it concerns. Runs in the notice's own unit."""

from __future__ import annotations

from typing import Any

import structlog

from app.wallet import orders, refunds
from app.wallet.receiving import leaves
from app.wallet.withdrawals import payouts
from app.wechat import client as wechat

log = structlog.get_logger()
PAID = "TRANSACTION.SUCCESS"
REFUNDS = frozenset({"REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"})
TRANSFERRED = "MCHTRANSFER.BILL.FINISHED"
LEAVES = frozenset({"MCHTRANSFER.AUTHORIZATION.CONFIRMED", "MCHTRANSFER.AUTHORIZATION.CLOSED"})


def take_notice(event_type: str, *, resource: dict[str, Any]) -> None:
    """Receiver of `payment_notified`. Raises NoticeMalformed for what WeChat does not document."""
    if event_type == PAID and "out_trade_no" in resource:
        orders.note_payment(wechat.order_status(resource), is_confirmed=False)
    elif event_type in REFUNDS:
        refunds.note_refund(wechat.refund_status(resource))
    elif event_type == TRANSFERRED:
        payouts.note_transfer(wechat.transfer_status(resource), is_confirmed=False)
    elif event_type in LEAVES:
        leaves.note(wechat.leave_status(resource))
    else:
        log.info("pay_notice_without_reader", event_type=event_type)
