"""From payment to settlement: shipped, received, settled, on the virtual clock (WeChat fact C8).

An order of the mini-program is shown here as WeChat shows it; what becomes of its money in the
books is not touched by it.
"""

from __future__ import annotations

from typing import Any

from sandbox import chat, push
from sandbox.clock import beijing_text
from sandbox.console import console
from sandbox.impossible import Impossible
from sandbox.mini_records import Shipment
from sandbox.records import Meta, Order, Phone
from sandbox.world import World

TO_SHIP, SHIPPED, RECEIVED, DONE, REFUNDED, PENDING = 1, 2, 3, 4, 5, 6
EXPRESS = 1
DAY_SECONDS = 86400.0
# Days until WeChat confirms by itself: ten for what is sent by express, two for everything else.
EXPRESS_DAYS, OTHER_DAYS = 10, 2
REMIND_SECONDS = 2 * DAY_SECONDS
SETTLE_SECONDS = 60.0
BY_HAND, BY_ITSELF = 1, 2
REMIND_JOB, ACCESS_JOB = "remind_shipping", "remind_access_api"
CONFIRM_JOB, SETTLE_JOB = "confirm_receipt", "settle_order"
EVER_SHIPPED, EVER_SOLD = "ever_shipped", "ever_sold"


def is_of_mini_program(here: World, order: Order) -> bool:
    """Whether the shipping duty is about this order."""
    return order.app_id == here.accounts.mini_app_id and bool(order.paid_at)


def take_payment(here: World, order: Order) -> None:
    """An order was paid: plan WeChat's reminders. Only within `State.change()`."""
    if not is_of_mini_program(here, order) or not console(here).trade_managed:
        return
    here.schedule.at(order.paid_at + REMIND_SECONDS, REMIND_JOB, order.id)
    if here.state.meta.get(EVER_SOLD) is None:
        here.state.meta.put(Meta(EVER_SOLD, order.id))
        here.schedule.at(here.clock.now(), ACCESS_JOB, "")


def state_of(here: World, order: Order) -> int:
    """WeChat's `order_state`."""
    shipment = here.state.shipments.get(order.id)
    if order.refunded_fen >= order.total_fen:
        return REFUNDED
    if shipment is None or not shipment.shipped_at:
        return TO_SHIP
    if shipment.settled_at:
        return DONE
    return RECEIVED if shipment.received_at else SHIPPED


def finish_shipping(here: World, order: Order, shipment: Shipment) -> None:
    """Everything is on its way: tell the buyer and the shop, and wait for the receipt.

    Only within `State.change()`.
    """
    now = here.clock.now()
    shipment.finished_count += 1
    if not shipment.shipped_at:
        shipment.shipped_at = now
        here.schedule.at(now + _days(shipment) * DAY_SECONDS, CONFIRM_JOB, order.id)
    here.state.shipments.put(shipment)
    here.state.meta.put(Meta(EVER_SHIPPED, order.id))
    phone = here.state.phones.find(order.openid)
    words = "；".join(parcel["item_desc"] for parcel in shipment.parcels)
    if phone is not None:
        chat.say(here, phone.id, "service", "shipping", words, out_trade_no=order.id)
    estimated = int(shipment.shipped_at + _days(shipment) * DAY_SECONDS + SETTLE_SECONDS)
    _tell_settlement(here, order, shipment, estimated_settlement_time=estimated)


def confirm_by_hand(here: World, phone: Phone, number: str) -> dict[str, Any]:
    """The buyer taps 确认收货. Raises Impossible for an order that is not on its way to them."""
    with here.state.change():
        order = here.state.orders.get(number)
        if order is None or order.openid != phone.mini_openid:
            raise Impossible("unknown_order", "没有这笔订单")
        if state_of(here, order) != SHIPPED:
            raise Impossible("not_shipped", "这笔订单不是已发货状态")
        _receive(here, order, BY_HAND)
    return {"errMsg": "openBusinessView:ok", "order_state": RECEIVED}


def confirm_by_itself(here: World, number: str) -> None:
    """Ten (or two) days after shipping nobody had confirmed."""
    with here.state.change():
        order = here.state.orders.get(number)
        if order is not None and state_of(here, order) == SHIPPED:
            _receive(here, order, BY_ITSELF)


def settle(here: World, number: str) -> None:
    """The money of a received order is the shop's."""
    with here.state.change():
        order, shipment = here.state.orders.get(number), here.state.shipments.get(number)
        if order is None or shipment is None or state_of(here, order) != RECEIVED:
            return
        shipment.settled_at = here.clock.now()
        here.state.shipments.put(shipment)
        _tell_settlement(
            here,
            order,
            shipment,
            confirm_receive_method=shipment.receipt_method,
            confirm_receive_time=int(shipment.received_at),
            settlement_time=int(shipment.settled_at),
        )


def remind_shipping(here: World, number: str) -> None:
    """48 hours without shipping; only shops that have shipped before are told (fact C8)."""
    with here.state.change():
        order, shipment = here.state.orders.get(number), here.state.shipments.get(number)
        if order is None or state_of(here, order) != TO_SHIP or (shipment and shipment.is_test):
            return
        if shipment and shipment.ready_at > here.clock.now():
            here.schedule.at(shipment.ready_at, REMIND_JOB, number)
        elif here.state.meta.get(EVER_SHIPPED):
            text = "您有订单超过48小时未发货，请尽快录入发货信息"
            fields = _order_fields(here, order) | {"msg": text}
            push.later(here, push.mini_event(here, None, "trade_manage_remind_shipping", **fields))


def remind_access(here: World, _: str) -> None:
    """Daily from the first sale until the first shipment: shipping has to be reported."""
    with here.state.change():
        if here.state.meta.get(EVER_SHIPPED) or not console(here).trade_managed:
            return
        text = "小程序已产生交易，请尽快接入发货信息管理服务"
        sent = push.mini_event(here, None, "trade_manage_remind_access_api", msg=text)
        push.later(here, sent)
        here.schedule.at(here.clock.now() + DAY_SECONDS, ACCESS_JOB, "")


def as_json(here: World, order: Order) -> dict[str, Any]:
    """An order as get_order tells it."""
    shipment = here.state.shipments.get(order.id)
    words = "；".join(parcel["item_desc"] for parcel in shipment.parcels) if shipment else ""
    return {
        "transaction_id": order.transaction_id,
        "merchant_id": here.accounts.mch_id,
        "sub_merchant_id": "",
        "merchant_trade_no": order.id,
        "description": words if len(words) <= 120 else words[:117] + "...",
        "paid_amount": order.total_fen,
        "openid": order.openid,
        "trade_create_time": int(order.created_at),
        "pay_time": int(order.paid_at),
        "order_state": state_of(here, order),
        "in_complaint": False,
        "shipping": _shipping_json(shipment) if shipment and shipment.parcels else {},
    }


def for_page(here: World, phone: Phone) -> list[dict[str, Any]]:
    """The buyer's orders that are on their way, oldest first."""
    return [
        {
            "out_trade_no": order.id,
            "total_fen": order.total_fen,
            "description": str(order.request.get("description", "")),
            "shipped_at": beijing_text(shipment.shipped_at),
        }
        for order in here.state.orders.group(phone.mini_openid)
        if (shipment := here.state.shipments.get(order.id)) and state_of(here, order) == SHIPPED
    ]


def _receive(here: World, order: Order, method: int) -> None:
    shipment = here.state.shipments.get(order.id)
    assert shipment is not None
    shipment.received_at, shipment.receipt_method = here.clock.now(), method
    here.state.shipments.put(shipment)
    here.schedule.at(here.clock.now() + SETTLE_SECONDS, SETTLE_JOB, order.id)
    phone = here.state.phones.find(order.openid)
    if phone is not None:
        words = "确认收货" if method == BY_HAND else "系统自动确认收货"
        chat.say(here, phone.id, "system", "receipt", words)


def _days(shipment: Shipment) -> int:
    return EXPRESS_DAYS if shipment.logistics_type == EXPRESS else OTHER_DAYS


def _order_fields(here: World, order: Order) -> dict[str, Any]:
    return {
        "transaction_id": order.transaction_id,
        "merchant_id": here.accounts.mch_id,
        "sub_merchant_id": "",
        "merchant_trade_no": order.id,
        "pay_time": int(order.paid_at),
    }


def _tell_settlement(here: World, order: Order, shipment: Shipment, **times: int) -> None:
    fields = _order_fields(here, order) | {"shipped_time": int(shipment.shipped_at)} | times
    push.later(here, push.mini_event(here, None, "trade_manage_order_settlement", **fields))


def _shipping_json(shipment: Shipment) -> dict[str, Any]:
    parcels = [
        {
            "tracking_no": parcel.get("tracking_no", ""),
            "express_company": parcel.get("express_company", ""),
            "goods_desc": parcel["item_desc"],
            "upload_time": int(shipment.uploaded_at),
            "contact": parcel.get("contact", {}),
        }
        for parcel in shipment.parcels
    ]
    return {
        "delivery_mode": shipment.delivery_mode,
        "logistics_type": shipment.logistics_type,
        "finish_shipping": bool(shipment.shipped_at),
        "goods_desc": "",
        "finish_shipping_count": shipment.finished_count,
        "shipping_list": parcels,
    }
