"""Refunds: accepted at once, finished a little later, told by a notification (WeChat fact D8)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import books, chat, names, terms
from sandbox.clock import beijing_text
from sandbox.pay import notices, schemas, signing
from sandbox.pay.errors import PayError, invalid_request, wrong_parameter
from sandbox.records import Order, Refund
from sandbox.world import World, world

YEAR_SECONDS = 365 * 86400.0
MOST_PARTS = 50
JOB = "refund"
EVENTS = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}
ENDS = {"refund_abnormal": "ABNORMAL", "refund_closed": "CLOSED"}
# Where the money went: as it came, or by `apply-abnormal-refund`.
CHANNELS = {
    "": "ORIGINAL",
    "USER_BANK_CARD": "OTHER_BANKCARD",
    "MERCHANT_BANK_CARD": "OTHER_BANKCARD",
}
ACCOUNTS = {
    "": "支付用户零钱",
    "USER_BANK_CARD": "用户银行卡",
    "MERCHANT_BANK_CARD": "商户银行账户",
}

blueprint = Blueprint("refunds", __name__)


@blueprint.post("/v3/refund/domestic/refunds")
def create() -> Response:
    """Refund a payment in whole or in part; the same number never refunds twice."""
    here = world()
    wish = schemas.read(schemas.RefundRequest, request.get_data())
    fields = wish.model_dump(mode="json", exclude_none=True)
    with here.state.change():
        known = here.state.refunds.get(wish.out_refund_no)
        if known is not None:
            if known.request != fields:
                raise invalid_request("商户退款单号重复：与之前的请求参数不一致")
            return jsonify(refund_json(here, known))
        order = _refundable(here, wish)
        now = here.clock.now()
        returned = books.pay_refund(here, order, wish.amount.refund, wish.out_refund_no)
        refund = Refund(
            wish.out_refund_no,
            names.refund_id(now),
            order.id,
            wish.amount.refund,
            returned,
            wish.notify_url or "",
            fields,
            now,
        )
        here.state.refunds.put(refund)
        order.state = "REFUND"
        here.state.orders.put(order)
        _plan(here, refund)
    return jsonify(refund_json(here, refund))


@blueprint.get("/v3/refund/domestic/refunds/<number>")
def query(number: str) -> Response:
    """A refund by the merchant's own number."""
    here = world()
    refund = here.state.refunds.get(number)
    if refund is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return jsonify(refund_json(here, refund))


@blueprint.post("/v3/refund/domestic/refunds/<refund_id>/apply-abnormal-refund")
def apply_abnormal(refund_id: str) -> Response:
    """Send money the customer's account refused to a bank card, theirs or the merchant's."""
    here = world()
    wish = schemas.read(schemas.AbnormalRefund, request.get_data())
    _check_card(here, wish)
    with here.state.change():
        refund = here.state.refunds.find(refund_id)
        if refund is None or refund.id != wish.out_refund_no:
            raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        if refund.status == "ABNORMAL":
            refund.status, refund.sent_to = "PROCESSING", wish.type
            here.state.refunds.put(refund)
            _plan(here, refund)
        elif refund.sent_to != wish.type:
            raise invalid_request("退款单状态不是退款异常，不可发起异常退款")
    return jsonify(refund_json(here, refund))


def finish(here: World, number: str) -> None:
    """The money reached the customer, or their account refused it."""
    with here.state.change():
        refund = here.state.refunds.get(number)
        if refund is None or refund.status != "PROCESSING":
            return
        fault = here.faults.take(f"refund:{number}", *ENDS)
        refund.status = ENDS[fault.kind] if fault else "SUCCESS"
        refund.finished_at = here.clock.now()
        here.state.refunds.put(refund)
        order = here.state.orders.get(refund.order_id)
        assert order is not None
        if refund.status == "CLOSED":
            books.take_back_refund(here, order, refund)
            order.state = "REFUND" if order.refunded_fen else "SUCCESS"
            here.state.orders.put(order)
        if refund.status == "SUCCESS" and refund.sent_to == "MERCHANT_BANK_CARD":
            books.move(
                here, refund.refund_fen, "CUSTOMERS", "BANK", "refund_to_merchant", refund.id
            )
        payer = here.state.phones.find(order.openid)
        if payer is not None and refund.status == "SUCCESS" and not refund.sent_to:
            line = f"退款到账 ¥{refund.refund_fen / 100:.2f}"
            chat.say(here, payer.id, "system", "refund", line)
        notices.create(
            here,
            f"REFUND.{refund.status}",
            "refund",
            EVENTS[refund.status],
            refund.notify_url or order.notify_url,
            _notice(here, refund, order),
        )


def refund_json(here: World, refund: Refund) -> dict[str, Any]:
    """A refund as create and query show it."""
    order = here.state.orders.get(refund.order_id)
    assert order is not None
    body: dict[str, Any] = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.id,
        "transaction_id": order.transaction_id,
        "out_trade_no": order.id,
        "channel": CHANNELS[refund.sent_to],
        "user_received_account": ACCOUNTS[refund.sent_to],
        "create_time": beijing_text(refund.created_at),
        "status": refund.status,
        "funds_account": "AVAILABLE",
        "promotion_detail": [],
        "amount": _amount(refund, order)
        | {
            "settlement_refund": refund.refund_fen,
            "settlement_total": order.total_fen,
            "discount_refund": _coupon_back(refund, order),
            "currency": "CNY",
            "refund_fee": refund.fee_returned_fen,
        },
    }
    if refund.status == "SUCCESS":
        body["success_time"] = beijing_text(refund.finished_at)
    return body


def _plan(here: World, refund: Refund) -> None:
    here.schedule.at(here.clock.now() + terms.value(here, "refund_seconds"), JOB, refund.id)


def _amount(refund: Refund, order: Order) -> dict[str, Any]:
    return {
        "total": order.total_fen,
        "refund": refund.refund_fen,
        "payer_total": order.total_fen - order.coupon_fen,
        "payer_refund": refund.refund_fen - _coupon_back(refund, order),
    }


def _coupon_back(refund: Refund, order: Order) -> int:
    """The part of a refund that was paid with a coupon, rounded down."""
    return order.coupon_fen * refund.refund_fen // order.total_fen


def _notice(here: World, refund: Refund, order: Order) -> dict[str, Any]:
    body = {
        "mchid": here.accounts.mch_id,
        "out_trade_no": order.id,
        "transaction_id": order.transaction_id,
        "out_refund_no": refund.id,
        "refund_id": refund.refund_id,
        "refund_status": refund.status,
        "user_received_account": ACCOUNTS[refund.sent_to],
        "amount": _amount(refund, order),
    }
    if refund.status == "SUCCESS":
        body["success_time"] = beijing_text(refund.finished_at)
    return body


def _check_card(here: World, wish: schemas.AbnormalRefund) -> None:
    """The customer's own card is named, its number and holder encrypted. Raises PayError 400."""
    named = request.headers.get("Wechatpay-Serial", "")
    for field in ("bank_account", "real_name"):
        value = getattr(wish, field)
        if value is not None:
            signing.unseal(here, named, f"/{field}", value)
        elif wish.type == "USER_BANK_CARD":
            raise wrong_parameter(f"/{field}", "needed for a card of the customer")
    if wish.type == "USER_BANK_CARD" and not wish.bank_type:
        raise wrong_parameter("/bank_type", "needed for a card of the customer")


def _refundable(here: World, wish: schemas.RefundRequest) -> Order:
    """The order this refund is for. Raises PayError when it cannot be refunded so."""
    if bool(wish.transaction_id) == bool(wish.out_trade_no):
        raise invalid_request("transaction_id和out_trade_no必须二选一")
    if here.faults.take("api:POST /v3/refund/domestic/refunds", "not_enough"):
        raise PayError(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
    order = (
        here.state.orders.find(wish.transaction_id)
        if wish.transaction_id
        else here.state.orders.get(wish.out_trade_no or "")
    )
    if order is None or not order.transaction_id:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    if wish.amount.total != order.total_fen:
        raise invalid_request("订单金额与之前请求不一致")
    if order.refunded_fen + wish.amount.refund > order.total_fen:
        raise invalid_request("申请退款金额大于订单可退金额")
    if len(here.state.refunds.group(order.id)) >= MOST_PARTS:
        raise PayError(403, "RULE_LIMIT", "部分退款次数超限")
    if here.clock.now() > order.paid_at + YEAR_SECONDS:
        raise PayError(403, "TRADE_ERROR", "订单已超过可退款的最大期限")
    if not books.can_refund(here, order, wish.amount.refund):
        raise PayError(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
    return order
