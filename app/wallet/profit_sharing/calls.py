"""Splits and releases, the part with the network: asked once under a number, then queried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from app.core.db import in_transaction
from app.core.world import now, number_of
from app.members import service as members
from app.wallet import rules as wallet_rules
from app.wallet.models import WeChatOrder
from app.wallet.profit_sharing import frozen, rules, splitting
from app.wallet.profit_sharing.models import Split
from app.wallet.profit_sharing.rules import SplitState
from app.wechat import client as wechat
from app.wechat.client import SplitPart, SplitStatus

log = structlog.get_logger()
UNKNOWN = frozenset({"RESOURCE_NOT_EXISTS", "NOT_FOUND"})
PASSING = frozenset({"NOT_ENOUGH", "FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED"})
NOT_YET = "INVALID_REQUEST"
"""WeChat says so also while the buyer has not confirmed the receipt of goods (fact D10)."""
REFUSED_FOR = timedelta(minutes=10)
NOT_YET_FOR = timedelta(days=28)
WAIT_SECONDS = 20
FAILURES = (wechat.WeChatUnavailable, wechat.OutcomeUnknown, wechat.WeChatRefused)


class _NotTaken(Exception):
    """WeChat refuses the request and does not know its number: asked right afterwards."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Differs(Exception):
    """What WeChat has frozen of a payment is not what our books say."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What the calls need; `is_first` where nothing can have been sent before."""

    split_id: UUID
    kind: str
    number: str
    transaction_id: str
    app_id: str
    receiver_kind: wechat.ReceiverKind
    receiver: str | None
    amount_fen: int
    description: str
    is_first: bool


def look_at_split(payload: dict[str, Any]) -> None:
    """Outbox reader: asks for one split or release, or how it stands. The timetable comes again.

    It may run any number of times, also at the same time: the number is always the same.
    """
    split_id = UUID(payload["split_id"])
    task = in_transaction(lambda: _begin(split_id))
    if task is None:
        return
    try:
        status = _answer(task)
    except (_NotTaken, _Differs, *FAILURES) as error:
        reason = f"{type(error).__name__}: {error}"
        log.warning("split_not_answered", split=str(split_id), reason=reason)
        refused = error.code if isinstance(error, _NotTaken) else None
        is_wrong = isinstance(error, _Differs)
        in_transaction(lambda: _note_failure(split_id, reason, refused, is_wrong=is_wrong))
        return
    in_transaction(lambda: _note(split_id, status))


def release_order(payload: dict[str, Any]) -> None:
    """Outbox reader: has what was paid for an ended shared order given free."""
    in_transaction(lambda: splitting.request_release(UUID(payload["order_id"])))


def _begin(split_id: UUID) -> _Task | None:
    """Writes down that the number is used from now on; None where nothing is to be done yet."""
    row, order = splitting.locked(split_id)
    if splitting.is_over(row):
        return None
    is_first = row.state == SplitState.WAITING
    if is_first and not _may_begin(row, order):
        row.next_look_at = now() + timedelta(seconds=WAIT_SECONDS)
        return None
    if row.kind == "release" and is_first and not frozen.left_fen(order):
        splitting.note_released(row, order, is_automatic=False)
        return None
    if is_first:
        row.state, row.sent_at = SplitState.SENDING, now()
    row.looks = min(row.looks + 1, wallet_rules.MOST_LOOKS)
    row.next_look_at = now() + timedelta(seconds=wallet_rules.pause_seconds(row.looks))
    return _task(row, order, is_first=is_first)


def _may_begin(row: Split, order: WeChatOrder) -> bool:
    if now() < (order.finished_at or now()) + rules.WAIT_AFTER_PAYMENT:
        return False
    if frozen.is_being_refunded(order):
        return False
    if row.kind == "release":
        return all(splitting.is_over(each) for each in _others(row))
    return True


def _others(row: Split) -> list[Split]:
    return [each for each in splitting.splits_of(row.order_id) if each.id != row.id]


def _task(row: Split, order: WeChatOrder, *, is_first: bool) -> _Task:
    is_person = row.receiver_member_id is not None
    receiver = row.receiver_account
    if row.receiver_member_id is not None:
        receiver = members.openid_of(row.receiver_member_id, order.app_id)
    return _Task(
        split_id=row.id,
        kind=row.kind,
        number=number_of(row.id),
        transaction_id=order.transaction_id or "",
        app_id=order.app_id,
        receiver_kind="PERSONAL_OPENID" if is_person else "MERCHANT_ID",
        receiver=receiver,
        amount_fen=row.amount_fen if row.kind == "split" else frozen.left_fen(order),
        description=row.description,
        is_first=is_first,
    )


def _answer(task: _Task) -> SplitStatus:
    status = None if task.is_first else _query(task)
    return status or _send(task)


def _query(task: _Task) -> SplitStatus | None:
    """How it stands; None where WeChat does not know the number."""
    try:
        return wechat.query_split(task.transaction_id, task.number)
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code in UNKNOWN:
            return None
        raise


def _send(task: _Task) -> SplitStatus:
    """Sends it. Any failure is followed by a query before anything else is tried."""
    try:
        return _release(task) if task.kind == "release" else _split(task)
    except FAILURES as failure:
        status = _query(task)
        if status is not None:
            return status
        if isinstance(failure, wechat.WeChatRefused) and failure.wechat_code not in PASSING:
            raise _NotTaken(failure.wechat_code) from failure
        raise


def _split(task: _Task) -> SplitStatus:
    if task.receiver is None:
        raise _NotTaken("NO_RELATION")
    return wechat.split(
        app_id=task.app_id,
        transaction_id=task.transaction_id,
        number=task.number,
        kind=task.receiver_kind,
        account=task.receiver,
        amount_fen=task.amount_fen,
        description=task.description,
    )


def _release(task: _Task) -> SplitStatus:
    """What WeChat gave free by itself (after 30 days) is not asked for."""
    unsplit = wechat.unsplit_fen(task.transaction_id)
    if unsplit == 0:
        return SplitStatus(task.number, "FREED", ())
    if unsplit != task.amount_fen:
        raise _Differs(f"WeChat has {unsplit} fen frozen, the books {task.amount_fen}")
    return wechat.unfreeze(
        transaction_id=task.transaction_id, number=task.number, description=task.description
    )


def _note_failure(split_id: UUID, reason: str, refused: str | None, *, is_wrong: bool) -> None:
    """Looks again soon. What is refused for good ends the split; what differs is for people."""
    row, order = splitting.locked(split_id)
    if splitting.is_over(row):
        return
    row.last_error = reason[:500]
    row.next_look_at = now() + timedelta(seconds=wallet_rules.retry_seconds(row.looks))
    if is_wrong:
        row.state, row.next_look_at = SplitState.TROUBLED, None
    elif refused is not None and row.sent_at is not None:
        patience = NOT_YET_FOR if refused == NOT_YET else REFUSED_FOR
        since = (order.finished_at or row.sent_at) if refused == NOT_YET else row.sent_at
        if now() < since + patience:
            return
        if row.kind == "split":
            splitting.note_failed(row, refused)
        else:
            row.state, row.next_look_at = SplitState.TROUBLED, None


def _note(split_id: UUID, status: SplitStatus) -> None:
    """Takes in what WeChat says. FINISHED alone says nothing of a receiver (fact D10)."""
    row, order = splitting.locked(split_id)
    if row.state == SplitState.TROUBLED or splitting.is_over(row):
        return
    if row.kind == "release":
        if status.state in ("FINISHED", "FREED"):
            splitting.note_released(row, order, is_automatic=status.state == "FREED")
        return
    part = _part(row, status)
    if part is None or part.amount_fen != row.amount_fen:
        log.error("split_does_not_fit", split=str(split_id), state=status.state)
        if status.state == "FINISHED":
            row.state, row.next_look_at = SplitState.TROUBLED, None
    elif part.result == "SUCCESS":
        splitting.note_paid(row)
    elif part.result == "CLOSED":
        splitting.note_failed(row, part.fail_reason or "UNKNOWN")


def _part(row: Split, status: SplitStatus) -> SplitPart | None:
    """The part of our receiver: the only one we named, whoever else WeChat lists (itself)."""
    wanted = "PERSONAL_OPENID" if row.receiver_member_id is not None else "MERCHANT_ID"
    for part in status.parts:
        if part.kind == wanted and row.receiver_account in (None, part.account):
            return part
    return None
