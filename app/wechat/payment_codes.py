"""Charging by the code that WeChat shows on a payer's phone (付款码), WeChat fact D6.

WECHAT_PAYMENT_CODE names the adapter: `v2` is for every merchant, `v3` by WeChat's invitation.
Another one is another class with the same two calls, entered in ADAPTERS. Nothing is notified: the
answer tells, or a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from wechatpayv3 import WeChatPayType

from app.core.config import settings
from app.core.errors import AppError
from app.wechat.pay import gateway, moving
from app.wechat.pay_results import OrderStatus, order_status
from app.wechat.payment_codes_v2 import Version2
from app.wechat.payments import LONGEST_DESCRIPTION, _read

FORM = re.compile(r"1[0-5]\d{16}")


class PaymentCodesOff(AppError):
    """This installation takes no WeChat payment codes (`WECHAT_PAYMENT_CODE`)."""

    status, code = 409, "wechat_codes_off"
    title, message = "WeChat payment codes are not taken here", "暂不支持微信付款码收款"


@dataclass(frozen=True, slots=True)
class Charge:
    """What is charged (fen), by the code on the payer's phone. The same number is the same charge
    however often it is asked for; with another code it is refused. What `is_shared` is frozen at
    WeChat until it is split (fact D10)."""

    out_trade_no: str
    description: str
    amount_fen: int
    app_id: str
    store: str
    auth_code: str
    till_ip: str
    is_shared: bool = False


class Adapter(Protocol):
    """A version of WeChat Pay's interface.

    Both raise OutcomeUnknown (query), WeChatUnavailable (not sent), WeChatRefused with WeChat's
    code. `charge` answers SUCCESS, USERPAYING (the payer enters a password) or PAYERROR.
    """

    def charge(self, wanted: Charge) -> OrderStatus:
        """Charges at once."""

    def reverse(self, out_trade_no: str, app_id: str) -> None:
        """Undoes a charge: unpaid it can no longer be paid, paid the money goes back."""


class Version3:
    """POST /v3/pay/transactions/codepay and …/reverse."""

    def charge(self, wanted: Charge) -> OrderStatus:
        """See Adapter."""
        order = {
            "appid": wanted.app_id,
            "description": wanted.description[:LONGEST_DESCRIPTION],
            "out_trade_no": wanted.out_trade_no,
            "amount": {"total": wanted.amount_fen, "currency": "CNY"},
            "payer": {"auth_code": wanted.auth_code},
            "scene_info": {"store_info": {"out_id": wanted.store}},
            "pay_type": WeChatPayType.CODEPAY,
        }
        if wanted.is_shared:
            order["settle_info"] = {"profit_sharing": True}
        return moving(lambda: _read(order_status, gateway().pay(**order)))

    def reverse(self, out_trade_no: str, app_id: str) -> None:
        """See Adapter."""
        moving(lambda: gateway().codepay_reverse(out_trade_no, appid=app_id))


ADAPTERS: Mapping[str, Adapter] = {"v2": Version2(), "v3": Version3()}


def is_payment_code(text: str) -> bool:
    """Whether it has the form of a WeChat payment code: 18 digits, 10 to 15 first."""
    return text.isascii() and FORM.fullmatch(text) is not None


def takes_codes() -> bool:
    """Whether this installation takes WeChat payment codes."""
    return settings().wechat_payment_code in ADAPTERS


def charge_code(wanted: Charge) -> OrderStatus:
    """See Adapter. Raises PaymentCodesOff as well."""
    return _adapter().charge(wanted)


def reverse_charge(out_trade_no: str, app_id: str) -> None:
    """See Adapter. Raises PaymentCodesOff as well."""
    _adapter().reverse(out_trade_no, app_id)


def _adapter() -> Adapter:
    found = ADAPTERS.get(settings().wechat_payment_code)
    if found is None:
        raise PaymentCodesOff()
    return found
