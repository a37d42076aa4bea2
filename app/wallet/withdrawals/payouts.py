"""Paying withdrawals out through WeChat's merchant transfer, each at most once (fact D9).

The bill number is written before the first call and never changes. Whatever goes wrong with a
call, the next thing done is a query of that number; nothing but WeChat's own answer to a query
gives money back, and no later answer changes an end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import identity_of, now
from app.members import service as members
from app.wallet import rules
from app.wallet.models import Withdrawal
from app.wallet.withdrawals import batches
from app.wallet.withdrawals import requests as withdrawals
from app.wallet.withdrawals import rules as withdrawal_rules
from app.wallet.withdrawals.review import Conclusion, ask_now
from app.wallet.withdrawals.rules import Step, WithdrawalState
from app.wechat import client as wechat
from app.wechat.client import TransferStatus

log = structlog.get_logger()
REMARK = "联惠返利提现"
UNKNOWN = frozenset({"NOT_FOUND", "RESOURCE_NOT_EXISTS"})
PASSING = frozenset(
    {"NOT_ENOUGH", "FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "FREQUENCY_LIMIT_EXCEEDED"}
)
"""Refusals that end by themselves: the account is filled, the rush is over."""
CANCELLABLE = frozenset({"ACCEPTED", "PROCESSING", "WAIT_USER_CONFIRM"})
REFUSED_FOR = timedelta(days=1)
FAILURES = (wechat.WeChatUnavailable, wechat.OutcomeUnknown, wechat.WeChatRefused)


class _NotTaken(Exception):
    """WeChat refuses to take the bill, and does not know it: asked right afterwards."""


@dataclass(frozen=True, slots=True)
class _Bill:
    """What the calls need. `is_first` where nothing can have been sent before; `has_package`
    where we hold what the receiver's phone needs to confirm."""

    withdrawal_id: UUID
    number: str
    openid: str | None
    transfer_fen: int
    is_first: bool
    has_package: bool
    is_asked_back: bool
    is_concluded: bool


def pay_out(payload: dict[str, Any]) -> None:
    """Outbox reader: sends one approved withdrawal, or asks how it stands.

    It may run any number of times, also at the same time: the number is always the same. The
    timetable comes back to whatever is not at its end.
    """
    withdrawal_id = UUID(payload["withdrawal_id"])
    bill = in_transaction(lambda: _begin(withdrawal_id))
    if bill is None:
        return
    try:
        status = _ask(bill.number) if bill.is_concluded else _answer(bill)
    except (_NotTaken, *FAILURES) as error:
        reason = f"{type(error).__name__}: {error}"
        log.warning("withdrawal_not_answered", withdrawal=str(withdrawal_id), reason=reason)
        is_refused = isinstance(error, _NotTaken)
        in_transaction(lambda: _note_failure(withdrawal_id, reason, is_refused=is_refused))
        return
    if bill.is_concluded:
        in_transaction(lambda: _conclude(withdrawal_id, status))
    elif status is not None:
        told = status
        in_transaction(lambda: note_transfer(told, is_confirmed=True))


def _begin(withdrawal_id: UUID) -> _Bill | None:
    """Writes down that the number is used from now on; None where nothing is to be done."""
    row = withdrawals.lock(withdrawal_id)
    if row is None or not _has_work(row):
        return None
    is_first = row.state == WithdrawalState.APPROVED
    if is_first:
        withdrawals.move(row, Step.SEND)
        row.sent_at = now()
    return _Bill(
        withdrawal_id=row.id,
        number=row.bill_number,
        openid=members.openid_of(row.member_id, settings().wechat_mini_app_id),
        transfer_fen=row.transfer_fen,
        is_first=is_first,
        has_package=row.package_info is not None,
        is_asked_back=row.is_asked_back,
        is_concluded=row.conclusion is not None,
    )


def _has_work(row: Withdrawal) -> bool:
    state = WithdrawalState(row.state)
    if state is WithdrawalState.MANUAL:
        return row.conclusion is not None
    if state is WithdrawalState.APPROVED:
        return row.batch_id is not None
    return state in (WithdrawalState.SENDING, WithdrawalState.WAITING_CONFIRMATION)


def _answer(bill: _Bill) -> TransferStatus:
    """Sends the bill where WeChat does not have it, else asks; takes it back where asked to."""
    status = None if bill.is_first else _ask(bill.number)
    if status is not None and bill.is_asked_back and status.state in CANCELLABLE:
        return wechat.cancel_transfer(bill.number)
    if status is None or _lacks_package(bill, status):
        return _send(bill)
    return status


def _ask(number: str) -> TransferStatus | None:
    """How the bill stands; None where WeChat does not know it.

    Any other refusal is raised: a wrong signature says nothing of the bill.
    """
    try:
        return wechat.query_transfer(number)
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code in UNKNOWN:
            return None
        raise


def _lacks_package(bill: _Bill, status: TransferStatus) -> bool:
    """Only the answer to the creation carries `package_info`: where it was lost, the very same
    request again brings it back, and pays nothing twice."""
    return status.state == "WAIT_USER_CONFIRM" and not bill.has_package


def _send(bill: _Bill) -> TransferStatus:
    """Sends the bill. Any failure is followed by a query before anything else is tried."""
    if bill.openid is None:
        raise _NotTaken("the member has left the mini-program")
    try:
        return wechat.create_transfer(
            out_bill_no=bill.number,
            app_id=settings().wechat_mini_app_id,
            openid=bill.openid,
            amount_fen=bill.transfer_fen,
            remark=REMARK,
        )
    except FAILURES as failure:
        status = _ask(bill.number)
        if status is not None:
            return status
        if isinstance(failure, wechat.WeChatRefused) and failure.wechat_code not in PASSING:
            raise _NotTaken(str(failure)) from failure
        raise


def _note_failure(withdrawal_id: UUID, reason: str, *, is_refused: bool) -> None:
    """Looks again soon; a bill that WeChat has refused to take for a day is for people."""
    row = withdrawals.lock(withdrawal_id)
    if row is None or WithdrawalState(row.state) in withdrawal_rules.FINAL:
        return
    row.last_error = reason[:500]
    row.looks = min(row.looks + 1, rules.MOST_LOOKS)
    row.next_look_at = now() + timedelta(seconds=rules.retry_seconds(row.looks))
    if is_refused and row.sent_at is not None and row.sent_at < now() - REFUSED_FOR:
        batches.give_to_people(row, reason[:500])


def _conclude(withdrawal_id: UUID, status: TransferStatus | None) -> None:
    """Ends a bill as two people have said, unless WeChat still knows better."""
    row = withdrawals.lock(withdrawal_id)
    if (
        row is None
        or row.conclusion is None
        or WithdrawalState(row.state) in withdrawal_rules.FINAL
    ):
        return
    if status is None:
        is_paid = row.conclusion == Conclusion.PAID
        withdrawals.move(row, Step.SUCCEEDED if is_paid else Step.FAILED)
        withdrawals.finish(row)
        return
    row.conclusion = None
    note_transfer(status, is_confirmed=True)


def note_transfer(status: TransferStatus, *, is_confirmed: bool) -> None:
    """Takes in what WeChat says of a transfer, in the current unit of work, under its lock.

    Not confirmed (a notification): success is believed, a failure is asked about first, because
    money must not come back for a transfer that may yet be paid. An answer that contradicts a
    final state is counted, logged and changes nothing.
    """
    row = withdrawals.lock(identity_of(status.out_bill_no))
    step = withdrawal_rules.STEP_OF_TRANSFER.get(status.state)
    if row is None or step is None or status.amount_fen not in (None, row.transfer_fen):
        log.error("transfer_does_not_fit", number=status.out_bill_no, state=status.state)
        return
    if (
        step is Step.FAILED
        and not is_confirmed
        and WithdrawalState(row.state) not in withdrawal_rules.FINAL
    ):
        ask_now(row)
        return
    before = WithdrawalState(row.state)
    if not withdrawals.move(row, step, note=status.fail_reason):
        log.error("withdrawal_contradicted", number=row.bill_number, told=status.state, is_=before)
        row.contradictions += 1
        return
    if before in withdrawal_rules.FINAL:
        return
    _note_progress(row, step, status)


def _note_progress(row: Withdrawal, step: Step, status: TransferStatus) -> None:
    row.last_error = None
    asked = step is Step.ASKED_TO_CONFIRM
    row.package_info = (status.package_info or row.package_info) if asked else None
    if WithdrawalState(row.state) in withdrawal_rules.FINAL:
        row.reason = row.reason or status.fail_reason
        withdrawals.finish(row)
