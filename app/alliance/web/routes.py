"""Pages inside WeChat: logging in there, and what their JS-SDK needs. Holds no rule."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, redirect, request

from app.alliance.errors import AddressNotOurs
from app.alliance.schemas import SessionView
from app.alliance.web import login as web_login
from app.alliance.web.schemas import JsSdkQuery, JsSdkView, WebLoginQuery
from app.core import auth, doors
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.limits import MEMBER_SIGN_IN, limiter
from app.wechat import client as wechat

blueprint = api_blueprint("web pages", __name__)
COOKIE, COOKIE_PATH = "lianhui_visit", "/api/v1/oauth"
COOKIE_SECONDS = web_login.KEEP_DAYS * 24 * 3600
LONGEST = 128
_ELSEWHERE: Any = {302: {"description": "To WeChat, or back to the page"}}


@blueprint.get("/oauth/start")
@blueprint.input(WebLoginQuery, location="query", arg_name="query")
@blueprint.doc(responses=_ELSEWHERE)
@auth.public
@limiter.limit(MEMBER_SIGN_IN)
def start_login(query: WebLoginQuery) -> Response:
    """Log in on a page inside WeChat: this is also the link of a code (`?scene=`).

    `return_to` is a path of ours. Afterwards the page asks `POST /oauth/session` for its token.
    """
    started = web_login.start(
        request.cookies.get(COOKIE), query.scene, query.return_to, is_asked=query.consent
    )
    response = _sent_to(started.address)
    response.set_cookie(
        COOKIE,
        started.browser,
        max_age=COOKIE_SECONDS,
        path=COOKIE_PATH,
        secure=settings().base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return response


@blueprint.get("/oauth/callback")
@blueprint.doc(responses=_ELSEWHERE)
@auth.public
@limiter.limit(MEMBER_SIGN_IN)
def end_login() -> Response:
    """Where WeChat sends the browser back to, with `code` and `state`."""
    given = {name: request.args.get(name, "")[:LONGEST] for name in ("state", "code")}
    return _sent_to(
        web_login.come_back(request.cookies.get(COOKIE), given["state"], given["code"] or None)
    )


@blueprint.post("/oauth/session")
@blueprint.output(SessionView, status_code=201)
@auth.public
@limiter.limit(MEMBER_SIGN_IN)
def open_web_session() -> dict[str, Any]:
    """The session of whoever just logged in in this browser: once, within two minutes."""
    browser = request.cookies.get(COOKIE)
    entrance = doors.of_page(request.user_agent.string)
    return in_transaction(lambda: web_login.claim(browser, entrance))


@blueprint.get("/js-sdk")
@blueprint.input(JsSdkQuery, location="query", arg_name="query")
@blueprint.output(JsSdkView)
@auth.public
@limiter.limit(MEMBER_SIGN_IN)
def sign_page(query: JsSdkQuery) -> dict[str, str]:
    """What `wx.config` needs on a page of ours; nothing is signed for any other origin."""
    if _origin(query.url) != _origin(settings().base_url):
        raise AddressNotOurs()
    signed = wechat.page_signature(query.url)
    return {
        "app_id": signed["appId"],
        "timestamp": signed["timestamp"],
        "nonce": signed["nonceStr"],
        "signature": signed["signature"],
    }


def _origin(address: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None for what is no plain web address."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return None
    return parts.scheme, parts.hostname.lower(), port


def _sent_to(address: str) -> Response:
    response: Response = redirect(address)  # type: ignore[assignment]
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
