"""Who is at the console: the cookie with the API's bearer token, and what keeps forms ours.

The cookie is HttpOnly, SameSite=Strict and Secure outside plain loopback. Each POST must come from
our own origin and carry a token made from the visitor's cookie (CSRF).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, g, request

from app.core.auth import (
    PLATFORM_ROLES,
    STAFF_ROLES,
    NotAllowed,
    NotSignedIn,
    PasswordChangeNeeded,
)
from app.core.config import settings
from app.core.errors import AppError
from app.pages.console import calls

View = TypeVar("View", bound=Callable[..., Any])
COOKIE, VISIT = "staff", "visit"
SAFE = {"GET", "HEAD", "OPTIONS"}


class ForeignForm(AppError):
    """A form came from elsewhere, or from a page that was opened before signing in or out."""

    status, code = 403, "foreign_form"
    title = "This form is not from your own page; load the page anew"
    message = "页面已过期，请刷新后重试"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Staff at a console, as the API knows them."""

    staff_id: str
    username: str
    roles: frozenset[str]
    merchant_id: str | None
    store_ids: tuple[str, ...]
    session: dict[str, Any]
    must_change_password: bool
    must_enrol_factor: bool

    @property
    def is_platform(self) -> bool:
        """Whether the operator console is theirs; else the merchant's is."""
        return bool(self.roles & PLATFORM_ROLES)


def page(*roles: str) -> Callable[[View], View]:
    """The view is a page of a console for staff with one of the roles; without any: for all, also
    for those who have not chosen a password of their own yet.

    Raises NotSignedIn, NotAllowed, PasswordChangeNeeded, ForeignForm, before anything is done.
    """
    wanted = frozenset(roles)
    if wanted - STAFF_ROLES:
        raise ValueError(f"unknown staff roles: {sorted(wanted - STAFF_ROLES)}")

    def decide(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            visitor = enter()
            if request.method not in SAFE:
                check_form()
            if wanted and (visitor.must_change_password or visitor.must_enrol_factor):
                raise PasswordChangeNeeded()
            if wanted and not visitor.roles & wanted:
                raise NotAllowed()
            return view(*args, **kwargs)

        guarded.auth_decision = "page:" + (",".join(sorted(wanted)) or "staff")  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decide


def enter() -> Visitor:
    """Who sent the cookie. Raises NotSignedIn."""
    g.staff_token = request.cookies.get(_name(COOKIE))
    if not g.staff_token:
        raise NotSignedIn()
    g.looked_up = {}
    answer = calls.send("GET", "/staff/me")
    if answer.status in (401, 403):
        raise NotSignedIn()
    if answer.is_refused:
        raise calls.Refused(answer)
    me = answer.body
    g.visitor = Visitor(
        me["staff_id"],
        me["username"] or "",
        frozenset(me["roles"]),
        me["merchant_id"],
        tuple(me["store_ids"]),
        me["session"],
        me["must_change_password"],
        me["must_enrol_factor"],
    )
    return visitor()


def enter_if_any() -> None:
    """Who sent the cookie, where somebody did and the API still knows them."""
    if request.cookies.get(_name(COOKIE)):
        enter()


def visitor() -> Visitor:
    """Who is at the console now. Raises NotSignedIn."""
    found: Visitor | None = g.get("visitor")
    if found is None:
        raise NotSignedIn()
    return found


def check_form() -> None:
    """Raises ForeignForm unless the request comes from a form of ours in the visitor's page."""
    given = request.form.get("csrf") or request.headers.get("X-CSRF-Token", "")
    if not _is_own(request.headers.get("Origin", "")):
        raise ForeignForm()
    if not hmac.compare_digest(given.encode("utf-8", "replace"), csrf().encode()):
        raise ForeignForm()


def csrf() -> str:
    """What each form of this visitor carries."""
    seed = request.cookies.get(_name(COOKIE)) or visit()
    key = settings().secret_key.get_secret_value().encode()
    return hmac.new(key, f"console-form/{seed}".encode(), sha256).hexdigest()


def visit() -> str:
    """A random mark of a browser that is not signed in, kept in a cookie by `keep_visit`."""
    if "visit" not in g:
        g.visit = request.cookies.get(_name(VISIT)) or secrets.token_urlsafe(24)
    return str(g.visit)


def keep_visit(response: Response) -> None:
    """Sets the mark, so that the form to sign in comes from a page of ours."""
    _set(response, VISIT, visit())


def keep(response: Response, token: str) -> None:
    """Signs the browser in with a token of the API, for as long as the API takes it."""
    _set(response, COOKIE, token)


def forget(response: Response) -> None:
    """Signs the browser out."""
    response.delete_cookie(
        _name(COOKIE), path="/", secure=_is_secure(), httponly=True, samesite="Strict"
    )


def remember(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Sets a cookie that is no secret, with the same walls around it."""
    _set(response, name, value, seconds)


def _set(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    response.set_cookie(
        _name(name) if name in (COOKIE, VISIT) else name,
        value,
        max_age=seconds,
        path="/",
        secure=_is_secure(),
        httponly=True,
        samesite="Strict",
    )


def _name(cookie: str) -> str:
    return f"__Host-{cookie}" if _is_secure() else cookie


def _is_secure() -> bool:
    """Everywhere but at a plain address of this machine, where there is no certificate."""
    host = urlsplit(f"//{request.host}").hostname or ""
    if urlsplit(settings().base_url).scheme == "https":
        return True
    return not _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_own(origin: str) -> bool:
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(place) and place in {request.host, urlsplit(settings().base_url).netloc}
