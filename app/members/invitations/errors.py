"""Why an invitation is not sent or not confirmed. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class InvitationsExhausted(AppError):
    """The member has invited as many numbers today as they may."""

    status, code = 429, "invitations_exhausted"
    title, message = "No more invitations today", "今日邀请次数已用完，请明天再试"


class InvitationEnded(AppError):
    """The invitation was confirmed before, or its time is over."""

    status, code = 409, "invitation_ended"
    title, message = "This invitation has ended", "该邀请已结束"
