"""Asking for a leave, learning what became of it, and giving it up.

The number is written before the first call and never changes. Only WeChat's word puts a leave in
effect; a member who gives theirs up is paid with confirmation from that moment.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction, one_at_a_time
from app.core.errors import NotFound
from app.core.world import bucket_of, identity_of, new_id, now, number_of
from app.members import service as members
from app.wallet import rules as pauses
from app.wallet.errors import NoWeChatAccount
from app.wallet.receiving.models import ReceivingLeave
from app.wallet.receiving.rules import LeaveState, follow
from app.wechat import client as wechat
from app.wechat.client import LeaveStatus

log = structlog.get_logger()
DUE = "wallet.receiving_leave_due"
LOOK_SECONDS = 1.0
BATCH = 100
DISPLAY_NAME = "联惠会员"
IN_EFFECT_PAUSE = timedelta(days=1)
UNKNOWN = frozenset({"NOT_FOUND", "RESOURCE_NOT_EXISTS"})
FAILURES = (wechat.WeChatUnavailable, wechat.OutcomeUnknown, wechat.WeChatRefused)


def ask(member_id: UUID) -> ReceivingLeave:
    """The member's open leave, a new one where there is none, in the current unit of work.

    One request of a member at a time. Raises NoWeChatAccount.
    """
    members.require_present(member_id)
    if members.linked_at(member_id, settings().wechat_mini_app_id) is None:
        raise NoWeChatAccount()
    one_at_a_time(f"receiving:{member_id}")
    found = _open(member_id)
    if found is not None:
        return found
    bucket = bucket_of(member_id)
    row = ReceivingLeave(
        bucket=bucket,
        id=new_id(bucket),
        member_id=member_id,
        scene=settings().wechat_transfer_scene_id,
        state=LeaveState.ASKING,
        is_given_up=False,
        created_at=now(),
        looks=0,
    )
    db.session.add(row)
    _look_soon(row)
    db.session.flush()
    return row


def give_up(member_id: UUID) -> ReceivingLeave:
    """The member takes the leave back, in the current unit of work, under its lock: no transfer
    is sent under it any more, and WeChat is told. Raises NotFound where there is none."""
    row = _open(member_id, is_locked=True)
    if row is None:
        raise NotFound()
    if not row.is_given_up:
        row.is_given_up = True
        _look_soon(row)
    return row


def latest(member_id: UUID) -> ReceivingLeave:
    """The member's last leave, in the current unit of work. Raises NotFound."""
    mine = (ReceivingLeave.bucket == bucket_of(member_id), ReceivingLeave.member_id == member_id)
    newest = select(ReceivingLeave).where(*mine).order_by(ReceivingLeave.id.desc()).limit(1)
    found = db.session.scalar(newest)
    if found is None:
        raise NotFound()
    return found


def number_in_effect(member_id: UUID) -> str | None:
    """The number of the leave under which this member may be paid now, in the current unit.

    Only where the receiving account has been the member's since it was asked for: a leave pays
    the account that gave it.
    """
    row = _open(member_id)
    linked_at = members.linked_at(member_id, settings().wechat_mini_app_id)
    if row is None or linked_at is None or linked_at > row.created_at:
        return None
    is_in_effect = row.state == LeaveState.IN_EFFECT and not row.is_given_up
    is_for_scene = row.scene == settings().wechat_transfer_scene_id
    return number_of(row.id) if is_in_effect and is_for_scene else None


def look(payload: dict[str, Any]) -> None:
    """Outbox reader: asks for a leave, asks how it stands, or gives it up at WeChat.

    It may run any number of times, also at the same time: the number is always the same.
    """
    leave_id = UUID(payload["leave_id"])
    begun = in_transaction(lambda: _begin(leave_id))
    if begun is None:
        return
    number, openid, is_given_up = begun
    try:
        status = _answer(number, openid, is_given_up=is_given_up)
    except FAILURES as error:
        reason = f"{type(error).__name__}: {error}"
        log.warning("leave_not_answered", leave=str(leave_id), reason=reason)
        is_over = isinstance(error, wechat.WeChatRefused) and error.wechat_code == "RULE_LIMIT"
        in_transaction(lambda: _note_failure(leave_id, reason, is_over=is_over))
        return
    in_transaction(lambda: note(status))


def _begin(leave_id: UUID) -> tuple[str, str | None, bool] | None:
    row = _lock(leave_id)
    if row is None or row.state == LeaveState.CLOSED:
        return None
    openid = members.openid_of(row.member_id, settings().wechat_mini_app_id)
    return number_of(row.id), openid, row.is_given_up


def _answer(number: str, openid: str | None, *, is_given_up: bool) -> LeaveStatus:
    try:
        return wechat.close_leave(number) if is_given_up else wechat.query_leave(number)
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code not in UNKNOWN:
            raise
    if is_given_up or openid is None:
        return LeaveStatus(number, "CLOSED", None, None, "NEVER_GIVEN")
    return wechat.ask_for_leave(
        number=number,
        app_id=settings().wechat_mini_app_id,
        openid=openid,
        display_name=DISPLAY_NAME,
    )


def _note_failure(leave_id: UUID, reason: str, *, is_over: bool) -> None:
    """Looks again soon; where WeChat holds another leave for this person, this one is over."""
    row = _lock(leave_id)
    if row is None or row.state == LeaveState.CLOSED:
        return
    row.last_error = reason[:500]
    row.looks = min(row.looks + 1, pauses.MOST_LOOKS)
    row.next_look_at = now() + timedelta(seconds=pauses.retry_seconds(row.looks))
    if is_over:
        _become(row, LeaveState.CLOSED, "RULE_LIMIT")


def note(status: LeaveStatus) -> None:
    """Takes in what WeChat says of a leave, in the current unit of work, under its lock."""
    row = _lock(identity_of(status.number))
    if row is None:
        log.error("leave_does_not_fit", number=status.number, state=status.state)
        return
    row.last_error = None
    _become(row, follow(LeaveState(row.state), status.state), status.close_reason)
    if row.state == LeaveState.WAITING:
        row.package_info = status.package_info or row.package_info


def _become(row: ReceivingLeave, state: LeaveState, close_reason: str | None) -> None:
    if state is LeaveState.IN_EFFECT and row.given_at is None:
        row.given_at, row.package_info = now(), None
    if state is LeaveState.CLOSED and row.closed_at is None:
        row.closed_at, row.close_reason = now(), close_reason
        row.package_info = row.next_look_at = None
    elif state is LeaveState.IN_EFFECT and not row.is_given_up:
        row.next_look_at = now() + IN_EFFECT_PAUSE
    row.state = state


def look_at_leaves() -> int:
    """Duty: has WeChat asked about leaves whose time to look has come; how many."""
    return in_transaction(_look_at_due)


def _look_at_due() -> int:
    if outbox.is_behind(DUE):
        return 0
    due = db.session.scalars(
        select(ReceivingLeave)
        .where(ReceivingLeave.next_look_at <= now())
        .order_by(ReceivingLeave.next_look_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for row in due:
        row.looks = min(row.looks + 1, pauses.MOST_LOOKS)
        _look_soon(row)
    return len(due)


def _look_soon(row: ReceivingLeave) -> None:
    row.next_look_at = now() + timedelta(seconds=pauses.pause_seconds(row.looks))
    outbox.emit(DUE, {"leave_id": str(row.id)}, bucket=row.bucket)


def _open(member_id: UUID, *, is_locked: bool = False) -> ReceivingLeave | None:
    wanted = select(ReceivingLeave).where(
        ReceivingLeave.bucket == bucket_of(member_id),
        ReceivingLeave.member_id == member_id,
        ReceivingLeave.state != LeaveState.CLOSED,
    )
    return db.session.scalar(wanted.with_for_update() if is_locked else wanted)


def _lock(leave_id: UUID | None) -> ReceivingLeave | None:
    if leave_id is None:
        return None
    mine = (ReceivingLeave.bucket == bucket_of(leave_id), ReceivingLeave.id == leave_id)
    statement = select(ReceivingLeave).where(*mine).with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))
