"""What all pages of both consoles share: the frame, its headers, refusals, and acting by forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import structlog
from apiflask import APIBlueprint
from flask import Response, g, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from app.core.auth import NotSignedIn, PasswordChangeNeeded
from app.core.errors import BY_STATUS, AppError, ServiceUnavailable, problem
from app.core.world import new_id
from app.pages.console import areas, choices, sessions, wording
from app.pages.console.calls import Answer, Refused
from app.pages.console.texts import language, t

log = structlog.get_logger()
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
# Without `same-origin` a browser would say `Origin: null` with our own forms.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
SIGN_IN, PASSWORD, FLASH = "/console/sign-in", "/console/password", "flash"
FACTOR = "/console/second-factor"
FLASH_SECONDS = 60
LONGEST_FLASH = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form was refused, in the visitor's language, and what had been typed into it."""

    action: str
    status: int
    code: str
    message: str
    detail: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)


def pages(name: str, import_name: str) -> APIBlueprint:
    """A blueprint for pages of a console: a refusal is a page for who asked for one."""
    blueprint = APIBlueprint(f"console_{name}", import_name, tag=f"Console {name}")
    blueprint.register_error_handler(AppError, refused)
    blueprint.register_error_handler(Exception, failed)
    return blueprint


def render(template: str, *, status: int = 200, **facts: Any) -> Response:
    """A page of a console: `console/…` templates with the frame's words and headers."""
    found = g.get("visitor")
    console = areas.current(found.is_platform) if found else None
    shown = render_template(
        template,
        t=t,
        language=language(),
        visitor=found,
        console=console,
        menu=console.menu(found.roles) if console and found else {},
        flash=_taken_flash(),
        csrf=sessions.csrf,
        new_key=lambda: new_id().hex,
        refusal=g.get("refusal"),
        given=_typed(),
        offer_choices=choices.offers,
        store_choices=choices.stores,
        merchant_choices=choices.merchants,
        nobody_found=choices.is_nobody_found,
        finding_in=request.path if choices.FINDING in _typed() else None,
        **{name: getattr(wording, name) for name in WORDINGS},
        **facts,
    )
    response = make_response(shown, status)
    response.headers.update(HEADERS)
    if request.cookies.get(FLASH):
        response.delete_cookie(FLASH, path="/")
    return response


WORDINGS = (
    "money",
    "percent",
    "decimal",
    "number",
    "moment",
    "day",
    "short",
    "by",
    "figures",
    "word",
    "action_name",
    "category",
    "details",
    "application_step",
    "badge",
)


def act(
    answer: Answer,
    *,
    then: str,
    done: str,
    again: Callable[[], Response | str],
    read: Mapping[str, str] | None = None,
) -> Response | str:
    """After a form: on to `then` saying `done`, or the page `again` with why it was refused.

    Where the API wants the visitor's proof first, a page asks for it and sends the form after, with
    what was `read` from its files, by field: files themselves cannot be kept in a page.
    """
    if not answer.is_refused:
        return onwards(then, done)
    if answer.body.get("code") == "confirmation_needed":
        return render("console/confirm.html", status=403, fields=kept_fields(read), to=request.path)
    if answer.status == NotSignedIn.status:
        raise NotSignedIn()
    g.refusal = refusal_of(answer)
    response = make_response(again())
    response.status_code = answer.status
    return response


def refusal_of(answer: Answer) -> Refusal:
    """A problem of the API in the visitor's language."""
    body = answer.body
    is_english = language() == "en"
    message = body.get("title" if is_english else "message") or t("暂时无法完成，请稍后再试。")
    detail = body.get("detail", "")
    return Refusal(
        action=request.path,
        status=answer.status,
        code=body.get("code", ""),
        message=message,
        detail="" if detail == body.get("title") else detail,
        fields=body.get("errors", {}),
    )


def refuse(answer: Answer) -> int:
    """Has the page say why what it looked for was refused; the status to show it with."""
    g.refusal = refusal_of(answer)
    return answer.status


def onwards(then: str, done: str) -> Response:
    """To another page (303), which says what was done."""
    response = redirect(then, 303)
    if done:
        text = quote(done[:LONGEST_FLASH])
        sessions.remember(response, FLASH, text, FLASH_SECONDS)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]


def download(data: bytes, content_type: str, name: str) -> Response:
    """A file to keep; `name` is made of ASCII only."""
    response = Response(data, content_type=content_type)
    response.headers.update(HEADERS)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def reload() -> Response:
    """Has htmx load the whole page anew: what its part showed has changed."""
    return Response("", headers=HEADERS | {"HX-Refresh": "true"})


def layout() -> str:
    """What a part of a page extends: nothing where htmx asks for it, else the frame of a page."""
    return "console/part.html" if is_fragment() else "console/base.html"


def is_fragment() -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def refused(error: AppError) -> Response:
    """A refusal as a page for a browser, else as problem+json; who is unknown signs in first."""
    if not _wants_page():
        return problem(error)
    if error.status == NotSignedIn.status:
        return _to_sign_in()
    if isinstance(error, PasswordChangeNeeded):
        who = g.get("visitor")
        if who is not None and not who.must_change_password:
            return onwards(FACTOR, t("请先绑定自己的动态码"))
        return onwards(PASSWORD, t("请先设置自己的密码"))
    return _error_page(error)


def failed(error: Exception) -> Response | HTTPException:
    """A fault of ours: logged, and a page that says it may be tried again."""
    if isinstance(error, HTTPException):
        kind = BY_STATUS.get(error.code or 0)
        return refused(kind()) if kind else error
    log.error("page_failed", path=request.path, method=request.method, exc_info=error)
    return refused(ServiceUnavailable(retry_after=5))


def _error_page(error: AppError) -> Response:
    answer = error.answer if isinstance(error, Refused) else None
    response = render(
        "console/error.html",
        status=error.status,
        message=error.title if language() == "en" else error.message,
        code=error.code,
        request_id=(answer.body.get("request_id") if answer else None) or g.get("request_id"),
    )
    response.headers.update(error.headers)
    return response


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
    address = f"{SIGN_IN}?next={quote(wanted, safe='/')}"
    if is_fragment():
        return Response("", headers={"HX-Redirect": SIGN_IN})
    response = redirect(address, 303)
    sessions.forget(response)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]


def _wants_page() -> bool:
    return "text/html" in request.headers.get("Accept", "") or is_fragment()


def kept_fields(read: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """What the form held, to be sent again, with what was `read` of its files in place of fields of
    that name; never what proves who somebody is."""
    more = read or {}
    left = {"csrf", "password", "totp", *more}
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in left]
    return [*typed, *more.items()]


def _typed() -> Mapping[str, str]:
    """What the form holds; nothing where it cannot be read at all (too large, cut off)."""
    try:
        return request.form if request.method == "POST" else {}
    except HTTPException:
        return {}


def _taken_flash() -> str:
    return unquote(request.cookies.get(FLASH, ""))[:LONGEST_FLASH]
