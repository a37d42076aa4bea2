"""Payment by the code on the phone, answered at once, and its reversal (WeChat fact D6).

Above an amount the person has to confirm; until then the order is USERPAYING.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import books, chat, names, terms
from sandbox.impossible import Impossible
from sandbox.pay import cashier, orders, payment_codes, schemas
from sandbox.pay.errors import PayError, invalid_request
from sandbox.records import Order, Phone, Refund
from sandbox.world import World, world

REVERSAL_SECONDS = 7 * 86400.0

blueprint = Blueprint("codepay", __name__)


@blueprint.post("/v3/pay/transactions/codepay")
def pay() -> Response:
    """Take an amount by the code the person shows."""
    here = world()
    wish = schemas.read(schemas.CodePayment, request.get_data())
    with here.state.change():
        order = charge(here, wish)
    return jsonify(orders.order_json(here, order))


@blueprint.post("/v3/pay/transactions/out-trade-no/<number>/reverse")
def reverse_order(number: str) -> Response:
    """Undo an order at the till: unpaid it can no longer be paid, paid the money goes back."""
    here = world()
    wish = schemas.read(schemas.Reversal, request.get_data())
    orders.check_merchant(here, wish.mchid, "body")
    orders.check_app(here, wish.appid)
    with here.state.change():
        reverse(here, orders.find(here, number))
    return jsonify(appid=wish.appid, mchid=wish.mchid, out_trade_no=number)


def charge(here: World, wish: schemas.CodePayment) -> Order:
    """The order of this number after its payment was tried. Only within `State.change()`."""
    known = here.state.orders.get(wish.out_trade_no)
    order = orders.open_order(here, wish, "MICROPAY", known.openid if known else "")
    if known is not None:
        return order
    try:
        phone = payment_codes.use(here, wish.payer.auth_code)
    except PayError:
        here.state.orders.drop(order.id)
        raise
    is_mini = order.app_id == here.accounts.mini_app_id
    order.openid = phone.mini_openid if is_mini else phone.openid
    if here.faults.take(f"pay:MICROPAY {order.id}", "payer_declined"):
        order.state = "PAYERROR"
    elif order.total_fen > terms.value(here, "codepay_free_fen"):
        order.state = "USERPAYING"
        line = f"请确认付款 ¥{order.total_fen / 100:.2f}"
        chat.say(here, phone.id, "system", "payment", line, out_trade_no=order.id)
    else:
        cashier.take(here, phone, order)
    return here.state.orders.put(order)


def waiting(here: World, phone: Phone) -> list[dict[str, Any]]:
    """Payments by code this person has to confirm, newest first."""
    with here.state.lock:
        return [
            books.order_json(order)
            for openid in (phone.mini_openid, phone.openid)
            for order in here.state.orders.group(openid)[::-1]
            if order.state == "USERPAYING"
        ]


def confirm(here: World, phone: Phone, number: str, *, declined: bool) -> dict[str, Any]:
    """The person enters the password, or does not. Raises Impossible."""
    with here.state.change():
        order = here.state.orders.get(number)
        if order is None or order.openid not in (phone.mini_openid, phone.openid):
            raise Impossible("unknown_order", "没有这笔付款")
        if order.state != "USERPAYING":
            raise Impossible("not_waiting", "这笔付款已结束")
        if declined:
            order.state = "PAYERROR"
            here.state.orders.put(order)
        else:
            cashier.take(here, phone, order)
        return books.order_json(order)


def reverse(here: World, order: Order) -> None:
    """Raises PayError when it cannot be undone. Only within `State.change()`."""
    if order.trade_type != "MICROPAY":
        raise invalid_request("仅付款码支付订单可撤销")
    if order.state == "REVOKED":
        return
    if order.state == "REFUND":
        raise invalid_request("订单已退款，不可撤销")
    if order.state == "SUCCESS":
        _give_back(here, order)
    order.state = "REVOKED"
    here.state.orders.put(order)


def _give_back(here: World, order: Order) -> None:
    now = here.clock.now()
    if now > order.paid_at + REVERSAL_SECONDS:
        raise invalid_request("订单已超过可撤销时间")
    if not books.can_refund(here, order, order.total_fen):
        raise PayError(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
    number = names.refund_id(now)
    returned = books.pay_refund(here, order, order.total_fen, number)
    refund = Refund(number, number, order.id, order.total_fen, returned, "", {}, now)
    refund.request, refund.status, refund.finished_at = {"reversal": True}, "SUCCESS", now
    here.state.refunds.put(refund)
