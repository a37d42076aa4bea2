"""WeChat Pay's merchant transfer as a channel (fact D9).

The bill number is written before the first call and never changes. No error of a call means that
a transfer failed: the next thing done is always a query of the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.core.config import settings
from app.members import service as members
from app.wallet.errors import AmountOutOfRange, NoWeChatAccount
from app.wallet.models import Withdrawal
from app.wallet.receiving import leaves
from app.wallet.treasury import Place
from app.wallet.withdrawals.channels.channel import (
    ChannelName,
    LeaveOver,
    NotTaken,
    Order,
    Told,
    Unanswered,
)
from app.wallet.withdrawals.payees import Payee
from app.wallet.withdrawals.rules import Step
from app.wallet.withdrawals.waking import ask_now
from app.wechat import client as wechat
from app.wechat.client import TransferStatus

REMARK = "联惠返利提现"
UNKNOWN = frozenset({"NOT_FOUND", "RESOURCE_NOT_EXISTS"})
PASSING = frozenset(
    {"NOT_ENOUGH", "FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "FREQUENCY_LIMIT_EXCEEDED"}
)
"""Refusals that end by themselves: the account is filled, the rush is over."""
LEAVE_OVER = frozenset({"NO_AUTH", "NOT_FOUND", "RESOURCE_NOT_EXISTS"})
CANCELLABLE = frozenset({"ACCEPTED", "PROCESSING", "WAIT_USER_CONFIRM"})
FAILURES = (wechat.WeChatUnavailable, wechat.OutcomeUnknown, wechat.WeChatRefused)
STEP_OF_STATE = {
    "ACCEPTED": Step.UNDER_WAY,
    "PROCESSING": Step.UNDER_WAY,
    "TRANSFERING": Step.UNDER_WAY,
    "CANCELING": Step.UNDER_WAY,
    "WAIT_USER_CONFIRM": Step.ASKED_TO_CONFIRM,
    "SUCCESS": Step.SUCCEEDED,
    "FAIL": Step.FAILED,
    "CANCELLED": Step.FAILED,
}


class WeChatTransfer:
    """Pays a member's WeChat from the operating account; the receiver confirms on the phone."""

    name = ChannelName.WECHAT_TRANSFER
    place = Place.WECHAT_OPERATING

    def check(self, payee: Payee, transfer_fen: int) -> None:
        """Raises NoWeChatAccount, AmountOutOfRange (WECHAT_TRANSFER_MAXIMUM_FEN)."""
        app_id = confirming_app(payee.app_id)
        if payee.member_id is None or members.openid_of(payee.member_id, app_id) is None:
            raise NoWeChatAccount()
        highest = settings().wechat_transfer_maximum_fen
        if transfer_fen > highest:
            raise AmountOutOfRange(maximum_fen=highest)

    def dispatch(self, rows: Sequence[Withdrawal]) -> None:
        """One bill each: a worker sends it after the commit."""
        for row in rows:
            ask_now(row)

    def receiver_of(self, row: Withdrawal) -> str | None:
        """The receiver's openid in the app in which they confirm."""
        if row.member_id is None:
            return None
        return members.openid_of(row.member_id, confirming_app(row.app_id))

    def leave_for(self, row: Withdrawal) -> str | None:
        """The receiver's own leave that is in effect; leaves are given in the mini-program."""
        is_elsewhere = confirming_app(row.app_id) != settings().wechat_mini_app_id
        if row.member_id is None or is_elsewhere:
            return None
        return leaves.number_in_effect(row.member_id)

    def send(self, order: Order) -> Told:
        """Creates the bill, or has the same answer again. Raises NotTaken, LeaveOver,
        Unanswered."""
        if order.receiver is None:
            raise NotTaken("the member has left the app in which they confirm")
        if order.needs_name and order.real_name is None:
            raise NotTaken("the receiver's real name is not known any more")
        try:
            return interpret(_create(order, order.receiver))
        except FAILURES as failure:
            told = self.ask(order)
            if told is not None:
                return told
            if _is_leave_over(order, failure):
                raise LeaveOver(str(failure)) from failure
            if isinstance(failure, wechat.WeChatRefused) and failure.wechat_code not in PASSING:
                raise NotTaken(str(failure)) from failure
            raise _unanswered(failure) from failure

    def ask(self, order: Order) -> Told | None:
        """A query of the number. Any refusal but "not found" says nothing of the bill: a wrong
        signature does not mean that it is not there."""
        try:
            told = interpret(wechat.query_transfer(order.number))
        except FAILURES as failure:
            if isinstance(failure, wechat.WeChatRefused) and failure.wechat_code in UNKNOWN:
                return None
            raise _unanswered(failure) from failure
        # Only the answer to the creation carries `package_info`: where it was lost, the very same
        # request again brings it back, and pays nothing twice.
        lacks_package = told.state == "WAIT_USER_CONFIRM" and not order.has_package
        return replace(told, must_send=lacks_package)

    def take_back(self, order: Order) -> Told:
        """Cancels a bill its receiver has not confirmed. Raises Unanswered."""
        try:
            return interpret(wechat.cancel_transfer(order.number))
        except FAILURES as failure:
            raise _unanswered(failure) from failure


def confirming_app(app_id: str | None) -> str:
    """Where the receiver confirms: written down at the request, and the same for good."""
    return app_id or settings().wechat_mini_app_id


def _create(order: Order, openid: str) -> TransferStatus:
    app_id = confirming_app(order.app_id)
    if order.leave_number is not None:
        return wechat.create_authorized_transfer(
            out_bill_no=order.number,
            app_id=app_id,
            leave=order.leave_number,
            amount_fen=order.transfer_fen,
            remark=REMARK,
            real_name=order.real_name,
        )
    return wechat.create_transfer(
        out_bill_no=order.number,
        app_id=app_id,
        openid=openid,
        amount_fen=order.transfer_fen,
        remark=REMARK,
        real_name=order.real_name,
    )


def _is_leave_over(order: Order, failure: Exception) -> bool:
    return (
        order.leave_number is not None
        and isinstance(failure, wechat.WeChatRefused)
        and failure.wechat_code in LEAVE_OVER
    )


def interpret(status: TransferStatus) -> Told:
    """What WeChat's word for a transfer means to the withdrawal."""
    return Told(
        number=status.out_bill_no,
        state=status.state,
        step=STEP_OF_STATE.get(status.state),
        amount_fen=status.amount_fen,
        package_info=status.package_info,
        fail_reason=status.fail_reason,
        can_be_taken_back=status.state in CANCELLABLE,
    )


def _unanswered(failure: Exception) -> Unanswered:
    return Unanswered(f"{type(failure).__name__}: {failure}")
