"""The short way for pushes: past Flask, which would cost more than everything else they need.

Only what is answered with 200 ends here. A refusal or a fault is handed to the view, which
raises it again: errors keep their one form and their one place, and the view its description
and its decision who may call.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Flask

from app.core.api import new_request_id
from app.wechat import pushes
from app.wechat.envelope import LARGEST_BODY_BYTES
from app.wechat.signing import PushProof

ADDRESS = "/wechat/callback"
FAULT = "lianhui.push_fault"

Environ = dict[str, Any]


class PushDoor:
    """A WSGI application around another one: answers pushes itself, and nothing else."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inner = app.wsgi_app

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answers a push with 200; anything else is answered by Flask."""
        body = _pushed(environ)
        answer = self._answer(environ, body) if body is not None else None
        if answer is None:
            return self._inner(environ, start_response)
        text = answer.text.encode()
        start_response("200 OK", _headers(answer.content_type, len(text), new_request_id()))
        return [text]

    def _answer(self, environ: Environ, body: bytes) -> pushes.Answer | None:
        with self._app.app_context():
            try:
                return pushes.answer(_proof(environ), body)
            except Exception as fault:
                environ[FAULT] = fault
                return None


def install(app: Flask) -> None:
    """Puts the door before the application."""
    app.wsgi_app = PushDoor(app)  # type: ignore[method-assign]


def _pushed(environ: Environ) -> bytes | None:
    """The body of a push of a known, allowed length; None for every other request."""
    if environ["PATH_INFO"] != ADDRESS or environ["REQUEST_METHOD"] != "POST":
        return None
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdigit() or len(length) > 6:
        return None
    if int(length) > LARGEST_BODY_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _proof(environ: Environ) -> PushProof:
    given = dict(reversed(parse_qsl(environ.get("QUERY_STRING", ""))))
    names = ("signature", "msg_signature", "timestamp", "nonce")
    return PushProof(*(given.get(name, "") for name in names))


def _headers(content_type: str, length: int, request_id: UUID) -> list[tuple[str, str]]:
    return [
        ("Content-Type", content_type),
        ("Content-Length", str(length)),
        ("X-Request-Id", str(request_id)),
        ("X-Content-Type-Options", "nosniff"),
    ]
