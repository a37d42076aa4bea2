"""The mini-program's people: login, session key, phone number, unionid after paying.

WeChat facts B11, C1, C3. Codes work once, for five minutes; none of these may run while a unit
of work is open.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from pydantic import SecretStr

from app.core.config import settings
from app.wechat import calls
from app.wechat.answers import part, some_text, text
from app.wechat.errors import (
    CodeInvalid,
    LoginBlocked,
    LoginCodeInvalid,
    PersonBlocked,
    PhoneCodeInvalid,
    SessionKeyInvalid,
    WeChatRefused,
    WeChatUnavailable,
)

LONGEST_CODE = 128
NO_UNIONID = frozenset({"89002", "89300"})  # no open platform; no such payment, or too late


@dataclass(frozen=True, slots=True)
class LoginSession:
    """Who logged in to the mini-program.

    The session key must never leave the server; it is good until the person's next login, and
    is not shown by `repr`.
    """

    openid: str
    unionid: str | None
    session_key: SecretStr = field(default=SecretStr(""), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that WeChat verified: `number` without its country code, e.g. 86."""

    number: str
    country_code: str


def code_to_session(code: str) -> LoginSession:
    """Who a mini-program login code belongs to (fact C1).

    Raises LoginCodeInvalid (422), LoginBlocked (403), WeChatUnavailable, WeChatRefused.
    """
    if not code or len(code) > LONGEST_CODE:
        raise LoginCodeInvalid()
    parameters = {
        "appid": settings().wechat_mini_app_id,
        "secret": settings().wechat_mini_secret.get_secret_value(),
        "js_code": code,
        "grant_type": "authorization_code",
    }
    try:
        answer = calls.get_without_token("mini", "/sns/jscode2session", parameters)
    except CodeInvalid:
        raise LoginCodeInvalid() from None
    except PersonBlocked:
        raise LoginBlocked() from None
    return LoginSession(
        openid=text(answer, "openid"),
        unionid=some_text(answer, "unionid"),
        session_key=SecretStr(some_text(answer, "session_key") or ""),
    )


def is_session_valid(openid: str, session_key: str) -> bool:
    """Whether a session key is still the person's present one.

    Raises PersonUnknown, WeChatUnavailable, WeChatRefused.
    """
    parameters = {
        "openid": openid,
        "signature": hmac.new(session_key.encode(), b"", sha256).hexdigest(),
        "sig_method": "hmac_sha256",
    }
    try:
        calls.get("mini", "/wxa/checksession", parameters)
    except SessionKeyInvalid:
        return False
    return True


def phone_number(code: str, openid: str) -> PhoneNumber:
    """The number behind the code of the phone button; WeChat checks that it is this person's.

    Each success costs the merchant 0.03 yuan (fact C3): it is never asked twice. Raises
    PhoneCodeInvalid (422), WeChatUnavailable, WeChatRefused.
    """
    if not code or len(code) > LONGEST_CODE:
        raise PhoneCodeInvalid()
    wish = {"code": code, "openid": openid}
    try:
        answer = calls.post("mini", "/wxa/business/getuserphonenumber", wish)
    except CodeInvalid:
        raise PhoneCodeInvalid() from None
    info = part(answer, "phone_info")
    if part(info, "watermark").get("appid") != settings().wechat_mini_app_id:
        raise WeChatUnavailable("the number is another app's")
    return PhoneNumber(text(info, "purePhoneNumber"), str(info.get("countryCode", "86")))


def unionid_after_paying(openid: str, out_trade_no: str) -> str | None:
    """A payer's unionid, within five minutes of the payment; None where WeChat tells none.

    Raises PersonUnknown, WeChatUnavailable, WeChatRefused.
    """
    parameters = {
        "openid": openid,
        "mch_id": settings().wechat_pay_mch_id,
        "out_trade_no": out_trade_no,
    }
    try:
        return some_text(calls.get("mini", "/wxa/getpaidunionid", parameters), "unionid")
    except WeChatRefused as refusal:
        if refusal.wechat_code in NO_UNIONID:
            return None
        raise
