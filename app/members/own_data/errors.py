"""Why a member is not erased, or their data not told. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class DeletionBlocked(AppError):
    """Money, orders or duties are left; `remaining` names each."""

    status, code = 409, "deletion_blocked"
    title, message = "Something is left that has to end first", "账户内尚有未完结事项，暂不能注销"


class SignInAgain(AppError):
    """What is asked for needs a session that was opened a few minutes ago."""

    status, code = 403, "sign_in_again"
    title, message = "Sign in once more for this", "为保护您的信息，请重新登录后再操作"
