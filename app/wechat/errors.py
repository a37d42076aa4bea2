"""What the room `wechat` refuses, and how calls to WeChat fail. Documented in docs/errors.md."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from app.core.errors import AppError, ServiceUnavailable

MENDING_SECONDS = 60  # until it may be worth asking again what an operator has to mend
NAMED_FIELD = re.compile(r"argument invalid!? +([\w.]+?)(?: value)? (?:is )?invalid")


class NotFromWeChat(AppError):
    """A push or notification whose signature, key, age or encryption does not prove WeChat."""

    status, code = 403, "not_from_wechat"
    title, message = "The signature does not prove that WeChat sent this", "签名校验失败"


class NoticeMalformed(AppError):
    """A push or notification that is not the XML or JSON that WeChat documents."""

    status, code = 400, "notice_malformed"
    title, message = "The notice does not have the documented form", "通知内容格式错误"


class NoticeNotOurs(AppError):
    """A genuine notice that names another app or another merchant than those configured."""

    status, code = 400, "notice_not_ours"
    title, message = "The notice is meant for another app or merchant", "通知不属于本商户"


class WeChatUnavailable(ServiceUnavailable):
    """WeChat did not answer, was busy, or its answer cannot be trusted; nothing was decided.

    The same request with the same number may be sent again later. `may_have_arrived` is true
    where a message to a follower may have been delivered all the same.
    """

    code = "wechat_unavailable"
    title, message = "WeChat cannot be reached, please ask again", "微信服务暂时不可用，请稍后再试"

    def __init__(
        self,
        detail: str | None = None,
        *,
        may_have_arrived: bool = False,
        retry_after: int = 2,
    ) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.may_have_arrived = may_have_arrived


class Busy(WeChatUnavailable):
    """WeChat says that it is busy: nothing was done, the same call may be made again."""


class Paused(WeChatUnavailable):
    """Calls of this path wait until `until` (UTC) and are not sent before: WeChat limits them.

    45011 and its kind pause a path for about a minute, 45009 until the next Beijing midnight.
    """

    def __init__(self, detail: str, until: datetime, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.until = until


class QuotaUsedUp(Paused):
    """The day's calls of this path are used up."""


class OutcomeUnknown(ServiceUnavailable):
    """A call that moves money was sent and its outcome is not known.

    Query the same number. Never repeat the work under a new number (WeChat facts D8, D9).
    """

    code = "wechat_outcome_unknown"
    title, message = "WeChat has not confirmed yet", "微信尚未确认结果，请稍后查询"


class WeChatRefused(AppError):
    """WeChat understood the call and refused it. `wechat_code` is WeChat's own code.

    Branch on `wechat_code` only, never on `wechat_message` (WeChat fact D13).
    """

    status, code = 409, "wechat_refused"
    title, message = "WeChat refused the request", "微信拒绝了该请求"

    def __init__(self, wechat_code: str | int, wechat_message: str = "", **extra: Any) -> None:
        super().__init__(f"WeChat answered {wechat_code}", **extra)
        self.wechat_code = str(wechat_code)
        self.wechat_message = wechat_message


class TokenStale(WeChatRefused):
    """The access token is not the latest any more; renewed once before anybody sees this."""


class PersonUnknown(WeChatRefused):
    """The openid is not one of this account: forget it, or it belongs to another app."""


class PersonBlocked(WeChatRefused):
    """This person cannot be written to: blacklisted by the account, or limited by WeChat."""


class NotFollower(WeChatRefused):
    """The person does not follow the official account (any more)."""


class ConsentUsedUp(WeChatRefused):
    """The person did not subscribe to this message, or its one consent is spent."""


class ChatClosed(WeChatRefused):
    """The chat's window is over, or what may be sent within it is used up (WeChat fact B6)."""


class CodeInvalid(WeChatRefused):
    """A code of a login or a phone number is unknown, over, or was used before."""


class SessionKeyInvalid(WeChatRefused):
    """The session key is not the person's present one: they have to log in again."""


class PersonInactive(WeChatRefused):
    """The person has not opened the mini-program within two hours (content checks need that)."""


class NotThereYet(WeChatRefused):
    """WeChat does not know this payment (yet): what was just paid shows up with a delay."""


class NotShippable(WeChatRefused):
    """The payment is in no state to be shipped: refunded, or not under shipping management."""


class AlreadyDone(WeChatRefused):
    """What was asked for is done already; asking again changes nothing."""


class DataInvalid(WeChatRefused):
    """What was sent does not have WeChat's form. `field` names the part if WeChat does."""

    @property
    def field(self) -> str | None:
        """The field at fault, e.g. `data.thing1.value`; None where WeChat names none."""
        found = NAMED_FIELD.search(self.wechat_message)
        return found[1] if found else None


class Misconfigured(WeChatRefused):
    """Only the operator can mend this, in the settings or in WeChat's console.

    Whoever asked did nothing wrong and is asked to come back: 503. The operator is told
    (alarms.py).
    """

    status, code = 503, "wechat_misconfigured"
    title, message = (
        "WeChat does not serve this installation, its operator has been told",
        "微信服务暂时不可用，运营人员正在处理，请稍后再试",
    )

    def __init__(self, wechat_code: str | int, wechat_message: str = "", **extra: Any) -> None:
        super().__init__(wechat_code, wechat_message, **extra)
        self.headers = {"Retry-After": str(MENDING_SECONDS)}


class LoginCodeInvalid(AppError):
    """The login code of the mini-program is unknown, expired or was used before."""

    status, code = 422, "login_code_invalid"
    title, message = "The login code is not valid any more", "登录凭证无效或已使用，请重新登录"


class PhoneCodeInvalid(AppError):
    """The code of the phone-number button is unknown, expired or was used before."""

    status, code = 422, "phone_code_invalid"
    title, message = "The phone code is not valid any more", "手机号授权已失效，请重新点击授权"


class LoginBlocked(AppError):
    """WeChat itself blocks this user's login as high-risk (WeChat fact B2, 40226)."""

    status, code = 403, "login_blocked"
    title, message = "WeChat blocks this login", "该微信账号存在风险，暂时无法登录"
