"""Signing in and out, proving who one is before what is dangerous, language, own sessions."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, g, redirect, request

from app.core import auth
from app.core.errors import NotFound
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, consoles
from app.pages.console.texts import COOKIE, LANGUAGES, t

blueprint = frame.pages("signing_in", __name__)
AREA = Area(blueprint)
YEAR_SECONDS = 365 * 86_400


@blueprint.get("/console/sign-in")
@auth.public
def show_sign_in() -> Response:
    """The form to sign in, for staff of the platform and of merchants."""
    return _sign_in_page(200)


@blueprint.post("/console/sign-in")
@auth.public
def sign_in() -> Response | str:
    """Sign in with user name, password and second factor."""
    sessions.check_form()
    wish = forms.body(text=("username", "totp")) | {"password": request.form.get("password", "")}
    answer = calls.send("POST", "/staff/sessions", wish)
    if answer.is_refused:
        g.refusal = frame.refusal_of(answer)
        return _sign_in_page(answer.status)
    is_platform = bool(set(answer.body["roles"]) & auth.PLATFORM_ROLES)
    home = _home(request.form.get("next", ""), is_platform)
    if answer.body["must_enrol_factor"]:
        home = frame.FACTOR
    then = frame.PASSWORD if answer.body["must_change_password"] else home
    response = frame.onwards(then, _warning(answer.body["wrong_codes"]))
    sessions.keep(response, answer.body["token"])
    return response


def _warning(wrong_codes: int) -> str:
    """Who did not mistype them knows now that somebody has the password."""
    if not wrong_codes:
        return ""
    return t(
        "上次登录后有 {count} 次密码正确但动态码错误。若非本人操作，请立即修改密码。",
        count=wrong_codes,
    )


@blueprint.post("/console/sign-out")
@sessions.page()
def sign_out() -> Response:
    """Sign out here."""
    calls.send("DELETE", "/staff/sessions/current")
    response = frame.onwards(frame.SIGN_IN, "")
    sessions.forget(response)
    return response


@blueprint.post("/console/language")
@auth.public
def choose_language() -> Response:
    """Chinese or English, kept in a cookie."""
    sessions.enter_if_any()
    sessions.check_form()
    response = frame.onwards(_local(request.form.get("next", "")) or "/console", "")
    wanted = forms.text("language")
    if wanted in LANGUAGES:
        sessions.remember(response, COOKIE, wanted, YEAR_SECONDS)
    return response


@blueprint.post("/console/confirm")
@sessions.page()
def confirm() -> Response | str:
    """Prove who I am once more, then go on with what was wanted (307: the same form again)."""
    wanted = _local(request.form.get("confirm_to", ""))
    if not wanted:
        raise NotFound()
    proof = {"password": request.form.get("password", ""), "totp": forms.text("totp")}
    answer = calls.send("POST", "/staff/sessions/confirmation", proof)
    if answer.is_refused:
        g.refusal = frame.refusal_of(answer)
        kept = [pair for pair in frame.kept_fields() if pair[0] != "confirm_to"]
        return frame.render("console/confirm.html", status=answer.status, fields=kept, to=wanted)
    return redirect(wanted, 307)  # type: ignore[return-value]


@blueprint.get("/console/sessions")
@sessions.page()
def show_sessions() -> Response:
    """Where I am signed in."""
    return frame.render("console/sessions.html", **calls.read("/staff/sessions"))


@blueprint.post("/console/sessions/<string(length=32):name>/end")
@sessions.page()
def end_session(name: str) -> Response | str:
    """Sign out in one other place."""
    answer = calls.send("DELETE", f"/staff/sessions/{name}")
    return frame.act(
        answer, then="/console/sessions", done=t("已退出该处登录"), again=show_sessions
    )


@blueprint.get("/console/password")
@sessions.page()
def show_password() -> Response:
    """The form to choose a password."""
    return frame.render("console/password.html")


@blueprint.post("/console/password")
@sessions.page()
def change_password() -> Response | str:
    """Choose a password; every other session ends, this one goes on."""
    wish = {name: request.form.get(name, "") for name in ("current", "new")}
    answer = calls.send("PUT", "/staff/me/password", wish)
    then, done = frame.PASSWORD, t("密码已修改")
    if not answer.is_refused:
        now = sessions.enter()
        then = frame.FACTOR if now.must_enrol_factor else _home("", now.is_platform)
    return frame.act(answer, then=then, done=done, again=show_password)


@blueprint.get("/console/<path:rest>")
@sessions.page()
def show_nothing(rest: str) -> Response:
    """There is no such page."""
    raise NotFound(f"no page at /console/{rest}"[:200])


def _sign_in_page(status: int) -> Response:
    wanted = request.form.get("next") or request.args.get("next", "")
    response = frame.render("console/sign_in.html", status=status, next=_local(wanted))
    sessions.keep_visit(response)
    return response


def _home(wanted: str, is_platform: bool) -> str:
    """Where to go after signing in: what was wanted, if it is a page of the visitor's console."""
    home = "/console" if is_platform or "/shop" not in consoles() else "/shop"
    local = _local(wanted)
    return local if local and local.startswith(home) else home


def _local(address: str) -> str:
    """The address if it is one of a console, else nothing: never to another site."""
    try:
        parts = urlsplit(address)
    except ValueError:  # such as an address with half a bracket
        return ""
    if parts.scheme or parts.netloc or "\\" in address or not address.isprintable():
        return ""
    begins = tuple(consoles())
    return address if parts.path.startswith(begins) and not address.startswith("//") else ""
