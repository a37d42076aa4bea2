"""The HTTP frame of API v1: request ids, size limits, malformed input, blueprints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import HTTPError
from flask import Flask, Request, Response, g, request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import NullSession, SessionInterface, SessionMixin
from werkzeug.datastructures import Headers
from werkzeug.wsgi import ClosingIterator

from app.core import auth
from app.core.config import settings
from app.core.errors import BY_STATUS, AppError, ServiceUnavailable, problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_BODY_BYTES = 64 * 1024
BINARY = {"schema": {"type": "string", "format": "binary"}}
JPEG: Any = {200: {"description": "The picture", "content": {"image/jpeg": BINARY}}}
"""How the description tells of a body that is a file, and of an answer that is a picture."""
PREFIX = "/api/v1"
HSTS = "max-age=31536000"
"""Browsers ask by TLS only for a year; other hosts of the domain are their owner's to decide."""
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""For pages that bring no policy of their own: no script, in no frame."""
DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""Swagger's page starts itself by a script within the page."""


def api_blueprint(name: str, import_name: str) -> APIBlueprint:
    """A blueprint of API v1 for one room."""
    return APIBlueprint(name, import_name, url_prefix=PREFIX, tag=name.capitalize())


class _Json(DefaultJSONProvider):
    """JSON in and out; nesting beyond the interpreter's depth is malformed, not a fault."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


class _NoCookies(SessionInterface):
    """Callers are known by their bearer token; no cookie is read or set."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """There is nothing to keep."""


class Answer(Response):
    """Hands a body that is whole to the web server in one piece. Granian takes anything but a list
    piece by piece, each by a turn of its own threads, which cost more than finding the answer."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """As WSGI has it; what is a stream stays one."""
        if not self.is_sequence or self.direct_passthrough:
            return super().__call__(environ, start_response)
        body, status, headers = self.get_wsgi_response(environ)
        start_response(status, headers)
        try:
            return [b"".join(body)]
        finally:
            if isinstance(body, ClosingIterator):
                body.close()


def install(app: APIFlask) -> None:
    """Request ids, limits, and every framework error as problem+json."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY_BYTES
    app.json = _Json(app)
    app.response_class = Answer
    app.session_interface = _NoCookies()
    # Flask asks of each of a dozen functions in a request whether it is a coroutine: none is.
    app.ensure_sync = lambda function: function  # type: ignore[assignment,method-assign]
    app.before_request(_name_request)
    app.before_request(auth.decide)
    app.after_request(_protect_response)
    app.error_processor(_framework_error)


def new_request_id() -> UUID:
    """What one request is called, in its answer and in reports of it."""
    return uuid4()


def _name_request() -> None:
    g.request_id = new_request_id()


def _protect_response(response: Response) -> Response:
    response.headers["X-Request-Id"] = str(g.get("request_id", ""))
    response.headers["X-Content-Type-Options"] = "nosniff"
    if settings().lianhui_env == "production":
        response.headers["Strict-Transport-Security"] = HSTS
    if response.mimetype == "text/html" and "Content-Security-Policy" not in response.headers:
        is_docs = request.endpoint == "openapi.docs"
        response.headers["Content-Security-Policy"] = DOCS_POLICY if is_docs else PAGE_POLICY
        response.headers["X-Frame-Options"] = "DENY"
        response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.path.startswith(PREFIX):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _framework_error(error: HTTPError) -> Response:
    kind = BY_STATUS.get(error.status_code)
    if kind is None and error.status_code >= 500:
        return problem(ServiceUnavailable())
    if kind is None:
        return _other(error)
    extra: dict[str, Any] = {}
    if isinstance(error.detail, dict):
        extra["errors"] = {
            name: reasons for place in error.detail.values() for name, reasons in place.items()
        }
    return _with_headers(kind(error.message, **extra), error)


def _other(error: HTTPError) -> Response:
    refusal = AppError(error.message)
    response = problem(refusal)
    response.status_code = error.status_code
    return response


def _with_headers(refusal: AppError, error: HTTPError) -> Response:
    response = problem(refusal)
    headers = Headers(error.headers or {})
    for name in ("Allow", "Retry-After"):
        if name in headers:
            response.headers[name] = headers[name]
    return response
