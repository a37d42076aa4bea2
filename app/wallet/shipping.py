"""Shipping information of orders paid in the mini-program, and the settlement that follows.

Where WeChat manages a mini-program's trade, it keeps the money until it is told of shipping
(WeChat fact C8). A row is written when an order is paid; a reader reports it. What was just
paid shows up with a delay; an upload is never repeated before its fate was looked up, because
a repetition uses up the one change that WeChat allows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.outbox import TryLater
from app.core.world import bucket_of, identity_of, now, number_of
from app.members import service as members
from app.wallet import orders
from app.wallet.models import WeChatOrder
from app.wallet.shipping_models import OrderShipping
from app.wechat import client as wechat
from app.wechat.client import Parcel, ShippingState, Way, events

log = structlog.get_logger()
DUE = "wallet.shipping_due"
RECEIVED = "wallet.shipment_received"
FIRST_LOOK_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 3600.0
OPERATOR_PAUSE_SECONDS = 900.0
LONGEST_MESSAGE = 200
GIVE_UP = timedelta(days=3)
LATE = timedelta(hours=1)
ASK_SECONDS = 24 * 3600.0
SHIPPED_LATER = frozenset({"order"})  # whose shipping is reported when somebody has shipped
TRADE_EVENTS = ("trade_manage_", "wxa_trade_")

_managed: dict[str, tuple[float, bool]] = {}


@dataclass(frozen=True, slots=True)
class Shipped:
    """How the room above has shipped an order: by express with company (WeChat's code) and number;
    `receiver_contact` is masked."""

    way: Way
    express_company: str | None = None
    tracking_no: str | None = None
    receiver_contact: str | None = None


@dataclass(frozen=True, slots=True)
class Shipment:
    """What is to be reported."""

    order_id: UUID
    openid: str
    way: Way
    parcel: Parcel
    attempts: int


def note_paid(purpose: str, order: WeChatOrder, **_: Any) -> None:
    """Receiver of `order_paid`: writes down, in its unit, that shipping may have to be reported."""
    is_ours = order.trade_type == "jsapi" and order.app_id == settings().wechat_mini_app_id
    is_due = purpose not in SHIPPED_LATER and settings().wechat_shipping != "never"
    if is_ours and is_due:
        _plan(order.id)


def report_shipped(order_id: UUID, shipped: Shipped) -> None:
    """An order of SHIPPED_LATER was shipped, or its parcel put right: has WeChat told, in the
    current unit of work, if it was paid in the mini-program.

    WeChat takes one change of a parcel; a further one stays ours (WeChat fact C8).
    """
    order = orders.find(order_id)
    is_ours = order.trade_type == "jsapi" and order.app_id == settings().wechat_mini_app_id
    if not is_ours or settings().wechat_shipping == "never":
        return
    row = locked(order_id)
    if row is None:
        _plan(order_id)
        row = locked(order_id)
        assert row is not None
    else:
        row.state, row.error_code, row.error_message = "due", None, None
        outbox.emit(DUE, {"order_id": str(order_id)}, bucket=row.bucket)
    row.way, row.attempts = shipped.way, 0
    row.express_company, row.tracking_no = shipped.express_company, shipped.tracking_no
    row.receiver_contact = shipped.receiver_contact
    db.session.flush()


def report(payload: dict[str, Any]) -> None:
    """Reader of DUE: reports one shipping. Raises TryLater until its fate is known."""
    order_id = UUID(payload["order_id"])
    shipment = in_transaction(lambda: _due(order_id))
    if shipment is None:
        return
    try:
        state, code, said = *_reported(shipment), None
    except (wechat.NotThereYet, wechat.Misconfigured) as refusal:
        waits_for = refusal.wechat_code
        pause = in_transaction(lambda: _wait(order_id, waits_for))
        is_ours = isinstance(refusal, wechat.Misconfigured)
        raise TryLater(OPERATOR_PAUSE_SECONDS if is_ours else pause) from None
    except wechat.Paused as paused:
        raise TryLater(float(paused.headers["Retry-After"])) from None
    except wechat.WeChatUnavailable:
        raise TryLater(in_transaction(lambda: _wait(order_id, None))) from None
    except wechat.WeChatRefused as refusal:
        state, code, said = "refused", refusal.wechat_code, refusal.wechat_message
        log.error("shipping_refused", order_id=str(order_id), wechat_code=code)
    in_transaction(lambda: _end(shipment, state, code, said))


def hear(message: wechat.Message) -> None:
    """Receiver of `message_received`: what WeChat tells of shipping and settlement."""
    if not message.event.startswith(TRADE_EVENTS):
        return
    event = wechat.read_event(message.fields)
    if isinstance(event, events.ShippingSettled):
        _note_settlement(event)
    elif isinstance(event, events.ShippingWanted):
        _ship_again(event)
    elif isinstance(event, events.TradeControlled | events.ShippingAccessWanted):
        log.error("wechat_wants_shipping", wechat_event=message.event, text=event.text)
        _managed.clear()


def unreported() -> int:
    """How many shippings are refused, or wait for more than an hour."""
    late = (OrderShipping.state == "due") & (OrderShipping.created_at < now() - LATE)
    statement = select(func.count()).where(or_(OrderShipping.state == "refused", late))
    return int(read(statement)[0][0])


def in_state(state: str, limit: int) -> list[OrderShipping]:
    """The oldest shippings in one state, in the current unit of work."""
    rows = select(OrderShipping).where(OrderShipping.state == state)
    return list(db.session.scalars(rows.order_by(OrderShipping.created_at).limit(limit)))


def _plan(order_id: UUID) -> None:
    bucket, moment = bucket_of(order_id), now()
    row = insert(OrderShipping).values(
        bucket=bucket, order_id=order_id, state="due", attempts=0, created_at=moment
    )
    made = db.session.scalar(row.on_conflict_do_nothing().returning(OrderShipping.order_id))
    if made is not None:
        due_at = moment + timedelta(seconds=FIRST_LOOK_SECONDS)
        outbox.emit(DUE, {"order_id": str(order_id)}, bucket=bucket, due_at=due_at)


def locked(order_id: UUID) -> OrderShipping | None:
    """An order's shipping, locked in the current unit of work."""
    return db.session.get(
        OrderShipping,
        (bucket_of(order_id), order_id),
        with_for_update=True,
        populate_existing=True,
    )


def _due(order_id: UUID) -> Shipment | None:
    row = locked(order_id)
    if row is None or row.state != "due":
        return None
    order = orders.find(order_id)
    openid = members.openid_of(order.member_id, order.app_id)
    if openid is None:  # the member has left; WeChat wants the payer's openid
        row.state, row.error_code = "refused", "payer_left"
        return None
    is_top_up = order.purpose == "top_up"
    usual = settings().wechat_shipping_top_up if is_top_up else settings().wechat_shipping_sale
    row.attempts += 1
    parcel = Parcel(order.description, row.tracking_no, row.express_company, row.receiver_contact)
    return Shipment(order_id, openid, cast(Way, row.way or usual), parcel, row.attempts)


def _reported(shipment: Shipment) -> tuple[str, str | None]:
    """Reports a shipping; how it ended and WeChat's code. Raises what WeChat's calls raise."""
    if not _is_managed():
        return "not_needed", None
    number = number_of(shipment.order_id)
    if shipment.attempts > 1:
        known = _state_at_wechat(number)
        if known is not None:
            return known, None
    try:
        wechat.report_shipping(
            out_trade_no=number,
            openid=shipment.openid,
            way=shipment.way,
            parcel=shipment.parcel,
            uploaded_at=now(),
        )
    except wechat.AlreadyDone as done:
        return "reported", done.wechat_code
    except wechat.NotShippable as refusal:
        return _state_at_wechat(number) or "refused", refusal.wechat_code
    return "reported", None


def _state_at_wechat(number: str) -> str | None:
    """How an order ended that needs no report any more; None while it is to be shipped."""
    state = wechat.shipping_state(number)
    if state == ShippingState.TO_SHIP:
        return None
    return "not_needed" if state == ShippingState.REFUNDED else "reported"


def _is_managed() -> bool:
    """Whether WeChat wants it, asked once a day by each process. Raises WeChatUnavailable, …"""
    if settings().wechat_shipping == "always":
        return True
    app_id = settings().wechat_mini_app_id
    until, is_managed = _managed.get(app_id, (0.0, False))
    if time.monotonic() >= until:
        is_managed = wechat.is_shipping_managed()
        _managed[app_id] = (time.monotonic() + ASK_SECONDS, is_managed)
    return is_managed


def _wait(order_id: UUID, code: str | None) -> float:
    """Notes what WeChat said meanwhile; the seconds until the next look."""
    row = locked(order_id)
    if row is None or row.state != "due":
        return FIRST_LOOK_SECONDS
    row.error_code = code
    if code is not None and now() - row.created_at > GIVE_UP:
        row.state = "refused"
        log.error("shipping_given_up", order_id=str(order_id), wechat_code=code)
    pause = FIRST_LOOK_SECONDS * 2.0 ** min(row.attempts, 10)
    return min(LONGEST_PAUSE_SECONDS, pause)


def _end(shipment: Shipment, state: str, code: str | None, said: str | None) -> None:
    row = locked(shipment.order_id)
    if row is None or row.state != "due" or row.attempts != shipment.attempts:
        return  # its parcel was put right meanwhile: that is reported by another letter
    row.state, row.error_code = state, code
    row.error_message = said[:LONGEST_MESSAGE] if said else None
    if state == "reported":
        row.reported_at = now()


def _order_of(told: events.TradeOrder) -> UUID | None:
    """The order of ours that WeChat speaks of, if it is one."""
    order_id = identity_of(told.out_trade_no or "")
    if order_id is None:
        return None
    known = db.session.get(WeChatOrder, (bucket_of(order_id), order_id))
    return order_id if known is not None and known.state == "paid" else None


def _note_settlement(event: events.ShippingSettled) -> None:
    order_id = _order_of(event.order)
    if order_id is None:
        return
    row = locked(order_id)
    if row is None:  # somebody shipped it in WeChat's console
        _plan(order_id)
        row = locked(order_id)
        assert row is not None
    if row.state in ("due", "refused"):
        row.state, row.reported_at = "reported", event.shipped_at or now()
    row.estimated_at = event.estimated_at or row.estimated_at
    order = orders.find(order_id)
    if event.received_at and row.received_at is None and order.purpose in SHIPPED_LATER:
        told = {"order_id": str(order_id), "subject_id": str(order.subject_id)}
        outbox.emit(RECEIVED, told, bucket=row.bucket)
    row.received_at = event.received_at or row.received_at
    row.settled_at = event.settled_at or row.settled_at


def _ship_again(event: events.ShippingWanted) -> None:
    """WeChat misses a shipping: it is due again, whatever was thought of it before."""
    order_id = _order_of(event.order)
    if order_id is None or settings().wechat_shipping == "never":
        return
    _managed.clear()
    row = locked(order_id)
    if row is None:
        if orders.find(order_id).purpose not in SHIPPED_LATER:  # else nobody has shipped it yet
            _plan(order_id)
    elif row.state != "due":
        row.state = "due"
        outbox.emit(DUE, {"order_id": str(order_id)}, bucket=row.bucket)
