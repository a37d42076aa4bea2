"""What the room `wechat` refuses, and how calls to WeChat fail. Documented in docs/errors.md."""

from __future__ import annotations

from typing import Any

from app.core.errors import AppError, ServiceUnavailable


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

    def __init__(self, detail: str | None = None, *, may_have_arrived: bool = False) -> None:
        super().__init__(detail)
        self.may_have_arrived = may_have_arrived


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


class LoginCodeInvalid(AppError):
    """The login code of the mini-program is unknown, expired or was used before."""

    status, code = 422, "login_code_invalid"
    title, message = "The login code is not valid any more", "登录凭证无效或已使用，请重新登录"


class LoginBlocked(AppError):
    """WeChat itself blocks this user's login as high-risk (WeChat fact B2, 40226)."""

    status, code = 403, "login_blocked"
    title, message = "WeChat blocks this login", "该微信账号存在风险，暂时无法登录"
