"""Orders: prepay for mini-program, app, native and H5, query, close (WeChat facts D5, D7)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import names
from sandbox.clock import beijing_text, parse_time
from sandbox.pay import schemas
from sandbox.pay.errors import PayError, invalid_request, wrong_parameter
from sandbox.pay_records import Combined
from sandbox.records import Order, Prepay
from sandbox.world import World, world

PREPAY_SECONDS = 7200.0
H5_SECONDS = 300.0
H5_PAGE = "/cgi-bin/mmpayweb-bin/checkmweb"
ORDER_SECONDS = 7 * 86400.0
NATIVE_URL = "weixin://wxpay/bizpayurl?pr="
WORDS = {
    "NOTPAY": "订单未支付",
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "CLOSED": "订单已关闭",
    "REVOKED": "订单已撤销",
    "USERPAYING": "需要用户输入支付密码",
    "PAYERROR": "支付失败，请重新下单支付",
}

blueprint = Blueprint("orders", __name__)


@blueprint.post("/v3/pay/transactions/jsapi")
def jsapi() -> Response:
    """A prepay_id for a payer in a mini-program or in the chat's browser."""
    here = world()
    wish = schemas.read(schemas.JsapiPrepay, request.get_data())
    check_openid(here, wish.appid, wish.payer.openid)
    with here.state.change():
        order = open_order(here, wish, "JSAPI", wish.payer.openid)
        prepay = new_prepay(here, order.id, names.prepay_id(here.clock.now()))
    return jsonify(prepay_id=prepay.id)


@blueprint.post("/v3/pay/transactions/app")
def app() -> Response:
    """A prepay_id for the pay sheet an app opens."""
    here = world()
    wish = schemas.read(schemas.Prepay, request.get_data())
    with here.state.change():
        order = open_order(here, wish, "APP", "")
        prepay = new_prepay(here, order.id, names.prepay_id(here.clock.now()))
    return jsonify(prepay_id=prepay.id)


@blueprint.post("/v3/pay/transactions/native")
def native() -> Response:
    """A code_url to be scanned; an older one of the same order is no longer valid."""
    here = world()
    wish = schemas.read(schemas.Prepay, request.get_data())
    with here.state.change():
        order = open_order(here, wish, "NATIVE", "")
        prepay = new_code(here, order.id)
    return jsonify(code_url=prepay.id)


@blueprint.post("/v3/pay/transactions/h5")
def h5() -> Response:
    """The address of a page of WeChat's that opens the pay sheet; five minutes."""
    here = world()
    wish = schemas.read(schemas.H5Prepay, request.get_data())
    with here.state.change():
        order = open_order(here, wish, "MWEB", "")
        name = names.prepay_id(here.clock.now())
        prepay = new_prepay(here, order.id, name, H5_SECONDS)
    return jsonify(h5_url=h5_url(prepay))


@blueprint.get("/v3/pay/transactions/out-trade-no/<number>")
def query(number: str) -> Response:
    """An order by the merchant's own number."""
    here = world()
    check_merchant(here, request.args.get("mchid", ""), "query")
    return jsonify(order_json(here, find(here, number)))


@blueprint.get("/v3/pay/transactions/id/<transaction_id>")
def query_by_id(transaction_id: str) -> Response:
    """A paid order by WeChat's number."""
    here = world()
    check_merchant(here, request.args.get("mchid", ""), "query")
    order = here.state.orders.find(transaction_id)
    if order is None:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
    return jsonify(order_json(here, order))


@blueprint.post("/v3/pay/transactions/out-trade-no/<number>/close")
def close(number: str) -> Response:
    """Close an unpaid order; once more is no error."""
    here = world()
    wish = schemas.read(schemas.Close, request.get_data())
    check_merchant(here, wish.mchid, "body")
    with here.state.change():
        order = find(here, number)
        if order.combined_number:
            raise invalid_request("合单支付的子单请使用合单关单")
        if order.trade_type == "MICROPAY":
            raise invalid_request("付款码支付订单请使用撤销订单")
        if order.state != "CLOSED":
            refuse_ended(order.state)
            order.state = "CLOSED"
            here.state.orders.put(order)
    return Response(status=204)


def current_state(here: World, order: Order) -> str:
    """trade_state now; an unpaid order whose time is up is CLOSED."""
    if order.state == "NOTPAY" and order.closes_at <= here.clock.now():
        return "CLOSED"
    return order.state


def orders_of(here: World, prepay: Prepay) -> list[Order]:
    """The orders a prepay is for."""
    combined = here.state.combined.get(prepay.order_id)
    if combined is not None:
        return parts(here, combined)
    order = here.state.orders.get(prepay.order_id)
    return [order] if order else []


def parts(here: World, combined: Combined) -> list[Order]:
    """The orders that are paid together, in the order they were named."""
    found = [here.state.orders.get(number) for number in combined.order_numbers]
    return [order for order in found if order is not None]


def combined_json(here: World, combined: Combined) -> dict[str, Any]:
    """Orders paid together as query and notification show them (WeChat fact D11)."""
    found = parts(here, combined)
    shown = []
    for order in found:
        body = order_json(here, order)
        amount = {"total_amount": order.total_fen, "currency": "CNY"}
        if order.transaction_id:
            payer_amount = order.total_fen - order.coupon_fen
            amount |= {"payer_amount": payer_amount, "payer_currency": "CNY"}
        for name in ("appid", "payer", "trade_state_desc"):
            body.pop(name, None)
        shown.append(body | {"amount": amount})
    return {
        "combine_appid": combined.app_id,
        "combine_mchid": here.accounts.mch_id,
        "combine_out_trade_no": combined.id,
        "combine_payer_info": {"openid": found[0].openid},
        "sub_orders": shown,
    }


def order_json(here: World, order: Order) -> dict[str, Any]:
    """An order as query and notification show it (WeChat fact D7)."""
    state = current_state(here, order)
    amount: dict[str, Any] = {"total": order.total_fen, "currency": "CNY"}
    body: dict[str, Any] = {
        "appid": order.app_id,
        "mchid": here.accounts.mch_id,
        "out_trade_no": order.id,
        "trade_state": state,
        "trade_state_desc": WORDS[state],
        "amount": amount,
        "promotion_detail": [],
    }
    if order.request.get("attach"):
        body["attach"] = order.request["attach"]
    if order.transaction_id:
        amount |= {"payer_total": order.total_fen - order.coupon_fen, "payer_currency": "CNY"}
        if order.coupon_fen:
            body["promotion_detail"] = [_coupon(order)]
        body |= {
            "transaction_id": order.transaction_id,
            "trade_type": order.trade_type,
            "bank_type": "OTHERS",
            "success_time": beijing_text(order.paid_at),
            "payer": {"openid": order.openid},
        }
    return body


def _coupon(order: Order) -> dict[str, Any]:
    """A coupon of WeChat's own: the merchant gets the whole amount all the same."""
    return {
        "coupon_id": f"1{order.transaction_id[-11:]}",
        "name": "微信支付代金券",
        "scope": "GLOBAL",
        "type": "CASH",
        "amount": order.coupon_fen,
        "wechatpay_contribute": order.coupon_fen,
        "merchant_contribute": 0,
        "other_contribute": 0,
        "currency": "CNY",
    }


def open_order(here: World, wish: schemas.Purchase, trade_type: str, openid: str) -> Order:
    """The order of this number, new or as it was. Raises PayError when it cannot be paid."""
    check_merchant(here, wish.mchid, "body")
    check_app(here, wish.appid)
    fields = wish.model_dump(mode="json", exclude_none=True) | {"trade_type": trade_type}
    order = here.state.orders.get(wish.out_trade_no)
    if order is None:
        now = here.clock.now()
        order = Order(
            wish.out_trade_no,
            wish.appid,
            trade_type,
            wish.amount.total,
            getattr(wish, "notify_url", ""),
            fields,
            now,
            openid,
            closes_at=closing_time(wish.time_expire, now),
        )
        return here.state.orders.put(order)
    refuse_ended(current_state(here, order))
    if order.request != fields:
        raise PayError(
            403, "OUT_TRADE_NO_USED", "商户订单号重复：请求重入时，参数与首次请求时不一致"
        )
    return order


def refuse_ended(state: str) -> None:
    """Raises PayError for an order that cannot be paid any more."""
    if state in ("SUCCESS", "REFUND"):
        raise PayError(400, "ORDERPAID", "该订单已支付")
    if state == "CLOSED":
        raise PayError(400, "ORDER_CLOSED", "订单已关闭")
    if state == "REVOKED":
        raise PayError(400, "ORDER_REVERSED", "订单已撤销")


def check_app(here: World, app_id: str) -> None:
    """Raises PayError 400 for an appid that is not bound to the merchant."""
    if app_id not in here.accounts.secrets:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "商户号mchid与appid不匹配")


def check_openid(here: World, app_id: str, openid: str) -> None:
    """Raises PayError 400 unless the openid is a person's for this appid."""
    payer, accounts = here.state.phones.find(openid), here.accounts
    own = payer and {accounts.mini_app_id: payer.mini_openid, accounts.oa_app_id: payer.openid}
    if not own or own.get(app_id) != openid:
        raise PayError(400, "OPENID_MISMATCH", "appid和openid不匹配")


def closing_time(text: str | None, now: float) -> float:
    """When an unpaid order closes by itself. Raises PayError 400 for a time that is over."""
    if text is None:
        return now + ORDER_SECONDS
    try:
        moment = parse_time(text)
    except ValueError as error:
        raise wrong_parameter("/time_expire", "not an RFC 3339 time", text) from error
    if moment <= now:
        raise wrong_parameter("/time_expire", "time_expire is over", text)
    return min(moment, now + ORDER_SECONDS)


def new_prepay(here: World, order_id: str, name: str, seconds: float = PREPAY_SECONDS) -> Prepay:
    """A prepay_id of an order. Only within `State.change()`."""
    now = here.clock.now()
    return here.state.prepays.put(Prepay(name, order_id, now, now + seconds))


def new_code(here: World, order_id: str) -> Prepay:
    """A fresh code_url; older ones of the order die."""
    for old in here.state.prepays.group(order_id):
        old.alive = False
        here.state.prepays.put(old)
    return new_prepay(here, order_id, NATIVE_URL + names.letters(9))


def h5_url(prepay: Prepay) -> str:
    """Where a browser pays; a merchant may add `&redirect_url=`."""
    page = f"{request.host_url.rstrip('/')}{H5_PAGE}"
    return f"{page}?prepay_id={prepay.id}&package={names.digits(9)}"


def find(here: World, number: str) -> Order:
    order = here.state.orders.get(number)
    if order is None:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
    return order


def check_merchant(here: World, mchid: str, location: str) -> None:
    if not mchid:
        raise wrong_parameter("mchid", "mchid is missing", location=location)
    if mchid != here.accounts.mch_id:
        raise invalid_request("商户号与签名中的商户号不一致")
