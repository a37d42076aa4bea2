"""What buyers and merchants are told of orders, in Chinese. Names goods and stores, no people."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.notices.kinds import Kind
from app.notices.rules import beijing_time, money
from app.notices.texts import Content

BUYER = {
    "paid": "支付成功",
    "ready": "已备好，请凭订单里的取货码到店取货",
    "shipped": "已发货",
    "shipment_corrected": "物流单号已更正",
    "picked_up": "已取货，订单完成",
    "received": "已确认收货，订单完成",
    "received_by_time": "已自动确认收货，订单完成",
    "received_in_wechat": "已在微信确认收货，订单完成",
    "cancelled": "已取消，全额原路退回",
    "refunded": "商家已全额退款，原路退回",
    "refunded_in_part": "商家已部分退款，原路退回",
    "not_handed_over": "逾期未交付，全额原路退回",
    "store_closed": "门店已停业，未取货或未发货的",
    "gifted": "奖品订单已生成，货款由活动支付",
}
BUYER_OF_GIFT = {
    "cancelled": "已放弃，货款退回活动",
    "refunded": "商家已退单，货款退回活动，可在抽奖记录中重新领取",
    "not_handed_over": "逾期未交付，货款退回活动，可在抽奖记录中重新领取",
    "called_back": "对应的消费已退款，奖品已收回",
}
MERCHANT = {
    "paid": "新订单，请备货",
    "picked_up": "顾客已取货，货款待结算",
    "received": "顾客已收货，货款待结算",
    "received_by_time": "订单自动完成，货款待结算",
    "received_in_wechat": "顾客已在微信确认收货，货款待结算",
    "cancelled": "顾客取消，已全额退款",
    "not_handed_over": "逾期未交付，已全额退款",
    "store_closed": "门店已停业，请尽快交付，逾期自动退款",
    "gifted": "新订单（活动奖品，货款由活动支付），请备货",
    "called_back": "活动奖品已收回，无需备货，货款退回活动",
}
BACK = frozenset({"refunded_in_part"})


class Told(Protocol):
    """An order at one of its steps."""

    @property
    def store_name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def pieces(self) -> int: ...
    @property
    def paid_fen(self) -> int: ...
    @property
    def supply_fen(self) -> int: ...
    @property
    def returned_fen(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def note(self) -> str | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def is_gift(self) -> bool: ...


def for_buyer(order: Told) -> Content | None:
    """What the buyer is told of this step, if anything."""
    known = BUYER | BUYER_OF_GIFT if order.is_gift else BUYER
    words = known.get(order.step) if order.status != "cancelled" else None
    if words is None:
        return None
    if order.step.startswith("ship") and order.note:
        words = f"{words}（{order.note}）"
    if order.step == "store_closed" and order.note:
        words = f"{words}，{order.note} 起全额原路退回"
    return _told(Kind.MEMBER_ORDER, order, words)


def for_merchant(order: Told) -> Content | None:
    """What the merchant's contacts are told of this step, if anything."""
    words = MERCHANT.get(order.step) if order.status != "cancelled" else None
    return _told(Kind.MERCHANT_ORDER, order, words) if words else None


def for_supplier(order: Told) -> Content | None:
    """What the supplier's contacts are told: what to ship, and nothing of what the buyer paid."""
    if order.step not in ("paid", "gifted"):
        return None
    goods = f"{order.title}等 {order.pieces} 件" if order.pieces > 1 else order.title
    words = "新供货订单，请发货"
    kind = Kind.MERCHANT_ORDER
    return content(kind, order.store_name, goods, order.supply_fen, words, order.at)


def _told(kind: Kind, order: Told, words: str) -> Content:
    return content(
        kind,
        order.store_name,
        f"{order.title}等 {order.pieces} 件" if order.pieces > 1 else order.title,
        order.returned_fen if order.step in BACK else order.paid_fen,
        words,
        order.at,
    )


def content(
    kind: Kind, store_name: str, goods: str, amount_fen: int, words: str, at: datetime
) -> Content:
    """One notice of an order."""
    text = f"订单通知：「{store_name}」的「{goods}」{money(amount_fen)}，{words}。"
    fields = {
        "place": store_name,
        "amount": money(amount_fen),
        "time": beijing_time(at),
        "note": words,
    }
    return Content(kind, text, fields)
