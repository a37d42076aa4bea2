"""Why an authorisation is not changed. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class AuthorisationUnchanged(AppError):
    """The recommender is in that state already."""

    status, code = 409, "authorisation_unchanged"
    title, message = "The authorisation is in that state already", "授权状态没有变化"


class RecommendingSuspended(AppError):
    """The operator has suspended or revoked the right to bring members."""

    status, code = 403, "recommending_suspended"
    title, message = "You may not bring members at present", "您的推荐权限已被暂停，请联系客服"
