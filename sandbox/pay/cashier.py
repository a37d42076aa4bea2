"""The pay sheet on the phone: checks what the page hands over as WeChat does (WeChat fact D5)."""

from __future__ import annotations

from typing import Any

from sandbox import books, chat, names
from sandbox.impossible import Impossible
from sandbox.messages import open_window
from sandbox.pay import notices, orders, signing
from sandbox.records import Order, Phone, Prepay
from sandbox.world import World

SIGNED = ("timeStamp", "nonceStr", "package", "signType", "paySign")


def pay(here: World, phone: Phone, sheet: dict[str, Any]) -> dict[str, Any]:
    """Pay with the parameters of wx.requestPayment, or a scanned `code_url`.

    Raises Impossible with the words the person would read. With `decline` nothing is paid.
    """
    with here.state.change():
        if sheet.get("code_url"):
            prepay, order = _living(here, str(sheet["code_url"]))
        else:
            prepay, order = _living(here, _signed_prepay(here, sheet))
            _check_payer(here, phone, order, sheet)
        if sheet.get("decline"):
            return {"result": "declined", "errMsg": "requestPayment:fail cancel"}
        _pay(here, phone, order, prepay)
    return {
        "result": "paid",
        "errMsg": "requestPayment:ok",
        "out_trade_no": order.id,
        "transaction_id": order.transaction_id,
        "total_fen": order.total_fen,
    }


def pay_while_closing(here: World, number: str) -> None:
    """If a fault says so, the payer is faster than the merchant who closes this order."""
    with here.state.change():
        order = here.state.orders.get(number)
        prepay = _last_prepay(here, order) if order else None
        if order is None or prepay is None or orders.current_state(here, order) != "NOTPAY":
            return
        phone = here.state.phones.find(order.openid) or next(iter(here.state.phones.all()), None)
        if phone is not None and here.faults.take(f"close:{number}", "pay_while_closing"):
            _pay(here, phone, order, prepay)


def look(here: World, code_url: str) -> dict[str, Any]:
    """What a scanned payment code asks for. Raises Impossible."""
    with here.state.lock:
        _, order = _living(here, code_url)
        return books.order_json(order)


def open_orders(here: World, phone: Phone) -> list[dict[str, Any]]:
    """Unpaid orders of this person, newest first, each with its prepay_id."""
    found = []
    with here.state.lock:
        for openid in (phone.mini_openid, phone.openid):
            for order in here.state.orders.group(openid):
                prepay = _last_prepay(here, order)
                if orders.current_state(here, order) == "NOTPAY" and prepay:
                    found.append(books.order_json(order) | {"prepay_id": prepay.id})
    return found[::-1]


def _last_prepay(here: World, order: Order) -> Prepay | None:
    now = here.clock.now()
    living = [
        prepay
        for prepay in here.state.prepays.group(order.id)
        if prepay.alive and prepay.expires_at > now
    ]
    return living[-1] if living else None


def _signed_prepay(here: World, sheet: dict[str, Any]) -> str:
    """The prepay_id of a sheet whose signature is the merchant's. Raises Impossible."""
    for name in SIGNED:
        if not isinstance(sheet.get(name), str) or not sheet[name]:
            raise Impossible("missing_parameter", f"调用支付JSAPI缺少参数：{name}")
    if sheet["signType"] != "RSA":
        raise Impossible("sign_type", "签名方式 signType 应为 RSA")
    app_id = sheet.get("appId") or here.accounts.mini_app_id
    lines = (app_id, sheet["timeStamp"], sheet["nonceStr"], sheet["package"])
    message = "".join(f"{line}\n" for line in lines).encode()
    if not signing.verify(here, message, sheet["paySign"]):
        raise Impossible("pay_sign", "支付验证签名失败")
    package = str(sheet["package"])
    if not package.startswith("prepay_id="):
        raise Impossible("package", "package 参数格式错误")
    prepay_id = package.removeprefix("prepay_id=")
    if sheet.get("prepay_id") and sheet["prepay_id"] != prepay_id:
        raise Impossible("package", "package 与 prepay_id 不一致")
    return prepay_id


def _living(here: World, name: str) -> tuple[Prepay, Order]:
    prepay = here.state.prepays.get(name)
    order = here.state.orders.get(prepay.order_id) if prepay else None
    if prepay is None or order is None:
        raise Impossible("unknown_prepay", "支付订单不存在")
    if order.state in ("SUCCESS", "REFUND"):
        raise Impossible("already_paid", "该订单已支付")
    if orders.current_state(here, order) == "CLOSED":
        raise Impossible("order_closed", "该订单已关闭")
    if not prepay.alive or prepay.expires_at <= here.clock.now():
        raise Impossible("prepay_over", "支付会话已过期，请重新下单")
    return prepay, order


def _check_payer(here: World, phone: Phone, order: Order, sheet: dict[str, Any]) -> None:
    app_id = sheet.get("appId") or here.accounts.mini_app_id
    if app_id != order.app_id:
        raise Impossible("app_id", "支付的 appid 与下单的 appid 不一致")
    own = phone.mini_openid if app_id == here.accounts.mini_app_id else phone.openid
    if own != order.openid:
        raise Impossible("other_payer", "下单账号与支付账号不一致，请核实后再支付")


def _pay(here: World, phone: Phone, order: Order, prepay: Prepay) -> None:
    now = here.clock.now()
    if not order.openid:
        is_mini = order.app_id == here.accounts.mini_app_id
        order.openid = phone.mini_openid if is_mini else phone.openid
    order.state, order.paid_at = "SUCCESS", now
    order.transaction_id = names.transaction_id(now)
    prepay.alive = False
    books.take_payment(here, order)
    here.state.prepays.put(prepay)
    here.state.orders.put(order)
    open_window(here, phone, "payment")
    line = f"支付成功 ¥{order.total_fen / 100:.2f}"
    chat.say(here, phone.id, "system", "payment", line, description=order.request["description"])
    notices.create(
        here,
        "TRANSACTION.SUCCESS",
        "transaction",
        "支付成功",
        order.notify_url,
        orders.order_json(here, order),
    )
