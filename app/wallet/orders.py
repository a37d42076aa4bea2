"""Payment orders at WeChat: opened, paid exactly once, or closed.

A notification that fits is believed at once; one that does not fit makes us ask WeChat, and only
WeChat's own answer moves money aside (suspense). Polling finds what no notification told.
Sources: WeChat facts D5 (prepay), D7 (query, close), D14.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.core.world import (
    BUCKETS,
    PLATFORM_ID,
    SYSTEM_ID,
    bucket_of,
    identity_of,
    new_id,
    now,
    number_of,
)
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.wallet import rules, signals
from app.wallet.errors import NoWeChatAccount
from app.wallet.models import SuspenseItem, WeChatOrder
from app.wallet.profit_sharing import frozen
from app.wallet.purses import takings_legs
from app.wechat.client import OrderStatus

log = structlog.get_logger()
ASK = "wallet.order_ask"
CLOSE = "wallet.order_close"
RELEASE = "wallet.order_release"
SECOND_PAYMENT = "wallet.second_payment"
PAID_TWICE = "order_paid"
SILENT = frozenset({"repeated", "reversing"})
UNKNOWN_BUCKET = bucket_of(PLATFORM_ID)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where an h5 payment is made: the browser's address, and our path it comes back to."""

    payer_ip: str
    return_to: str | None = None


def new_order(
    purpose: str,
    subject_id: UUID,
    member_id: UUID,
    amount_fen: int,
    trade_type: str,
    description: str,
    browser: Browser | None = None,
    *,
    is_shared: bool = False,
    app_id: str | None = None,
) -> WeChatOrder:
    """Writes an open order in the current unit of work, in the member's bucket.

    `trade_type` is `jsapi`, `native`, `code` (see code_charges) or `h5` (with the payer's
    `browser`). `app_id`: where jsapi pays, the mini-program by default. What is paid for one that
    `is_shared` is to be split. Raises NoWeChatAccount and MemberMerged.
    """
    members.require_present(member_id)
    paid_in = app_id or settings().wechat_mini_app_id
    if trade_type == "jsapi":
        payer_openid(member_id, paid_in)
    moment = now().replace(microsecond=0)  # WeChat reads the end to the second
    order = WeChatOrder(
        bucket=bucket_of(member_id),
        id=new_id(bucket_of(member_id)),
        purpose=purpose,
        subject_id=subject_id,
        member_id=member_id,
        amount_fen=amount_fen,
        fee_bp=settings().channel_fee_bp,
        trade_type=trade_type,
        app_id=paid_in,
        description=description,
        is_shared=is_shared,
        created_at=moment,
        expires_at=moment + timedelta(minutes=settings().order_valid_minutes),
        next_look_at=moment + timedelta(seconds=rules.pause_seconds(0)),
    )
    return _written(order, browser)


def _written(order: WeChatOrder, browser: Browser | None) -> WeChatOrder:
    if browser is not None:
        order.payer_ip, order.return_to = browser.payer_ip, browser.return_to
    db.session.add(order)
    db.session.flush()
    return order


def payer_openid(member_id: UUID, app_id: str) -> str:
    """The member's openid in that app, in the current unit of work. Raises NoWeChatAccount."""
    openid = members.openid_of(member_id, app_id)
    if openid is None:
        raise NoWeChatAccount()
    return openid


def find(order_id: UUID) -> WeChatOrder:
    """The order, in the current unit of work. Raises NotFound."""
    order = db.session.get(WeChatOrder, (bucket_of(order_id), order_id))
    if order is None:
        raise NotFound()
    return order


def of_transaction(transaction_id: str) -> WeChatOrder | None:
    """The paid order of WeChat Pay's own number, in the current unit of work, or None.

    Looks into each bucket by its index: for what is rare.
    """
    return db.session.scalar(
        select(WeChatOrder)
        .where(WeChatOrder.bucket.in_(range(BUCKETS)))
        .where(WeChatOrder.transaction_id == transaction_id, WeChatOrder.state == "paid")
        .limit(1)
    )


def lock(order_id: UUID | None) -> WeChatOrder | None:
    """The order, locked until the current unit of work ends; None if there is no such order."""
    if order_id is None:
        return None
    return db.session.scalar(
        select(WeChatOrder)
        .where(WeChatOrder.bucket == bucket_of(order_id), WeChatOrder.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def note_payment(status: OrderStatus, *, is_confirmed: bool) -> None:
    """Takes in what WeChat says of an order, in the current unit of work, under its lock.

    Exactly one call for each order credits it, however often and in whatever order the same is
    told. `is_confirmed` means that WeChat answered our own question: then money that fits no
    open order goes to `suspense`; otherwise we ask first.
    """
    if not status.is_paid:
        return
    order = lock(identity_of(status.out_trade_no))
    misfit = _misfit(order, status)
    if misfit is None and order is not None:
        _credit(order, status)
    elif misfit in SILENT:
        return
    elif is_confirmed:
        _set_aside(order, status, str(misfit))
    else:
        log.error("payment_does_not_fit", number=status.out_trade_no, reason=misfit)
        bucket = order.bucket if order else UNKNOWN_BUCKET
        outbox.emit(ASK, {"number": status.out_trade_no, "until_answered": True}, bucket=bucket)


def _misfit(order: WeChatOrder | None, status: OrderStatus) -> str | None:
    if order is None:
        return "unknown_order"
    if order.transaction_id is not None and order.transaction_id == status.transaction_id:
        return "repeated"
    if order.state != "open":
        return f"order_{order.state}"
    if order.is_reversing:
        return "reversing"
    if status.state != "SUCCESS":
        return "refunded_elsewhere"
    if status.amount_fen != order.amount_fen or status.currency not in (None, "CNY"):
        return "amount_differs"
    if status.app_id != order.app_id:
        return "app_differs"
    if order.trade_type == "jsapi" and _is_other_payer(order, status):
        return "payer_differs"
    return None


def _is_other_payer(order: WeChatOrder, status: OrderStatus) -> bool:
    """Whether somebody else paid than the member; unknown where they left the app meanwhile."""
    expected = members.openid_of(order.member_id, order.app_id)
    return None not in (expected, status.openid) and expected != status.openid


def _credit(order: WeChatOrder, status: OrderStatus) -> None:
    order.state, order.transaction_id = "paid", status.transaction_id
    order.finished_at, order.next_look_at, order.payer_ip = now(), None, None
    db.session.flush()
    signals.order_paid.send(order.purpose, order=order, transaction=status)
    own = [each for each in (fee_journal(order), frozen.frozen_journal(order)) if each is not None]
    if own:
        ledger.post(own)


def fee_journal(order: WeChatOrder) -> Journal | None:
    """The second journal of a paid order: what WeChat Pay keeps of it; None below half a fen.

    This room posts it itself when the order is paid.
    """
    fee = rules.fee_fen(order.amount_fen, order.fee_bp)
    if not fee:
        return None
    return Journal(
        id=new_id(order.bucket),
        kind="channel_fee",
        reference_id=order.id,
        principal_id=SYSTEM_ID,
        key=f"channel_fee:{order.id}",
        legs=(
            Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, fee),
            Leg(PLATFORM_ID, Account.CHANNEL_FEE, -fee),
        ),
    )


def _set_aside(order: WeChatOrder | None, status: OrderStatus, reason: str) -> None:
    """Money that is really there but fits nothing: into `suspense`, once for each transaction."""
    bucket = order.bucket if order else UNKNOWN_BUCKET
    number, transaction_id = status.out_trade_no, str(status.transaction_id)
    known = select(SuspenseItem.id).where(
        SuspenseItem.bucket == bucket, SuspenseItem.transaction_id == transaction_id
    )
    amount = status.amount_fen or 0
    if not amount or db.session.scalar(known) is not None:
        return
    log.error("payment_set_aside", number=number, reason=reason, amount_fen=amount)
    journal = Journal(
        id=new_id(bucket),
        kind="suspense",
        reference_id=order.id if order else PLATFORM_ID,
        principal_id=SYSTEM_ID,
        key=f"suspense:{transaction_id}",
        legs=(*takings_legs(amount), Leg(PLATFORM_ID, Account.SUSPENSE, amount)),
    )
    item = SuspenseItem(
        bucket=bucket,
        id=new_id(bucket),
        number=number,
        transaction_id=transaction_id,
        amount_fen=amount,
        reason=reason,
        journal_id=journal.id,
        created_at=now(),
    )
    db.session.add(item)
    if order is not None and order.state == "open":
        end(order, "suspense")
    if reason == PAID_TWICE and status.state == "SUCCESS":
        outbox.emit(SECOND_PAYMENT, {"item_id": str(item.id)}, bucket=bucket)
    ledger.post([journal, *_frozen_aside(order, transaction_id)])


def _frozen_aside(order: WeChatOrder | None, transaction_id: str) -> list[Journal]:
    """What was paid for an ended order that was to be split is frozen all the same: it is given
    free at once."""
    journal = frozen.frozen_journal(order) if order is not None else None
    if order is None or journal is None or order.transaction_id is not None:
        return []
    order.transaction_id = transaction_id
    outbox.emit(RELEASE, {"order_id": str(order.id)}, bucket=order.bucket)
    return [journal]


def end(order: WeChatOrder, state: str) -> None:
    """Ends a locked, open order that will never be paid: `closed` or `suspense`."""
    order.state, order.finished_at = state, now()
    order.next_look_at, order.payer_ip = None, None
    db.session.flush()
    signals.order_closed.send(order.purpose, order=order)


def next_look(order: WeChatOrder) -> datetime:
    """When to ask WeChat again (UTC): ever later, and at the order's end at the latest."""
    moment = now()
    is_at_till = order.charged_at is not None
    seconds = rules.TILL_PAUSE_SECONDS if is_at_till else rules.pause_seconds(order.looks)
    pause = timedelta(seconds=seconds)
    if moment < order.expires_at:
        return min(moment + pause, order.expires_at)
    return moment + pause


def note_closed(order_id: UUID) -> str:
    """Ends an order that WeChat has closed or never knew; the order's state now."""

    def work() -> str:
        order = lock(order_id)
        if order is None:
            raise NotFound()
        if order.state == "open":
            end(order, "closed")
        return order.state

    return in_transaction(work)


def number(order: WeChatOrder) -> str:
    """The order's `out_trade_no`."""
    return number_of(order.id)
