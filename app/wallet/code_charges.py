"""Orders paid by the code that WeChat shows: charged, waited for, taken back. With the network.

The order says under its lock, before WeChat is asked, that a charge has begun or that it is being
taken back; so no two codes are charged for one order, and money that a reversal returns is never
booked. Source: WeChat fact D6. Never within a unit of work.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy.orm import make_transient

from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.core.world import now, number_of
from app.wallet import orders
from app.wallet.errors import CodeBeingCharged, CodeRefused, NotPayableByCode, OrderNotOpen
from app.wallet.models import WeChatOrder
from app.wechat import client as wechat

log = structlog.get_logger()
TRADE_TYPE = "code"
STALE_CODES = frozenset({"AUTH_CODE_INVALID", "AUTH_CODE_EXPIRED", "AUTH_CODE_ERROR"})
STALE_CODES |= {"AUTHCODEEXPIRE"}
PAID_BEFORE = "ORDERPAID"
UNKNOWN = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS", "NOT_FOUND"})
ENDED = frozenset({"PAYERROR", "REVOKED", "CLOSED"})
ARRIVING_SECONDS = 60  # so long a charge whose answer never came may still arrive at WeChat


def charge(order_id: UUID, auth_code: str, store: str, till_ip: str) -> str:
    """Has WeChat charge an open order; its trade state as far as it is known.

    USERPAYING is asked about every few seconds and taken back after WECHAT_CODE_WAIT_SECONDS; an
    unclear answer leaves the order open in the same way. Raises CodeRefused (the order waits for
    another code), CodeBeingCharged, NotPayableByCode, OrderNotOpen, OutcomeUnknown,
    WeChatUnavailable, WeChatRefused (then it is taken back).
    """
    if not wechat.is_payment_code(auth_code):
        raise CodeRefused()
    order = in_transaction(lambda: _begun(order_id, auth_code))
    try:
        status = wechat.charge_code(
            wechat.Charge(
                out_trade_no=number_of(order_id),
                description=order.description,
                amount_fen=order.amount_fen,
                app_id=order.app_id,
                store=store,
                auth_code=auth_code,
                till_ip=till_ip,
                is_shared=order.is_shared,
            )
        )
    except wechat.WeChatRefused as refusal:
        return _refused(order_id, refusal)
    in_transaction(lambda: orders.note_payment(status, is_confirmed=True))
    if status.state in ENDED:
        take_back(order_id)
    return status.state


def _refused(order_id: UUID, refusal: wechat.WeChatRefused) -> str:
    log.info("code_charge_refused", number=number_of(order_id), code=refusal.wechat_code)
    if refusal.wechat_code in STALE_CODES:
        in_transaction(lambda: _not_begun(order_id))
        raise CodeRefused(wechat_code=refusal.wechat_code) from refusal
    if refusal.wechat_code == PAID_BEFORE and _is_paid(order_id):
        return "SUCCESS"
    if take_back(order_id) == "paid":
        return "SUCCESS"
    raise refusal


def _is_paid(order_id: UUID) -> bool:
    """Books what an earlier request, whose answer never came, was charged."""
    status = wechat.query_order(number_of(order_id))
    in_transaction(lambda: orders.note_payment(status, is_confirmed=True))
    return status.is_paid


def take_back(order_id: UUID) -> Literal["closed", "paid"]:
    """Ends an open order: what was charged is reversed at WeChat first; who was booked before
    has paid. Repeatable.

    Raises OutcomeUnknown, WeChatUnavailable (503: it stays open and is taken back later).
    """
    order = in_transaction(lambda: _withdrawn(order_id))
    if order.state != "open":
        return "paid" if order.state == "paid" else "closed"
    try:
        wechat.reverse_charge(number_of(order_id), order.app_id)
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code not in UNKNOWN:
            return _kept(order_id, refusal)
        if order.charged_at and now() - order.charged_at < timedelta(seconds=ARRIVING_SECONDS):
            raise wechat.WeChatUnavailable("the charge may still arrive") from refusal
    return "paid" if orders.note_closed(order_id) == "paid" else "closed"


def _kept(order_id: UUID, refusal: wechat.WeChatRefused) -> Literal["closed", "paid"]:
    """WeChat does not reverse it: then whatever it is, it stays."""
    log.error("code_reversal_refused", number=number_of(order_id), code=refusal.wechat_code)
    status = wechat.query_order(number_of(order_id))
    in_transaction(lambda: _settled(order_id, status))
    if status.is_paid:
        return "paid"
    if status.state not in ENDED:
        raise wechat.WeChatUnavailable(f"the order is still {status.state}")
    orders.note_closed(order_id)
    return "closed"


def _settled(order_id: UUID, status: wechat.OrderStatus) -> None:
    if status.is_paid:
        _locked(order_id).is_reversing = False
        orders.note_payment(status, is_confirmed=True)


def _begun(order_id: UUID, auth_code: str) -> WeChatOrder:
    order = _locked(order_id)
    if order.trade_type != TRADE_TYPE or not wechat.takes_codes():
        raise NotPayableByCode()
    if order.state != "open" or order.is_reversing or order.expires_at <= now():
        raise OrderNotOpen(order_status=order.state)
    code_hash = sha256(auth_code.encode()).digest()
    if order.charge_hash not in (None, code_hash):
        raise CodeBeingCharged()
    if order.charge_hash is None:
        wait = timedelta(seconds=settings().wechat_code_wait_seconds)
        order.charge_hash, order.charged_at = code_hash, now()
        order.expires_at = min(order.expires_at, now() + wait)
        order.next_look_at = orders.next_look(order)
    return _detached(order)


def _not_begun(order_id: UUID) -> None:
    """WeChat took nothing by this code: the order waits for another one as before."""
    order = _locked(order_id)
    if order.state == "open" and not order.is_reversing:
        order.charge_hash = order.charged_at = None
        whole = timedelta(minutes=settings().order_valid_minutes)
        order.expires_at = order.created_at + whole
        order.next_look_at = orders.next_look(order)


def _withdrawn(order_id: UUID) -> WeChatOrder:
    """From here on nothing that WeChat says of a payment is booked, unless it keeps it."""
    order = _locked(order_id)
    if order.state == "open" and order.charged_at is None:
        orders.end(order, "closed")  # WeChat was never asked
    elif order.state == "open":
        order.is_reversing = True
        order.expires_at = min(order.expires_at, now())  # so that the timetable goes on with it
    return _detached(order)


def _locked(order_id: UUID) -> WeChatOrder:
    order = orders.lock(order_id)
    if order is None:
        raise NotFound()
    return order


def _detached(order: WeChatOrder) -> WeChatOrder:
    """The order as it is written; its attributes stay readable after the unit."""
    db.session.flush()
    make_transient(order)
    return order
