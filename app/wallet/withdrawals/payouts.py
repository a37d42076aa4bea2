"""Paying withdrawals out through their channels, each at most once.

The bill number is written before the first call and never changes. Whatever goes wrong with a
call, the next thing done is a query of that number; nothing but the channel's own answer to a
query gives money back, and no later answer changes an end.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from app.core.db import in_transaction
from app.core.world import identity_of, now
from app.members import service as members
from app.wallet import rules
from app.wallet.models import Withdrawal
from app.wallet.withdrawals import batches
from app.wallet.withdrawals import requests as withdrawals
from app.wallet.withdrawals import rules as withdrawal_rules
from app.wallet.withdrawals.channels import wechat_transfer
from app.wallet.withdrawals.channels.channel import (
    Channel,
    ChannelName,
    LeaveOver,
    NotTaken,
    Order,
    Told,
    Unanswered,
)
from app.wallet.withdrawals.channels.choosing import channel as channel_of
from app.wallet.withdrawals.review import Conclusion
from app.wallet.withdrawals.rules import Step, WithdrawalState
from app.wallet.withdrawals.waking import ask_now
from app.wechat.client import TransferStatus

log = structlog.get_logger()
REFUSED_FOR = timedelta(days=1)


def pay_out(payload: dict[str, Any]) -> None:
    """Outbox reader: sends one approved withdrawal, or asks how it stands.

    It may run any number of times, also at the same time: the number is always the same. The
    timetable comes back to whatever is not at its end.
    """
    withdrawal_id = UUID(payload["withdrawal_id"])
    begun = in_transaction(lambda: _begin(withdrawal_id))
    if begun is None:
        return
    channel, order = begun
    try:
        told = channel.ask(order) if order.is_concluded else _answer(channel, order)
    except LeaveOver as error:
        log.info("receiving_leave_over", withdrawal=str(withdrawal_id), reason=str(error))
        in_transaction(lambda: _send_to_confirm(withdrawal_id))
        return
    except (NotTaken, Unanswered) as error:
        reason = f"{type(error).__name__}: {error}"
        log.warning("withdrawal_not_answered", withdrawal=str(withdrawal_id), reason=reason)
        is_refused = isinstance(error, NotTaken)
        in_transaction(lambda: _note_failure(withdrawal_id, reason, is_refused=is_refused))
        return
    if order.is_concluded:
        in_transaction(lambda: _conclude(withdrawal_id, told))
    elif told is not None:
        answer = told
        in_transaction(lambda: note(channel.name, answer, is_confirmed=True))


def _begin(withdrawal_id: UUID) -> tuple[Channel, Order] | None:
    """Writes down that the number is used from now on; None where nothing is to be done."""
    row = withdrawals.lock(withdrawal_id)
    if row is None or not _has_work(row):
        return None
    is_first = row.state == WithdrawalState.APPROVED
    if is_first:
        withdrawals.move(row, Step.SEND)
        row.sent_at = now()
    channel = channel_of(row.channel)
    if is_first:
        row.leave_number = channel.leave_for(row)
    order = Order(
        withdrawal_id=row.id,
        number=row.bill_number,
        transfer_fen=row.transfer_fen,
        receiver=channel.receiver_of(row),
        needs_name=row.needs_name,
        real_name=_name_of(row),
        leave_number=row.leave_number,
        is_first=is_first,
        has_package=row.package_info is not None,
        is_asked_back=row.is_asked_back,
        is_concluded=row.conclusion is not None,
        app_id=row.app_id,
    )
    return channel, order


def _name_of(row: Withdrawal) -> str | None:
    """Only where it is needed: whether it is sent never changes between two tries."""
    if not row.needs_name or row.member_id is None:
        return None
    found = members.real_name_of(row.member_id)
    return found.name if found else None


def _has_work(row: Withdrawal) -> bool:
    state = WithdrawalState(row.state)
    if state is WithdrawalState.MANUAL:
        return row.conclusion is not None
    if state is WithdrawalState.APPROVED:
        return row.batch_id is not None
    return state in (WithdrawalState.SENDING, WithdrawalState.WAITING_CONFIRMATION)


def _answer(channel: Channel, order: Order) -> Told:
    """Sends the bill where the channel does not have it, else asks; takes it back where asked."""
    told = None if order.is_first else channel.ask(order)
    if told is not None and order.is_asked_back and told.can_be_taken_back:
        return channel.take_back(order)
    if told is None or told.must_send:
        return channel.send(order)
    return told


def _send_to_confirm(withdrawal_id: UUID) -> None:
    """Sends the same bill once more, for the receiver to confirm; its number stays."""
    row = withdrawals.lock(withdrawal_id)
    if row is not None and row.state == WithdrawalState.SENDING and row.leave_number is not None:
        row.leave_number = None
        ask_now(row)


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


def _conclude(withdrawal_id: UUID, told: Told | None) -> None:
    """Ends a bill as two people have said, unless its channel still knows better."""
    row = withdrawals.lock(withdrawal_id)
    if (
        row is None
        or row.conclusion is None
        or WithdrawalState(row.state) in withdrawal_rules.FINAL
    ):
        return
    if told is None:
        is_paid = row.conclusion == Conclusion.PAID
        withdrawals.move(row, Step.SUCCEEDED if is_paid else Step.FAILED)
        withdrawals.finish(row)
        return
    row.conclusion = None
    note(ChannelName(row.channel), told, is_confirmed=True)


def note_transfer(status: TransferStatus, *, is_confirmed: bool) -> None:
    """Takes in what WeChat says of a transfer, in the current unit of work: see `note`."""
    told = wechat_transfer.interpret(status)
    note(ChannelName.WECHAT_TRANSFER, told, is_confirmed=is_confirmed)


def note(channel: ChannelName, told: Told, *, is_confirmed: bool) -> None:
    """Takes in what a channel says of a bill, in the current unit of work, under its lock.

    Not confirmed (a notification): success is believed, a failure is asked about first, because
    money must not come back for a transfer that may yet be paid. An answer that contradicts a
    final state is counted, logged and changes nothing.
    """
    row = withdrawals.lock(identity_of(told.number))
    step = told.step
    if row is None or step is None or row.channel != channel or not _fits(row, told):
        log.error("transfer_does_not_fit", number=told.number, state=told.state)
        return
    before = WithdrawalState(row.state)
    if step is Step.FAILED and not is_confirmed and before not in withdrawal_rules.FINAL:
        ask_now(row)
        return
    if not withdrawals.move(row, step, note=told.fail_reason):
        log.error("withdrawal_contradicted", number=row.bill_number, told=told.state, is_=before)
        row.contradictions += 1
        return
    if before in withdrawal_rules.FINAL:
        return
    _note_progress(row, step, told)


def _fits(row: Withdrawal, told: Told) -> bool:
    return told.amount_fen in (None, row.transfer_fen)


def _note_progress(row: Withdrawal, step: Step, told: Told) -> None:
    row.last_error = None
    asked = step is Step.ASKED_TO_CONFIRM
    row.package_info = (told.package_info or row.package_info) if asked else None
    if WithdrawalState(row.state) in withdrawal_rules.FINAL:
        row.reason = row.reason or told.fail_reason
        withdrawals.finish(row)
