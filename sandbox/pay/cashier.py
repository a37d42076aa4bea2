"""The pay sheet on the phone, and what happens when its person pays (WeChat facts D5, D7)."""

from __future__ import annotations

from typing import Any

from sandbox import books, chat, names, shipments
from sandbox.pay import notices, orders, sheets
from sandbox.records import Order, Phone, Prepay
from sandbox.windows import open_window
from sandbox.world import World

UNFREEZE_SECONDS = 30 * 86400.0
SHARING_JOB = "sharing"


def pay(here: World, phone: Phone, sheet: dict[str, Any]) -> dict[str, Any]:
    """Pay what a sheet names, see `sheets.prepay_of`.

    Raises Impossible with the words the person would read. With `decline` nothing is paid; with
    `coupon_fen` WeChat pays that part of the first order.
    """
    with here.state.change():
        prepay, found = sheets.prepay_of(here, phone, sheet)
        coupon_fen = sheets.coupon(sheet, found[0])
        if sheet.get("decline"):
            return {"result": "declined", "errMsg": "requestPayment:fail cancel"}
        found[0].coupon_fen = coupon_fen
        _settle(here, phone, prepay, found)
    return {
        "result": "paid",
        "errMsg": "requestPayment:ok",
        "out_trade_no": prepay.order_id,
        "transaction_id": found[0].transaction_id,
        "total_fen": sum(order.total_fen for order in found),
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
            _settle(here, phone, prepay, orders.orders_of(here, prepay))


def look(here: World, code_url: str) -> dict[str, Any]:
    """What a scanned payment code asks for. Raises Impossible."""
    with here.state.lock:
        prepay, found = sheets.living(here, code_url)
        total_fen = sum(order.total_fen for order in found)
        shown = books.order_json(found[0])
        return shown | {"out_trade_no": prepay.order_id, "total_fen": total_fen}


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


def take(here: World, phone: Phone, order: Order) -> None:
    """The person pays an order. Only within `State.change()`."""
    now = here.clock.now()
    if not order.openid:
        is_mini = order.app_id == here.accounts.mini_app_id
        order.openid = phone.mini_openid if is_mini else phone.openid
    order.state, order.paid_at = "SUCCESS", now
    order.transaction_id = names.transaction_id(now)
    books.take_payment(here, order)
    if order.frozen_fen:
        here.schedule.at(now + UNFREEZE_SECONDS, SHARING_JOB, f"auto {order.id}")
    here.state.orders.put(order)
    open_window(here, phone, "payment")
    shipments.take_payment(here, order)
    line = f"支付成功 ¥{order.total_fen / 100:.2f}"
    chat.say(here, phone.id, "system", "payment", line, description=order.request["description"])


def _settle(here: World, phone: Phone, prepay: Prepay, found: list[Order]) -> None:
    """All orders of a prepay at once."""
    prepay.alive = False
    here.state.prepays.put(prepay)
    for order in found:
        take(here, phone, order)
    _tell(here, found)


def _tell(here: World, paid: list[Order]) -> None:
    """One notification, also for orders that were paid together."""
    combined = here.state.combined.get(paid[0].combined_number)
    notices.create(
        here,
        "TRANSACTION.SUCCESS",
        "transaction",
        "支付成功",
        paid[0].notify_url,
        orders.combined_json(here, combined) if combined else orders.order_json(here, paid[0]),
    )


def _last_prepay(here: World, order: Order) -> Prepay | None:
    now = here.clock.now()
    living = [
        prepay
        for prepay in here.state.prepays.group(order.combined_number or order.id)
        if prepay.alive and prepay.expires_at > now
    ]
    return living[-1] if living else None
