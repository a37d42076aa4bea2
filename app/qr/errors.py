"""What the room `qr` refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class UnknownScene(AppError):
    """A scene token that this installation never issued: another form, or another signature."""

    status, code = 404, "unknown_scene"
    title, message = "There is no such code", "二维码无效"
