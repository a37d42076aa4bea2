"""Payment by code as v2 knows it: XML, signed with the v2 key by MD5 or HMAC-SHA256 (fact D6).

The same orders as `sandbox.pay.codepay`. Reversal asks for a client certificate of TLS at the real
one; this sandbox speaks HTTP and cannot.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from flask import Blueprint, Response, request

from sandbox import envelopes, names
from sandbox.clock import BEIJING
from sandbox.pay import codepay, orders, schemas
from sandbox.pay.errors import PayError
from sandbox.records import Order
from sandbox.world import World, world

COMMON = {"appid", "mch_id", "nonce_str", "sign", "sign_type"}
PAYMENT = {
    "body",
    "out_trade_no",
    "total_fee",
    "spbill_create_ip",
    "auth_code",
    "attach",
    "fee_type",
    "device_info",
    "detail",
    "goods_tag",
    "limit_pay",
    "scene_info",
    "time_start",
    "time_expire",
    "receipt",
    "profit_sharing",
}
NEEDED = ("appid", "mch_id", "nonce_str", "sign")
# What v3 calls it, and v2.
CODES = {
    "AUTH_CODE_EXPIRED": "AUTHCODEEXPIRE",
    "AUTH_CODE_INVALID": "AUTH_CODE_INVALID",
    "ORDER_NOT_EXIST": "ORDERNOTEXIST",
    "ORDER_CLOSED": "ORDERCLOSED",
    "ORDER_REVERSED": "ORDERREVERSED",
    "INVALID_REQUEST": "INVALID_REQUEST",
    "NOT_ENOUGH": "NOTENOUGH",
}
HASHES: dict[str, Callable[[bytes, bytes], str]] = {
    "MD5": lambda key, text: hashlib.md5(text, usedforsecurity=False).hexdigest(),
    "HMAC-SHA256": lambda key, text: hmac.new(key, text, hashlib.sha256).hexdigest(),
}

blueprint = Blueprint("pay_v2", __name__)


class Broken(Exception):
    """A request that is answered with return_code FAIL."""


@blueprint.errorhandler(Broken)
def broken(error: Broken) -> Response:
    return _xml({"return_code": "FAIL", "return_msg": str(error)})


@blueprint.post("/pay/micropay")
def micropay() -> Response:
    """Take an amount by the code the person shows."""
    here, asked = world(), _read(PAYMENT)
    return _answer(here, asked, lambda: _paid(here, _charge(here, asked)))


@blueprint.post("/pay/orderquery")
def order_query() -> Response:
    """An order by either number."""
    here, asked = world(), _read({"out_trade_no", "transaction_id"})

    def find() -> dict[str, Any]:
        order = here.state.orders.find(asked.get("transaction_id", ""))
        order = order or orders.find(here, asked.get("out_trade_no", ""))
        return _shown(order) | {"trade_state": orders.current_state(here, order)}

    return _answer(here, asked, find)


@blueprint.post("/secapi/pay/reverse")
def reverse() -> Response:
    """Undo an order at the till."""
    here, asked = world(), _read({"out_trade_no", "transaction_id"})

    def undo() -> dict[str, Any]:
        with here.state.change():
            order = here.state.orders.find(asked.get("transaction_id", ""))
            codepay.reverse(here, order or orders.find(here, asked.get("out_trade_no", "")))
        return {"recall": "N"}

    return _answer(here, asked, undo)


def signature(fields: dict[str, str], key: str, kind: str) -> str:
    """Sorted `name=value` of what is not empty, then the key, in capitals (WeChat fact D6)."""
    pairs = [f"{name}={fields[name]}" for name in sorted(fields) if fields[name] and name != "sign"]
    text = "&".join([*pairs, f"key={key}"])
    return HASHES[kind](key.encode(), text.encode()).upper()


def _read(own: set[str]) -> dict[str, str]:
    """The fields of a rightly signed request. Raises Broken."""
    here = world()
    try:
        found = xmltodict.parse(request.get_data())["xml"]
        asked = {name: str(value or "") for name, value in found.items()}
    except (ExpatError, ValueError, KeyError, AttributeError) as error:
        raise Broken("XML格式错误") from error
    missing = next((name for name in NEEDED if not asked.get(name)), "")
    unknown = next((name for name in asked if name not in COMMON | own), "")
    if missing or unknown:
        raise Broken(f"缺少参数 {missing}" if missing else f"不识别的参数 {unknown}")
    kind = asked.get("sign_type") or "MD5"
    key = here.accounts.api_v2_key
    if kind not in HASHES or not key:
        raise Broken("签名类型错误" if key else "商户未设置APIv2密钥")
    if not hmac.compare_digest(signature(asked, key, kind).encode(), asked["sign"].encode()):
        raise Broken("签名错误")
    if asked["mch_id"] != here.accounts.mch_id or asked["appid"] not in here.accounts.secrets:
        raise Broken("appid和mch_id不匹配")
    return asked


def _charge(here: World, asked: dict[str, str]) -> Order:
    total = asked.get("total_fee", "")
    wish = {
        "appid": asked["appid"],
        "mchid": asked["mch_id"],
        "description": asked.get("body", ""),
        "out_trade_no": asked.get("out_trade_no", ""),
        "amount": {"total": int(total) if total.isdigit() else 0, "currency": "CNY"},
        "payer": {"auth_code": asked.get("auth_code", "")},
        "scene_info": {"store_info": {"id": asked.get("device_info") or "0"}},
    }
    if asked.get("attach"):
        wish["attach"] = asked["attach"]
    if asked.get("profit_sharing"):
        wish["settle_info"] = {"profit_sharing": asked["profit_sharing"] == "Y"}
    with here.state.change():
        return codepay.charge(here, schemas.check(schemas.CodePayment, wish))


def _paid(here: World, order: Order) -> dict[str, Any]:
    if order.state == "USERPAYING":
        raise PayError(400, "USERPAYING", "需要用户输入支付密码")
    if order.state == "PAYERROR":
        raise PayError(400, "TRADE_ERROR", "支付失败")
    return _shown(order)


def _shown(order: Order) -> dict[str, Any]:
    body = {"out_trade_no": order.id, "total_fee": order.total_fen, "trade_type": order.trade_type}
    if order.request.get("attach"):
        body["attach"] = order.request["attach"]
    if not order.transaction_id:
        return body
    paid_at = datetime.fromtimestamp(order.paid_at, BEIJING).strftime("%Y%m%d%H%M%S")
    return body | {
        "openid": order.openid,
        "is_subscribe": "N",
        "bank_type": "OTHERS",
        "cash_fee": order.total_fen - order.coupon_fen,
        "transaction_id": order.transaction_id,
        "time_end": paid_at,
    }


def _answer(here: World, asked: dict[str, str], act: Callable[[], dict[str, Any]]) -> Response:
    """The signed answer; what WeChat Pay refuses is result_code FAIL."""
    body: dict[str, Any] = {
        "return_code": "SUCCESS",
        "return_msg": "OK",
        "appid": asked["appid"],
        "mch_id": asked["mch_id"],
        "nonce_str": names.letters(32),
    }
    try:
        body |= {"result_code": "SUCCESS"} | act()
    except PayError as error:
        code = CODES.get(error.code, error.code)
        body |= {"result_code": "FAIL", "err_code": code, "err_code_des": error.message}
    texts = {name: str(value) for name, value in body.items()}
    kind = asked.get("sign_type") or "MD5"
    return _xml(body | {"sign": signature(texts, here.accounts.api_v2_key, kind)})


def _xml(fields: dict[str, Any]) -> Response:
    return Response(envelopes.plain_xml(fields), content_type="text/xml; charset=utf-8")
