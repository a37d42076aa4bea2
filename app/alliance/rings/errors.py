"""Why a finding is not decided. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class RingUnchanged(AppError):
    """The finding is in that state already."""

    status, code = 409, "ring_unchanged"
    title, message = "The finding is in that state already", "该线索的状态没有变化"


class RingOpenAgain(AppError):
    """The same rule has found the same subject again meanwhile: decide about that finding."""

    status, code = 409, "ring_open_again"
    title, message = "There is a newer open finding", "该对象已有新的待处理线索"
