"""Errors that know their status, and the one handler that turns them into problem+json (RFC 9457).

`docs/errors.md` documents each code; the house test fails for one that is missing there.
"""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from flask import Flask, Response, g, has_request_context, json, request

log = structlog.get_logger()
PROBLEM = "application/problem+json"
MEMBERS = frozenset({"type", "title", "status", "code", "detail", "message", "request_id"})


class AppError(Exception):
    """A refusal that changes nothing. `title` is English, `message` Chinese (for people). `extra`
    is told with it, and may not replace what every problem says."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "The request cannot be understood"
    message: ClassVar[str] = "请求无法识别"

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        if not MEMBERS.isdisjoint(extra):
            raise TypeError(f"a problem says {MEMBERS & extra.keys()} by itself")
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra
        self.headers: dict[str, str] = {}


class InvalidRequest(AppError):
    """The body, a field, a parameter or a header does not have the documented form."""

    status, code = 422, "invalid_request"
    title, message = "The request does not have the documented form", "请求内容不符合要求"


class MalformedRequest(AppError):
    """The body is not JSON at all."""

    code = "malformed_request"
    title, message = "The request body is not valid JSON", "请求格式错误"


class NotFound(AppError):
    """There is no such thing, or it is not the caller's."""

    status, code = 404, "not_found"
    title, message = "There is no such thing here", "没有找到相关内容"


class MethodNotAllowed(AppError):
    """The address exists, but not with this method."""

    status, code = 405, "method_not_allowed"
    title, message = "This address does not take this method", "不支持的请求方式"


class SecondPersonNeeded(AppError):
    """A decision takes two people, and the caller has already said theirs (four eyes, 复核)."""

    status, code = 403, "second_person_needed"
    title, message = "Somebody else has to decide this", "须由另一名工作人员复核"


class TooLarge(AppError):
    """The body is larger than any documented request."""

    status, code = 413, "too_large"
    title, message = "The request is too large", "请求内容过大"


class UnsupportedMediaType(AppError):
    """The body is not of a content type that this address reads."""

    status, code = 415, "unsupported_media_type"
    title, message = "This content type is not read here", "不支持的内容类型"


class TooManyRequests(AppError):
    """The caller asked more often than is allowed; Retry-After says when to come back."""

    status, code = 429, "too_many_requests"
    title, message = "Too many requests", "请求过于频繁，请稍后再试"


class ServiceUnavailable(AppError):
    """Something the request needs is away for the moment; nothing is lost by asking again."""

    status, code = 503, "service_unavailable"
    title, message = "Temporarily unavailable, please ask again", "服务暂时不可用，请稍后再试"

    def __init__(self, detail: str | None = None, *, retry_after: int = 2, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers = {"Retry-After": str(retry_after)}


BY_STATUS: dict[int, type[AppError]] = {
    400: MalformedRequest,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMediaType,
    422: InvalidRequest,
    429: TooManyRequests,
    503: ServiceUnavailable,
}


def problem(error: AppError) -> Response:
    """The error as an RFC 9457 response with a stable `code` and a Chinese `message`."""
    body: dict[str, Any] = {
        "type": f"/docs/errors#{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail or error.title,
        "message": error.message,
    }
    if has_request_context():
        body["request_id"] = str(g.get("request_id", ""))
    body |= error.extra
    response = Response(json.dumps(body), status=error.status, content_type=PROBLEM)
    response.headers.update(error.headers)
    return response


def unexpected(error: Exception) -> Response:
    """A fault of ours: logged with its trace, answered as temporarily unavailable (503).

    The unit of work was rolled back, so that asking again is safe.
    """
    log.error("unexpected_error", path=request.path, method=request.method, exc_info=error)
    return problem(ServiceUnavailable(retry_after=5))


def install(app: Flask) -> None:
    """Registers the handlers on the application."""
    app.register_error_handler(AppError, problem)
    app.register_error_handler(Exception, unexpected)
