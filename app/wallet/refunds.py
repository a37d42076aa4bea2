"""Refunds of paid orders: money goes back to the payer through WeChat, each fen at most once.

The refund's number at WeChat is `number_of(refund id)` for ever; repeating it is safe, another
number would pay twice (WeChat fact D8). The room above has moved the money to `refund_clearing`
with its own journal; here it leaves for WeChat when WeChat says so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import make_transient

from app.core import outbox
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, identity_of, new_id, now, number_of
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import orders, rules, signals
from app.wallet.errors import TooManyRefunds
from app.wallet.models import OrderRefund, WeChatOrder
from app.wallet.profit_sharing import frozen
from app.wallet.profit_sharing import rules as sharing_rules
from app.wechat import client as wechat
from app.wechat.client import RefundStatus

log = structlog.get_logger()
LOOK = "wallet.refund_look"
OPEN = ("requested", "processing")
REFUSED_FOR = timedelta(days=1)
UNKNOWN = frozenset({"RESOURCE_NOT_EXISTS", "NOT_FOUND", "REFUND_NOT_EXISTS"})


MOST_REFUNDS = 50
"""Of one payment (WeChat fact D8)."""


class RefundTooLarge(ValueError):
    """More would go back than was paid: a fault of the calling room, not of a request."""


def refund_order(order_id: UUID, refund_id: UUID, amount_fen: int, reason: str) -> None:
    """Asks for a refund of a paid order, in the current unit of work; once for each id.

    The unit's own journal puts `amount_fen` into `refund_clearing`; when WeChat says SUCCESS it
    goes from there to `wechat_takings`, with the fee that WeChat gives back. Locks the order.
    Raises RefundTooLarge, LookupError for an order that is not paid.
    """
    order = orders.lock(order_id)
    if order is None or order.state != "paid":
        raise LookupError(f"order {order_id} is not paid")
    if db.session.get(OrderRefund, (order.bucket, refund_id)) is not None:
        return
    before = _refunded(order, ("requested", "processing", "done", "troubled"))
    if amount_fen <= 0 or before + amount_fen > order.amount_fen:
        raise RefundTooLarge(f"{before} + {amount_fen} of {order.amount_fen} fen")
    moment = now()
    row = OrderRefund(
        bucket=order.bucket,
        id=refund_id,
        order_id=order.id,
        amount_fen=amount_fen,
        reason=reason[:80],
        created_at=moment,
        next_look_at=moment + timedelta(seconds=rules.pause_seconds(0)),
    )
    db.session.add(row)
    db.session.flush()
    outbox.emit(LOOK, {"refund_id": str(refund_id)}, bucket=order.bucket)


def check_number_of_refunds(earlier: int, wanted_fen: int, left_fen: int) -> None:
    """Raises TooManyRefunds where WeChat would not take this refund, or none after it while some
    would be left."""
    number = earlier + 1
    if number > MOST_REFUNDS or (number == MOST_REFUNDS and wanted_fen < left_fen):
        raise TooManyRefunds(left_fen=left_fen)


def clearing_legs(amount_fen: int) -> list[Leg]:
    """The leg of a refund journal that stands for money on its way back through WeChat."""
    return [Leg(PLATFORM_ID, Account.REFUND_CLEARING, amount_fen)] if amount_fen else []


def _refunded(order: WeChatOrder, states: tuple[str, ...]) -> int:
    total = select(func.coalesce(func.sum(OrderRefund.amount_fen), 0)).where(
        OrderRefund.bucket == order.bucket,
        OrderRefund.order_id == order.id,
        OrderRefund.state.in_(states),
    )
    return int(db.session.scalar(total) or 0)


def look_at_refund(payload: dict[str, Any]) -> None:
    """Outbox reader: asks WeChat for the refund, or how it stands. The timetable looks again."""
    refund_id = UUID(payload["refund_id"])
    row, order, is_held_up = in_transaction(lambda: _detached(refund_id))
    if row.state == "done" or is_held_up:
        return
    try:
        status = _ask_for(row, order) if row.state == "requested" else _ask(row, order)
    except (wechat.WeChatUnavailable, wechat.OutcomeUnknown, wechat.WeChatRefused) as error:
        reason = f"{type(error).__name__}: {error}"
        log.warning("refund_not_answered", refund=str(refund_id), reason=reason)
        is_refused = isinstance(error, wechat.WeChatRefused)
        in_transaction(lambda: _note_trouble(refund_id, reason, is_refused=is_refused))
        return
    in_transaction(lambda: note_refund(status))


def _detached(refund_id: UUID) -> tuple[OrderRefund, WeChatOrder, bool]:
    """The refund, its order, and whether it waits for a split of the same money to end."""
    row = db.session.get(OrderRefund, (bucket_of(refund_id), refund_id))
    if row is None:
        raise LookupError(f"there is no refund {refund_id}")
    order = orders.find(row.order_id)
    is_held_up = row.state == "requested" and order.is_shared and frozen.is_being_split(order)
    for each in (row, order):
        make_transient(each)
    return row, order, is_held_up


def _ask_for(row: OrderRefund, order: WeChatOrder) -> RefundStatus:
    return wechat.refund(
        out_refund_no=number_of(row.id),
        out_trade_no=number_of(order.id),
        refund_fen=row.amount_fen,
        total_fen=order.amount_fen,
        reason=row.reason,
    )


def _ask(row: OrderRefund, order: WeChatOrder) -> RefundStatus:
    try:
        return wechat.query_refund(number_of(row.id))
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code in UNKNOWN:
            return _ask_for(row, order)
        raise


def _note_trouble(refund_id: UUID, reason: str, *, is_refused: bool) -> None:
    """Looks again soon. What WeChat has refused for a day is shown to people, and asked for
    further: it goes out by itself once they have paid in or agreed anew with WeChat."""
    row = lock(refund_id)
    if row is None or row.state == "done" or row.next_look_at is None:
        return
    row.last_error = reason[:500]
    row.looks = min(row.looks + 1, rules.MOST_LOOKS)
    row.next_look_at = now() + timedelta(seconds=rules.retry_seconds(row.looks))
    if is_refused and row.state in OPEN and row.created_at < now() - REFUSED_FOR:
        log.error("refund_in_trouble", refund=str(refund_id), reason=reason)
        row.state = "troubled"


def lock(refund_id: UUID | None) -> OrderRefund | None:
    """The refund, locked until the current unit of work ends; None if there is no such refund."""
    if refund_id is None:
        return None
    return db.session.scalar(
        select(OrderRefund)
        .where(OrderRefund.bucket == bucket_of(refund_id), OrderRefund.id == refund_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def note_refund(status: RefundStatus) -> None:
    """Takes in what WeChat says of a refund, in the current unit of work, under its lock."""
    row = lock(identity_of(status.out_refund_no))
    if row is None or (status.refund_fen is not None and status.refund_fen != row.amount_fen):
        log.error("refund_does_not_fit", number=status.out_refund_no, state=status.state)
        return
    if row.state == "done":
        if status.state != "SUCCESS":
            log.error("refund_contradicted", number=status.out_refund_no, state=status.state)
        return
    if status.state == "SUCCESS":
        _finish(row)
    elif status.state == "PROCESSING":
        row.state = "processing" if row.state in OPEN else row.state
    else:
        log.error("refund_in_trouble", number=status.out_refund_no, state=status.state)
        row.state, row.last_error, row.next_look_at = "troubled", status.state, None


def _finish(row: OrderRefund) -> None:
    order = orders.lock(row.order_id)
    if order is None:
        raise LookupError(f"refund {row.id} has lost its order")
    left = order.amount_fen - _refunded(order, ("done",))
    fee = rules.fee_returned_fen(left, row.amount_fen, order.fee_bp)
    from_frozen = sharing_rules.from_frozen_fen(frozen.left_fen(order), row.amount_fen, fee)
    row.from_frozen_fen = from_frozen
    journal = Journal(
        id=new_id(row.bucket),
        kind="refund_paid_out",
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"refund_paid_out:{row.id}",
        legs=tuple(_finish_legs(row.amount_fen, fee, from_frozen)),
    )
    row.state, row.journal_id = "done", journal.id
    row.finished_at, row.next_look_at, row.last_error = now(), None, None
    db.session.flush()
    ledger.post([journal])
    signals.order_refunded.send(order.purpose, order=order, refund=row)


def _finish_legs(amount_fen: int, fee_returned_fen: int, from_frozen_fen: int) -> list[Leg]:
    legs = [
        Leg(PLATFORM_ID, Account.REFUND_CLEARING, -amount_fen),
        Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, amount_fen - fee_returned_fen - from_frozen_fen),
        Leg(PLATFORM_ID, Account.WECHAT_FROZEN, from_frozen_fen),
        Leg(PLATFORM_ID, Account.CHANNEL_FEE, fee_returned_fen),
    ]
    return [leg for leg in legs if leg.amount_fen]
