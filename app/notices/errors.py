"""What the room `notices` refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class NoticeRequired(AppError):
    """A notice about one's own money or membership cannot be declined. `kinds` names them."""

    status, code = 422, "notice_required"
    title, message = "This notice cannot be switched off", "该类通知关系到您的资金或权益，不能关闭"
