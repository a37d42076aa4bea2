"""What a page or an app hands to the pay sheet, checked as WeChat checks it (WeChat fact D5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.impossible import Impossible
from sandbox.pay import orders, signing
from sandbox.records import Order, Phone, Prepay
from sandbox.world import World

JSAPI = ("timeStamp", "nonceStr", "package", "signType", "paySign")
APP = ("appid", "partnerid", "prepayid", "package", "noncestr", "timestamp", "sign")


def prepay_of(here: World, phone: Phone, sheet: dict[str, Any]) -> tuple[Prepay, list[Order]]:
    """The prepay this sheet names and its orders; more than one when they are combined.

    A sheet is the parameters of wx.requestPayment or of an app's call, or `code_url`, or `h5_url`.
    Raises Impossible with the words the person would read.
    """
    if sheet.get("code_url"):
        return living(here, str(sheet["code_url"]))
    if sheet.get("h5_url"):
        query = parse_qs(urlsplit(str(sheet["h5_url"])).query)
        return living(here, query.get("prepay_id", [""])[0], "MWEB")
    if sheet.get("prepayid"):
        return living(here, _app_prepay(here, sheet), "APP")
    prepay, found = living(here, _jsapi_prepay(here, sheet), "JSAPI")
    _check_payer(here, phone, found[0], sheet)
    return prepay, found


def coupon(sheet: dict[str, Any], order: Order) -> int:
    """What the person pays with a coupon, in fen. Raises Impossible."""
    coupon_fen = sheet.get("coupon_fen", 0)
    if type(coupon_fen) is not int or not 0 <= coupon_fen <= order.total_fen:
        raise Impossible("wrong_coupon", "coupon_fen 应为 0 到订单金额的整数（分）")
    return coupon_fen


def living(here: World, name: str, trade_type: str = "") -> tuple[Prepay, list[Order]]:
    """A prepay that can still be paid, with its orders. Raises Impossible."""
    prepay = here.state.prepays.get(name)
    found = orders.orders_of(here, prepay) if prepay else []
    if prepay is None or not found or trade_type not in ("", found[0].trade_type):
        raise Impossible("unknown_prepay", "支付订单不存在")
    states = {orders.current_state(here, order) for order in found}
    if states & {"SUCCESS", "REFUND"}:
        raise Impossible("already_paid", "该订单已支付")
    if states != {"NOTPAY"}:
        raise Impossible("order_closed", "该订单已关闭")
    if not prepay.alive or prepay.expires_at <= here.clock.now():
        raise Impossible("prepay_over", "支付会话已过期，请重新下单")
    return prepay, found


def _jsapi_prepay(here: World, sheet: dict[str, Any]) -> str:
    """The prepay_id of a sheet whose signature is the merchant's. Raises Impossible."""
    _check_present(sheet, JSAPI)
    if sheet["signType"] != "RSA":
        raise Impossible("sign_type", "签名方式 signType 应为 RSA")
    app_id = sheet.get("appId") or here.accounts.mini_app_id
    lines = (app_id, sheet["timeStamp"], sheet["nonceStr"], sheet["package"])
    _check_signed(here, lines, sheet["paySign"])
    package = str(sheet["package"])
    if not package.startswith("prepay_id="):
        raise Impossible("package", "package 参数格式错误")
    prepay_id = package.removeprefix("prepay_id=")
    if sheet.get("prepay_id") and sheet["prepay_id"] != prepay_id:
        raise Impossible("package", "package 与 prepay_id 不一致")
    return prepay_id


def _app_prepay(here: World, sheet: dict[str, Any]) -> str:
    """An app signs the bare prepay_id. Raises Impossible."""
    _check_present(sheet, APP)
    if sheet["package"] != "Sign=WXPay" or sheet["partnerid"] != here.accounts.mch_id:
        raise Impossible("package", "package 或 partnerid 参数错误")
    lines = (sheet["appid"], sheet["timestamp"], sheet["noncestr"], sheet["prepayid"])
    _check_signed(here, lines, sheet["sign"])
    return str(sheet["prepayid"])


def _check_present(sheet: dict[str, Any], needed: tuple[str, ...]) -> None:
    for name in needed:
        if not isinstance(sheet.get(name), str) or not sheet[name]:
            raise Impossible("missing_parameter", f"调用支付JSAPI缺少参数：{name}")


def _check_signed(here: World, lines: tuple[Any, ...], signature: str) -> None:
    message = "".join(f"{line}\n" for line in lines).encode()
    if not signing.verify(here, message, signature):
        raise Impossible("pay_sign", "支付验证签名失败")


def _check_payer(here: World, phone: Phone, order: Order, sheet: dict[str, Any]) -> None:
    app_id = sheet.get("appId") or here.accounts.mini_app_id
    if app_id != order.app_id:
        raise Impossible("app_id", "支付的 appid 与下单的 appid 不一致")
    own = phone.mini_openid if app_id == here.accounts.mini_app_id else phone.openid
    if own != order.openid:
        raise Impossible("other_payer", "下单账号与支付账号不一致，请核实后再支付")
