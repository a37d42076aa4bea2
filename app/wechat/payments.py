"""Calls to WeChat Pay v3: orders, refunds and merchant transfers.

All amounts in fen. None of these may run while a unit of work is open. Numbers are the caller's
own and are written down before the call: repeat with the same number only (facts D5, D8, D9).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from wechatpayv3 import WeChatPayType
from wechatpayv3.type import RequestType

from app.core.config import settings
from app.core.errors import AppError
from app.core.world import BEIJING, now
from app.wechat.errors import NoticeMalformed
from app.wechat.pay import Unclear, asking, gateway, moving, notify_address
from app.wechat.pay_results import (
    OrderStatus,
    RefundStatus,
    TransferStatus,
    order_status,
    refund_status,
    transfer_status,
)

T = TypeVar("T")
TradeType = Literal["jsapi", "native", "h5"]
PAY_TYPES = {
    "jsapi": WeChatPayType.JSAPI,
    "native": WeChatPayType.NATIVE,
    "h5": WeChatPayType.H5,
}
REFERENCES = {"jsapi": "prepay_id", "native": "code_url", "h5": "h5_url"}
NUMBER = re.compile(r"[0-9A-Za-z]{6,32}")
LONGEST_DESCRIPTION = 127
LONGEST_REMARK = 32
TRANSFER_MINIMUM_FEN = 10  # fact D9
NAME_REQUIRED_FROM_FEN = 200_000
NAME_ALLOWED_FROM_FEN = 30
REPORTS: Mapping[str, Mapping[str, str]] = {
    "1000": {"活动名称": "联盟会员活动", "奖励说明": "会员活动奖励"},
    "1005": {"岗位类型": "联盟推荐人", "报酬说明": "推荐消费返利"},
}


class TransferNotPossible(AppError):
    """WeChat does not transfer this amount in this way (limits and name rules, fact D9)."""

    status, code = 422, "transfer_not_possible"
    title, message = "WeChat cannot transfer this amount this way", "该金额无法通过微信转账"


@dataclass(frozen=True, slots=True)
class Prepaid:
    """An order that waits for its payer: `prepay_id` for jsapi, `code_url` for native, `h5_url`
    for h5. The first two live two hours, the third five minutes; asking again for the same
    order gives new ones (fact D5)."""

    prepay_id: str | None = None
    code_url: str | None = None
    h5_url: str | None = None

    @property
    def reference(self) -> str:
        """The one of them that there is."""
        return self.prepay_id or self.code_url or self.h5_url or ""


def prepay(
    *,
    out_trade_no: str,
    description: str,
    amount_fen: int,
    trade_type: TradeType,
    app_id: str,
    openid: str | None = None,
    payer_ip: str | None = None,
    expires_at: datetime | None = None,
    is_shared: bool = False,
) -> Prepaid:
    """Places an order of `amount_fen` fen. `openid` (jsapi only) belongs to `app_id`; `payer_ip`
    (h5 only) is the browser's address, which WeChat compares with whoever opens `h5_url`.
    What is paid for a shared order is frozen until it is split or given free (分账, fact D10).

    The same number needs the same parameters each time, `expires_at` (UTC) among them. Raises
    WeChatUnavailable (ask again with the same number), WeChatRefused (ORDERPAID,
    OUT_TRADE_NO_USED, PARAM_ERROR, …).
    """
    order: dict[str, Any] = {
        "appid": app_id,
        "description": _cut(description, LONGEST_DESCRIPTION),
        "out_trade_no": _number(out_trade_no),
        "amount": {"total": amount_fen, "currency": "CNY"},
        "notify_url": notify_address(),
        "pay_type": PAY_TYPES[trade_type],
    }
    if trade_type == "jsapi":
        order["payer"] = {"openid": openid}
    elif trade_type == "h5":
        order["scene_info"] = {"payer_client_ip": payer_ip, "h5_info": {"type": "Wap"}}
    if is_shared:
        order["settle_info"] = {"profit_sharing": True}
    if expires_at is not None:
        order["time_expire"] = expires_at.astimezone(BEIJING).isoformat(timespec="seconds")
    return asking(lambda: _read(_prepaid(trade_type), gateway().pay(**order)))


def jsapi_parameters(prepay_id: str, app_id: str) -> dict[str, str]:
    """What `wx.requestPayment` (and, with `appId`, the page in WeChat) is called with (D5)."""
    timestamp, nonce = str(int(now().timestamp())), secrets.token_hex(16)
    package = f"prepay_id={prepay_id}"
    return {
        "appId": app_id,
        "timeStamp": timestamp,
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": gateway().sign([app_id, timestamp, nonce, package]),
    }


def query_order(out_trade_no: str) -> OrderStatus:
    """The order as WeChat Pay has it. Raises WeChatRefused (ORDER_NOT_EXIST), WeChatUnavailable."""
    number = _number(out_trade_no)
    return asking(lambda: _read(order_status, gateway().query(out_trade_no=number)))


def close_order(out_trade_no: str) -> None:
    """Closes an unpaid order; repeatable. Raises WeChatRefused (ORDERPAID: the payer was faster,
    query it), OutcomeUnknown, WeChatUnavailable."""
    number = _number(out_trade_no)
    moving(lambda: gateway().close(out_trade_no=number))


def refund(
    *,
    out_refund_no: str,
    refund_fen: int,
    total_fen: int,
    out_trade_no: str | None = None,
    transaction_id: str | None = None,
    reason: str = "",
) -> RefundStatus:
    """Asks for a refund of `refund_fen` of an order of `total_fen`; repeat with the same number.

    The payment is named by our number of the order, or by WeChat's own of the payment.

    Raises OutcomeUnknown (query it), WeChatUnavailable, WeChatRefused (NOT_ENOUGH: repeat the
    same number when takings are there).
    """
    request = {
        "out_refund_no": _number(out_refund_no),
        "out_trade_no": _number(out_trade_no) if out_trade_no else None,
        "transaction_id": transaction_id,
        "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
        "reason": _cut(reason, 80) or None,
        "notify_url": notify_address(),
    }
    return moving(lambda: _read(refund_status, gateway().refund(**request)))


def query_refund(out_refund_no: str) -> RefundStatus:
    """The refund as WeChat Pay has it. Raises WeChatRefused (RESOURCE_NOT_EXISTS), …"""
    number = _number(out_refund_no)
    return asking(lambda: _read(refund_status, gateway().query_refund(number)))


def create_transfer(
    *,
    out_bill_no: str,
    app_id: str,
    openid: str,
    amount_fen: int,
    remark: str,
    real_name: str | None = None,
    report: Mapping[str, str] | None = None,
) -> TransferStatus:
    """Transfers `amount_fen` from the operating account to a user, who confirms on the phone.

    No error of this call means that the transfer failed: keep the number, query it, and take a
    new one only after FAIL or CANCELLED (fact D9). Queries do not carry `package_info`: once a
    query says WAIT_USER_CONFIRM, call this again unchanged to get it. `real_name` must be given
    from 2,000 yuan and is left out below 0.30 yuan; `report` are the scene's report lines.
    Raises OutcomeUnknown, WeChatUnavailable, WeChatRefused (NOT_ENOUGH, …), TransferNotPossible.
    """
    if amount_fen < TRANSFER_MINIMUM_FEN:
        raise TransferNotPossible(f"less than {TRANSFER_MINIMUM_FEN} fen")
    if amount_fen >= NAME_REQUIRED_FROM_FEN and not real_name:
        raise TransferNotPossible(f"from {NAME_REQUIRED_FROM_FEN} fen the real name is needed")
    scene = settings().wechat_transfer_scene_id
    lines = REPORTS.get(scene, {}) if report is None else report
    request = {
        "out_bill_no": _number(out_bill_no),
        "transfer_scene_id": scene,
        "openid": openid,
        "transfer_amount": amount_fen,
        "transfer_remark": _cut(remark, LONGEST_REMARK),
        "user_name": real_name if amount_fen >= NAME_ALLOWED_FROM_FEN else None,
        "transfer_scene_report_infos": [
            {"info_type": name, "info_content": content} for name, content in lines.items()
        ],
        "appid": app_id,
        "notify_url": notify_address(),
    }
    return moving(lambda: _read(transfer_status, gateway().mch_transfer_bills(**request)))


def query_transfer(out_bill_no: str) -> TransferStatus:
    """The transfer as WeChat Pay has it, for 30 days. Raises WeChatRefused (NOT_FOUND: right
    after an unclear creation that may be transient), WeChatUnavailable."""
    number = _number(out_bill_no)
    return asking(lambda: _read(transfer_status, gateway().mch_transfer_bills_query(number)))


def cancel_transfer(out_bill_no: str) -> TransferStatus:
    """Asks to cancel a transfer that its receiver has not confirmed; then query until it is
    CANCELLED. Raises OutcomeUnknown, WeChatUnavailable, WeChatRefused (already confirmed)."""
    number = _number(out_bill_no)
    return moving(lambda: _read(transfer_status, gateway().mch_transfer_bills_cancel(number)))


def echo(word: str) -> str:
    """What WeChat Pay says back to a word (fact D0): tries keys and signatures of both sides.

    Raises WeChatRefused (SIGN_ERROR, …), WeChatUnavailable.
    """
    wish = {"echo_message": word}

    def ask() -> str:
        answer = gateway()._core.request("/v3/security/echo", RequestType.POST, data=wish)
        return str(answer.get("echo_message", ""))

    return asking(ask)


def transfer_confirmation(package_info: str, app_id: str, openid: str) -> dict[str, str]:
    """What `wx.requestMerchantTransfer` is called with to confirm a transfer (fact D9)."""
    return {
        "mchId": settings().wechat_pay_mch_id,
        "appId": app_id,
        "package": package_info,
        "openId": openid,
    }


def _read(reader: Callable[[Mapping[str, Any]], T], fields: Mapping[str, Any]) -> T:
    try:
        return reader(fields)
    except NoticeMalformed as malformed:
        raise Unclear(f"the answer is not as documented: {malformed}") from None


def _prepaid(trade_type: TradeType) -> Callable[[Mapping[str, Any]], Prepaid]:
    name = REFERENCES[trade_type]

    def reader(fields: Mapping[str, Any]) -> Prepaid:
        value = fields.get(name)
        if not isinstance(value, str) or not value:
            raise NoticeMalformed(f"{name} is missing")
        return Prepaid(**{name: value})

    return reader


def _number(number: str) -> str:
    if not NUMBER.fullmatch(number):
        raise ValueError(f"{json.dumps(number)} is not a number WeChat Pay takes")
    return number


def _cut(text: str, longest: int) -> str:
    return text[:longest]
