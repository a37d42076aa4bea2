"""What the wallet holds of a member: told to them, what keeps them, and what is erased."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from app.core.db import db
from app.core.personal_data import kept_back, owned, part
from app.core.world import bucket_of, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.models import (
    Lot,
    OrderRefund,
    PrizeTax,
    TaxRecord,
    TopUp,
    WeChatOrder,
    Withdrawal,
    WithdrawalStep,
)
from app.wallet.profit_sharing.models import Split
from app.wallet.receiving.models import ReceivingLeave
from app.wallet.receiving.rules import LeaveState
from app.wallet.shipping_models import OrderShipping
from app.wallet.withdrawals.rules import FINAL

KEEPS = (
    Account.PREPAID_PRINCIPAL,
    Account.PREPAID_BONUS,
    Account.PAYMENT_HOLD,
    Account.BONUS_RESERVED,
    Account.REBATE_PENDING,
    Account.REBATE,
    Account.WITHDRAWING,
    Account.CLAWBACK_DUE,
    Account.ORDER_ESCROW,
    Account.ERRAND_ESCROW,
)
"""Experience gold does not keep anybody: it is a gift and goes back to its fund when it expires."""


def declare() -> None:
    """Declares this room's parts; called by its opening."""
    orders = owned(WeChatOrder.bucket, WeChatOrder.member_id)
    withdrawals = owned(Withdrawal.bucket, Withdrawal.member_id)
    looks = {"looks", "next_look_at"}
    part("wallet.orders", "微信支付订单", WeChatOrder, orders, but=looks)
    part(
        "wallet.refunds",
        "退款",
        OrderRefund,
        _through(OrderRefund.order_id, WeChatOrder),
        but=looks,
    )
    part(
        "wallet.shipping", "发货信息", OrderShipping, _through(OrderShipping.order_id, WeChatOrder)
    )
    part("wallet.top_ups", "储值", TopUp, owned(TopUp.bucket, TopUp.member_id))
    part("wallet.lots", "储值与体验金批次", Lot, owned(Lot.bucket, Lot.owner_id))
    staff_only = looks | {"risks", "reviewer_id", "package_info", "contradictions"}
    part("wallet.withdrawals", "提现", Withdrawal, withdrawals, but=staff_only)
    steps = _through(WithdrawalStep.withdrawal_id, Withdrawal)
    hidden = {"principal_id", "note"}
    part("wallet.withdrawal_steps", "提现进度", WithdrawalStep, steps, but=hidden)
    kept_back(Split, "how frozen money went on to merchants; what members get is in their entries")
    part("wallet.tax", "代扣税款", TaxRecord, TaxRecord.member_id.in_)
    part("wallet.prize_tax", "奖金代扣税款", PrizeTax, PrizeTax.member_id.in_)
    leaves = owned(ReceivingLeave.bucket, ReceivingLeave.member_id)
    technical = looks | {"package_info", "last_error"}
    part("wallet.receiving_leaves", "免确认收款授权", ReceivingLeave, leaves, but=technical)


def remaining(_: Any, *, member_id: UUID) -> list[dict[str, Any]]:
    """Receiver of `remaining_asked`: money in any purse, and what is under way."""
    balances = ledger.balances(member_id)
    found: list[dict[str, Any]] = [
        {"what": account.label, "amount_fen": abs(balances[account].balance_fen)}
        for account in KEEPS
        if balances[account].balance_fen
    ]
    mine = (WeChatOrder.bucket == bucket_of(member_id)) & (WeChatOrder.member_id == member_id)
    open_orders = select(WeChatOrder.id).where(mine, WeChatOrder.state.in_(("open", "suspense")))
    refunds = select(OrderRefund.id).where(
        OrderRefund.bucket == bucket_of(member_id),
        OrderRefund.order_id.in_(select(WeChatOrder.id).where(mine)),
        OrderRefund.state != "done",
    )
    withdrawals = select(Withdrawal.id).where(
        Withdrawal.bucket == bucket_of(member_id),
        Withdrawal.member_id == member_id,
        Withdrawal.state.not_in(FINAL),
    )
    wanted = (("order", open_orders), ("refund", refunds), ("withdrawal", withdrawals))
    for what, statement in wanted:
        found += [{"what": what, "id": each} for each in db.session.scalars(statement)]
    return found


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: where a payment came from, what opened a page of WeChat's,
    and leave to be paid, which WeChat is told of."""
    orders = update(WeChatOrder).where(
        WeChatOrder.bucket == bucket_of(member_id), WeChatOrder.member_id == member_id
    )
    withdrawals = update(Withdrawal).where(
        Withdrawal.bucket == bucket_of(member_id), Withdrawal.member_id == member_id
    )
    leaves = update(ReceivingLeave).where(
        ReceivingLeave.bucket == bucket_of(member_id),
        ReceivingLeave.member_id == member_id,
        ReceivingLeave.state != LeaveState.CLOSED,
    )
    for change in (
        leaves.values(is_given_up=True, package_info=None, next_look_at=now()),
        orders.values(payer_ip=None, prepay_reference=None),
        withdrawals.values(package_info=None),
    ):
        db.session.execute(change.execution_options(synchronize_session=False))


def _through(column: Any, parent: Any) -> Callable[[Sequence[UUID]], ColumnElement[bool]]:
    """Rows of what belongs to a row of the member's, in the same bucket."""
    theirs = owned(parent.bucket, parent.member_id)
    bucket = column.class_.bucket
    return lambda ids: (
        bucket.in_([bucket_of(each) for each in ids])
        & column.in_(select(parent.id).where(theirs(ids)))
    )
