"""Orders at WeChat, the part with the network: prepay, ask, close. Never within a unit of work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal, cast
from urllib.parse import quote
from uuid import UUID

import structlog
from sqlalchemy.orm import make_transient

from app.core import outbox
from app.core.config import settings
from app.core.db import in_transaction
from app.core.outbox import TryLater
from app.core.world import bucket_of, identity_of, now, number_of
from app.wallet import code_charges, orders
from app.wallet.errors import OrderNotOpen
from app.wallet.models import WeChatOrder
from app.wechat import client as wechat

log = structlog.get_logger()
UNKNOWN = frozenset({"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS", "NOT_FOUND"})
DECIDED = frozenset({"ORDERPAID", "ORDER_CLOSED"})
NEVER_PAID = frozenset({"CLOSED", "REVOKED", "PAYERROR"})
ASK_AGAIN_SECONDS = 15
H5_SECONDS = 240  # of the five minutes that WeChat's page lives


def prepay(order_id: UUID) -> dict[str, Any]:
    """What the payer's phone needs to pay an open order: `wx.requestPayment`'s parameters, a
    `code_url` to show, or an `h5_url` to open (asked for anew when its five minutes are over).

    The same number each time, so it may be asked again. Raises WeChatUnavailable (503, ask
    again), OrderNotOpen, NoWeChatAccount, WeChatRefused, NotFound.
    """
    order = in_transaction(lambda: _detached(order_id))
    if order.state != "open" or order.expires_at <= now():
        raise OrderNotOpen(order_status=order.state)
    if order.trade_type == code_charges.TRADE_TYPE:
        return {}  # the till asks for it, by the code on the payer's phone
    if order.trade_type == "h5":
        return {"h5_url": _with_return(_fresh_page(order), order.return_to)}
    reference = order.prepay_reference or _place(order)
    if order.trade_type == "jsapi":
        return dict(wechat.jsapi_parameters(reference, order.app_id))
    return {"code_url": reference}


def _fresh_page(order: WeChatOrder) -> str:
    """WeChat's page for an h5 order: the last one while it lives, else a new one (fact D5)."""
    living = timedelta(seconds=H5_SECONDS)
    is_fresh = order.prepaid_at is not None and now() - order.prepaid_at < living
    return order.prepay_reference if order.prepay_reference and is_fresh else _place(order)


def _with_return(h5_url: str, return_to: str | None) -> str:
    """The address with the page that WeChat leads back to, always one of ours."""
    if return_to is None:
        return h5_url
    page = settings().base_url.rstrip("/") + return_to
    return f"{h5_url}&redirect_url={quote(page, safe='')}"


def _detached(order_id: UUID) -> WeChatOrder:
    """The order as it stands; its attributes stay readable after the unit."""
    order = orders.find(order_id)
    make_transient(order)
    return order


def _place(order: WeChatOrder) -> str:
    openid = None
    if order.trade_type == "jsapi":
        openid = in_transaction(lambda: orders.payer_openid(order.member_id, order.app_id))
    try:
        answer = wechat.prepay(
            out_trade_no=number_of(order.id),
            description=order.description,
            amount_fen=order.amount_fen,
            trade_type=cast(wechat.TradeType, order.trade_type),
            app_id=order.app_id,
            openid=openid,
            payer_ip=order.payer_ip,
            expires_at=order.expires_at,
            is_shared=order.is_shared,
        )
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code in DECIDED:
            ask(number_of(order.id))
            raise OrderNotOpen() from refusal
        raise
    kept = in_transaction(lambda: _keep_reference(order.id, answer.reference))
    if kept is None:
        raise OrderNotOpen()
    return kept


def _keep_reference(order_id: UUID, reference: str) -> str | None:
    """Stores what WeChat gave. None if the order ended while WeChat was asked.

    In that case it is closed at WeChat too, and nobody was handed anything to pay it with.
    """
    order = orders.lock(order_id)
    if order is None or order.state != "open":
        payload = {"order_id": str(order_id)}
        outbox.emit(orders.CLOSE, payload, bucket=bucket_of(order_id))
        return None
    if order.trade_type == "h5" or order.prepay_reference is None:
        order.prepay_reference, order.prepaid_at = reference, now()
    return order.prepay_reference


def ask(number: str) -> str:
    """Asks WeChat how an order stands and takes it in; its `trade_state`, or `UNKNOWN`.

    Raises WeChatUnavailable.
    """
    try:
        status = wechat.query_order(number)
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code in UNKNOWN:
            return "UNKNOWN"
        raise
    in_transaction(lambda: orders.note_payment(status, is_confirmed=True))
    return str(status.state)


def close_order(order_id: UUID) -> Literal["closed", "paid"]:
    """Closes an open order at WeChat first, then here; who pays meanwhile has paid.

    A refused or unclear closing ends in a query. Raises WeChatUnavailable or OutcomeUnknown
    (503: it is still open, ask again), NotFound.
    """
    order = in_transaction(lambda: _detached(order_id))
    if order.trade_type == code_charges.TRADE_TYPE:
        return code_charges.take_back(order_id)
    if order.state == "open" and not _is_closed_at_wechat(number_of(order_id)):
        state = ask(number_of(order_id))
        if state not in NEVER_PAID | {"UNKNOWN", "SUCCESS", "REFUND"}:
            raise wechat.WeChatUnavailable(f"the order is still {state}")
    # Where the query found it paid, it is no longer open and stays as it is.
    return "paid" if orders.note_closed(order_id) == "paid" else "closed"


def _is_closed_at_wechat(number: str) -> bool:
    try:
        wechat.close_order(number)
    except (wechat.WeChatRefused, wechat.OutcomeUnknown) as error:
        log.info("order_close_unclear", number=number, reason=str(error))
        return False
    return True


def look_at_order(payload: dict[str, Any]) -> None:
    """Outbox reader: asks for one order, and closes it when its time is over.

    `until_answered` is for what no timetable asks again: an order that is not open here.
    """
    number = str(payload["number"])
    try:
        ask(number)
        order_id = identity_of(number)
        if order_id is not None and in_transaction(lambda: _is_over(order_id)):
            close_order(order_id)
    except (wechat.WeChatUnavailable, wechat.OutcomeUnknown, wechat.WeChatRefused) as error:
        log.warning("order_look_failed", number=number, reason=str(error))
        if payload.get("until_answered"):
            raise TryLater(ASK_AGAIN_SECONDS) from error


def _is_over(order_id: UUID) -> bool:
    order = orders.lock(order_id)
    return order is not None and order.state == "open" and order.expires_at <= now()


def close_at_wechat(payload: dict[str, Any]) -> None:
    """Outbox reader: closes at WeChat what has ended here; a payment that came first is found."""
    number = number_of(UUID(payload["order_id"]))
    if not _is_closed_at_wechat(number):
        ask(number)
