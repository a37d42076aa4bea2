"""Asks our own API in process, with the visitor's own session (decision 16).

Each call is a whole request of its own: authorisation, validation, idempotency, limits, audit and
the words of a refusal exist once, in the API. Nothing but a session travels from page to call; it
is looked up once for what a page reads, anew for each change and after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g, json, request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.core import auth
from app.core.api import PREFIX
from app.core.errors import AppError, InvalidRequest
from app.core.world import new_id

Fields = dict[str, Any]
THIS_MACHINE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered. `body` is its JSON, or empty; `data` are its raw bytes."""

    status: int
    body: Fields
    data: bytes = b""
    headers: Headers = field(default_factory=Headers)

    @property
    def is_refused(self) -> bool:
        """Whether it is a problem (RFC 9457) that changed nothing."""
        return self.status >= 400


class Refused(AppError):
    """The API refused what a page needs to be shown; carries its status, code and words."""

    code = "page_refused"
    title, message = "The page cannot be shown", "无法显示此页面"

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.get("detail"))
        self.answer = answer
        self.status = answer.status  # type: ignore[misc]
        self.code = answer.body.get("code", self.code)  # type: ignore[misc]
        self.title = answer.body.get("title", self.title)  # type: ignore[misc]
        self.message = answer.body.get("message", self.message)  # type: ignore[misc]
        if "Retry-After" in answer.headers:
            self.headers["Retry-After"] = answer.headers["Retry-After"]


def read(path: str, **query: Any) -> Fields:
    """What a GET of `/api/v1` + path answers; parameters that are None or "" are left out.

    Raises Refused with the API's own problem.
    """
    answer = send("GET", path, query=query)
    if answer.is_refused:
        raise Refused(answer)
    return answer.body


def read_once(path: str) -> Fields:
    """The same for what a page needs in several places and none of its changes touches: asked for
    once for a page."""
    kept: dict[str, Fields] = request.environ.setdefault("lianhui.read_once", {})
    if path not in kept:
        kept |= {path: read(path)}
    return kept[path]


def stream(path: str) -> tuple[Headers, Iterable[bytes]]:
    """A file that the API sends: its headers, and its bytes as they come, part after part.

    Raises Refused with the API's own problem.
    """
    environ = _environ("GET", PREFIX + path, {}, _named(new_id().hex), None, None)
    environ["REMOTE_ADDR"] = request.remote_addr or ""
    application = current_app._get_current_object()  # type: ignore[attr-defined]
    with application.app_context():
        parts, status, named = run_wsgi_app(application.wsgi_app, environ)
    code = int(status.partition(" ")[0])
    if code >= 400:
        data = b"".join(parts)
        raise Refused(Answer(code, json.loads(data), data, named))
    return named, parts


def health() -> Fields:
    """What /healthz/ready says, also when it says that we are down. Its numbers are for visitors of
    the console whatever their address: this process asks itself."""
    return _ask("GET", "/healthz/ready", {}, address=THIS_MACHINE).body


def send(
    method: str,
    path: str,
    body: Fields | None = None,
    *,
    query: Fields | None = None,
    key: str | None = None,
    raw: tuple[bytes, str] | None = None,
) -> Answer:
    """Asks `/api/v1` + path with the visitor's session; a refusal is an answer, too.

    `key`: the Idempotency-Key, else a new one. `raw`: bytes and their content type instead of JSON.
    Raises InvalidRequest for what cannot be said in JSON.
    """
    data, content_type = raw if raw else (_json(body), "application/json")
    named = _named(key or new_id().hex)
    return _ask(method, PREFIX + path, query or {}, named, data, content_type)


def _named(key: str) -> dict[str, str]:
    named = {"Idempotency-Key": key, "Accept": "application/json"}
    token = g.get("staff_token")
    return named | {"Authorization": f"Bearer {token}"} if token else named


def _ask(
    method: str,
    path: str,
    query: Fields,
    headers: dict[str, str] | None = None,
    data: bytes | None = None,
    content_type: str | None = None,
    address: str | None = None,
) -> Answer:
    environ = _environ(method, path, query, headers or {}, data, content_type)
    environ["REMOTE_ADDR"] = address or request.remote_addr or ""
    lookups = _lookups(method)
    application = current_app._get_current_object()  # type: ignore[attr-defined]
    with application.app_context(), lookups:  # its own session and `g`, as any request has
        parts, status, named = run_wsgi_app(application.wsgi_app, environ)
        answered = b"".join(parts)
    code = int(status.partition(" ")[0])
    is_json = "json" in named.get("Content-Type", "")
    found = json.loads(answered) if is_json and answered else {}
    return Answer(code, found if isinstance(found, dict) else {"items": found}, answered, named)


def _lookups(method: str) -> AbstractContextManager[None]:
    """How a call finds out who asks: as what the same page read before it, unless it changes
    something; then it looks for itself, and later readings anew. Long work always looks."""
    if "looked_up" not in g:
        return nullcontext()
    if method != "GET":
        g.looked_up = {}
        return nullcontext()
    return auth.looked_up_once(g.looked_up)


def _environ(
    method: str,
    path: str,
    query: Fields,
    headers: dict[str, str],
    data: bytes | None,
    content_type: str | None,
) -> dict[str, Any]:
    builder = EnvironBuilder(
        path=path,
        method=method,
        base_url=request.host_url,
        query_string={name: value for name, value in query.items() if value not in (None, "")},
        headers=headers,
        data=data,
        content_type=content_type if data is not None else None,
    )
    try:
        return builder.get_environ()
    finally:
        builder.close()


def _json(body: Fields | None) -> bytes | None:
    if body is None:
        return None
    try:
        return json.dumps(body).encode()
    except (UnicodeEncodeError, TypeError, ValueError) as error:
        raise InvalidRequest("the form holds what cannot be stored") from error
