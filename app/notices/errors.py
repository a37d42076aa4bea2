"""What the room `notices` refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class NoticeRequired(AppError):
    """A notice about one's own money or membership cannot be declined. `kinds` names them."""

    status, code = 422, "notice_required"
    title, message = "This notice cannot be switched off", "该类通知关系到您的资金或权益，不能关闭"


class StatementLinkUnknown(AppError):
    """The link is not one of ours, or who got it does not speak for the merchant any more."""

    status, code = 404, "statement_link_unknown"
    title, message = "This link leads to no statement", "链接无效，或您已不是该商家的联系人"


class StatementLinkOver(AppError):
    """The link's time is over; the statement itself stays."""

    status, code = 410, "statement_link_over"
    title, message = "This link is over", "链接已过期，请登录商家后台查看对账单，或联系平台客服"
