"""access_token in both families, and who may call with it (WeChat fact B1)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import names, quotas, strikes
from sandbox.answers import Refused, json_body
from sandbox.records import Meta, Token
from sandbox.world import World, world

LIFE_SECONDS = 7200
OVERLAP_SECONDS = 300
FORCED_PER_DAY = 20
FORCED_APART_SECONDS = 30
DAY_SECONDS = 86400
TOKEN_FAULTS = ("token_invalid", "token_expired", "token_rotated")

blueprint = Blueprint("tokens", __name__)


@blueprint.get("/cgi-bin/token")
def classic() -> Response:
    """Each fetch makes a new token; the one before works five minutes more."""
    here = world()
    app_id = _check_application(here, request.args.to_dict())
    with here.state.change():
        _shorten(here, app_id, "classic", here.clock.now() + OVERLAP_SECONDS)
        token = _issue(here, app_id, "classic")
    return jsonify(access_token=token.id, expires_in=LIFE_SECONDS)


@blueprint.route("/cgi-bin/stable_token", methods=["GET", "POST"])
def stable() -> Response:
    """The same token while it is valid, with what is left of its life."""
    if request.method != "POST":
        raise Refused(43002, "require POST method")
    here, body = world(), json_body()
    app_id = _check_application(here, body)
    with here.state.change():
        now = here.clock.now()
        token = _current(here, app_id)
        if body.get("force_refresh") is True and _may_force(here, app_id):
            _shorten(here, app_id, "stable", now)
            token = None
        if token is None or token.expires_at - now < OVERLAP_SECONDS:
            token = _issue(here, app_id, "stable")
    return jsonify(access_token=token.id, expires_in=int(token.expires_at - now))


def requires_token(*kinds: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A route that needs a token of the official account ("oa") or mini-program ("mini")."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            here = world()
            app_id = holder(here, request.args.get("access_token", ""))
            kind = kind_of(here, app_id)
            if kind not in kinds:
                raise Refused(48001, "api unauthorized")
            quotas.count(here, app_id)
            return view(*args, **kwargs)

        return guarded

    return decorate


def app_id_of(here: World) -> str:
    """Whose token this request came with. `requires_token` has checked it."""
    token = here.state.tokens.get(request.args.get("access_token", ""))
    return token.app_id if token else ""


def kind_of(here: World, app_id: str) -> str:
    """oa or mini."""
    return "oa" if app_id == here.accounts.oa_app_id else "mini"


def holder(here: World, value: str) -> str:
    """The app id a token belongs to. Raises Refused 41001, 40001, 42001."""
    if not value:
        raise Refused(41001, "access_token missing")
    token = here.state.tokens.get(value)
    fault = here.faults.take(strikes.subject(), *TOKEN_FAULTS)
    if fault is not None and fault.kind == "token_rotated":
        # Another system fetched a token: what this caller holds is no longer the latest.
        with here.state.change():
            for other in here.state.tokens.group(token.app_id if token else ""):
                here.state.tokens.drop(other.id)
    if fault is not None and fault.kind == "token_expired":
        raise Refused(42001, "access_token expired")
    if token is None or fault is not None:
        raise Refused(40001, "invalid credential, access_token is invalid or not latest,")
    if token.expires_at <= here.clock.now():
        raise Refused(42001, "access_token expired")
    return token.app_id


def _check_application(here: World, fields: dict[str, Any]) -> str:
    if not fields.get("grant_type") or fields["grant_type"] != "client_credential":
        raise Refused(40002, "invalid grant_type")
    app_id, secret = fields.get("appid"), fields.get("secret")
    if not app_id:
        raise Refused(41002, "appid missing")
    if not secret:
        raise Refused(41004, "appsecret missing")
    return check_secret(here, str(app_id), str(secret))


def check_secret(here: World, app_id: str, secret: str) -> str:
    """The app id, if it is ours and the secret is its own. Raises Refused 40013, 40125."""
    expected = here.accounts.secrets.get(app_id)
    if expected is None:
        raise Refused(40013, "invalid appid")
    if not hmac.compare_digest(expected.encode(), secret.encode()):
        raise Refused(40125, "invalid appsecret, view more at http://t.cn/RAEkdVq")
    return app_id


def _current(here: World, app_id: str) -> Token | None:
    now = here.clock.now()
    living = [
        token
        for token in here.state.tokens.group(app_id)
        if token.family == "stable" and token.expires_at > now
    ]
    return living[-1] if living else None


def _issue(here: World, app_id: str, family: str) -> Token:
    now = here.clock.now()
    for old in here.state.tokens.group(app_id):
        if old.expires_at <= now - DAY_SECONDS:
            here.state.tokens.drop(old.id)
    value = f"{92 if family == 'stable' else 81}_{names.letters(134)}"
    return here.state.tokens.put(Token(value, app_id, family, now, now + LIFE_SECONDS))


def _shorten(here: World, app_id: str, family: str, end: float) -> None:
    for token in here.state.tokens.group(app_id):
        if token.family == family and token.expires_at > end:
            token.expires_at = end
            here.state.tokens.put(token)


def _may_force(here: World, app_id: str) -> bool:
    """Twenty forced refreshes a day, thirty seconds apart; otherwise nothing is refreshed."""
    now, key = here.clock.now(), f"forced:{app_id}"
    meta = here.state.meta.get(key) or Meta(key, [])
    recent = [moment for moment in meta.value if moment > now - DAY_SECONDS]
    if len(recent) >= FORCED_PER_DAY or (recent and now - recent[-1] < FORCED_APART_SECONDS):
        return False
    here.state.meta.put(Meta(key, [*recent, now]))
    return True
