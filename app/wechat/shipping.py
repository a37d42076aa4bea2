"""Shipping information of mini-program orders: WeChat settles them only when it is told of it.

WeChat fact C8. An upload that is repeated counts as a changed shipment, and only one change is
allowed: who does not know how an upload ended asks `shipping_state` first. None of these may run
while a unit of work is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal

from app.core.config import settings
from app.core.world import BEIJING
from app.wechat import calls
from app.wechat.answers import part, whole
from app.wechat.errors import WeChatUnavailable

Way = Literal["express", "city", "virtual", "pickup"]
WAYS: dict[Way, int] = {"express": 1, "city": 2, "virtual": 3, "pickup": 4}
LONGEST_DESCRIPTION = 120
ONE_PARCEL = 1
BY_OUT_TRADE_NO = 1


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is shipped; number and company (WeChat's code for it) only by express.

    `receiver_contact` is masked but for its last four digits; one company wants it.
    """

    description: str
    tracking_no: str | None = None
    express_company: str | None = None
    receiver_contact: str | None = None


class ShippingState(IntEnum):
    """Where WeChat is with an order."""

    TO_SHIP = 1
    SHIPPED = 2
    RECEIVED = 3
    DONE = 4
    REFUNDED = 5
    SETTLING = 6


def report_shipping(
    *, out_trade_no: str, openid: str, way: Way, parcel: Parcel, uploaded_at: datetime
) -> None:
    """Tells WeChat that an order was shipped, in one parcel.

    Raises NotThereYet (just paid), AlreadyDone, NotShippable, DataInvalid (10060031: another
    person's order), Misconfigured, Paused, WeChatRefused, WeChatUnavailable.
    """
    wish = {
        "order_key": {
            "order_number_type": BY_OUT_TRADE_NO,
            "mchid": settings().wechat_pay_mch_id,
            "out_trade_no": out_trade_no,
        },
        "logistics_type": WAYS[way],
        "delivery_mode": ONE_PARCEL,
        "shipping_list": [_parcel(parcel)],
        "upload_time": uploaded_at.astimezone(BEIJING).isoformat(timespec="milliseconds"),
        "payer": {"openid": openid},
    }
    calls.post("mini", "/wxa/sec/order/upload_shipping_info", wish)


def shipping_state(out_trade_no: str) -> ShippingState:
    """Where WeChat is with an order. Raises NotThereYet, WeChatRefused, WeChatUnavailable."""
    path = "/wxa/sec/order/get_order"
    answer = calls.post("mini", path, _which(out_trade_no), is_repeatable=True)
    try:
        return ShippingState(whole(part(answer, "order"), "order_state"))
    except ValueError:
        raise WeChatUnavailable("WeChat names a state that is not known here") from None


def remind_of_receipt(out_trade_no: str, received_at: datetime) -> None:
    """Has WeChat ask the buyer to confirm what came by express; once for each order.

    Raises AlreadyDone, NotShippable, WeChatRefused, WeChatUnavailable.
    """
    wish = _which(out_trade_no) | {"received_time": int(received_at.timestamp())}
    calls.post("mini", "/wxa/sec/order/notify_confirm_receive", wish)


def is_shipping_managed() -> bool:
    """Whether WeChat holds this mini-program's money until shipping is reported.

    Raises WeChatRefused, WeChatUnavailable.
    """
    wish = {"appid": settings().wechat_mini_app_id}
    answer = calls.post("mini", "/wxa/sec/order/is_trade_managed", wish, is_repeatable=True)
    return answer.get("is_trade_managed") is True


def _which(out_trade_no: str) -> dict[str, Any]:
    return {"merchant_id": settings().wechat_pay_mch_id, "merchant_trade_no": out_trade_no}


def _parcel(parcel: Parcel) -> dict[str, Any]:
    found: dict[str, Any] = {"item_desc": parcel.description[:LONGEST_DESCRIPTION]}
    found |= {"tracking_no": parcel.tracking_no} if parcel.tracking_no else {}
    found |= {"express_company": parcel.express_company} if parcel.express_company else {}
    if parcel.receiver_contact:
        found["contact"] = {"receiver_contact": parcel.receiver_contact}
    return found
