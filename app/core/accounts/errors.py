"""Refusals about staff accounts."""

from __future__ import annotations

from app.core.errors import AppError


class CurrentPasswordWrong(AppError):
    """The password that is to be replaced is another."""

    status, code = 403, "current_password_wrong"
    title, message = "The current password is wrong", "当前密码错误"


class PasswordUnusable(AppError):
    """The new password is the old one, holds the user name, or is one character again and again."""

    status, code = 422, "password_unusable"
    title, message = "Choose another password", "请更换一个更安全的密码"


class SecondFactorWrong(AppError):
    """The code does not come from the second factor being set up."""

    status, code = 403, "second_factor_wrong"
    title, message = "The code is wrong", "动态码错误"


class NothingToConfirm(AppError):
    """No second factor is being set up."""

    status, code = 409, "nothing_to_confirm"
    title, message = "Begin setting up the second factor first", "请先开始绑定新的动态码"


class ResetNotOpen(AppError):
    """The reset was decided before."""

    status, code = 409, "reset_not_open"
    title, message = "This reset was decided before", "该重置申请已处理"
