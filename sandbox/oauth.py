"""Web login of the official account (WeChat fact B10): the person chooses a phone and consents."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from sandbox import names, phones, users
from sandbox.answers import Refused, done
from sandbox.records import LoginCode, Phone, Token
from sandbox.tokens import LIFE_SECONDS, check_secret
from sandbox.world import World, world

SCOPES = ("snsapi_base", "snsapi_userinfo")
SNAPSHOTS = ("", "told", "untold")
REFRESH_SECONDS = 30 * 86400
WEB, REFRESH = "web", "refresh"

blueprint = Blueprint("oauth", __name__)


@blueprint.get("/connect/oauth2/authorize")
def authorize() -> Any:
    """A page to choose the phone; with `phone` in the query it answers at once.

    `snapshot=told` opens it as a snapshot page, `untold` without the flag that says so;
    `decline` refuses.
    """
    here, fields = world(), request.args
    problem = _problem(here, fields)
    if problem:
        return Response(html.escape(problem), 400, mimetype="text/html")
    if fields.get("phone"):
        return _send_back(here, fields)
    people = here.state.phones.latest(8)[::-1]
    return render_template("authorize.html", phones=people, query=fields.to_dict())


@blueprint.get("/sns/oauth2/access_token")
def exchange() -> Response:
    """Who consented, once; unionid only with snsapi_userinfo.

    A snapshot visitor is nobody: openid and unionid are made up for this one visit.
    """
    here, fields = world(), request.args
    if fields.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    app_id = check_secret(here, fields.get("appid", ""), fields.get("secret", ""))
    with here.state.change():
        code = users.use_code(here, fields.get("code", ""), app_id, *SCOPES)
        phone = users.phone_of(here, code)
        visitor = _visitor(phone, code)
        answer = _tokens(here, visitor["openid"], code.scope)
    if code.scope == SCOPES[1] and visitor["unionid"]:
        answer["unionid"] = visitor["unionid"]
    if code.snapshot == "told":
        answer["is_snapshotuser"] = 1
    return jsonify(answer)


@blueprint.get("/sns/oauth2/refresh_token")
def refresh() -> Response:
    """A new web token for a refresh_token, which works 30 days."""
    here, fields = world(), request.args
    if fields.get("grant_type") != "refresh_token":
        raise Refused(40002, "invalid grant_type")
    if fields.get("appid") != here.accounts.oa_app_id:
        raise Refused(40013, "invalid appid")
    with here.state.change():
        token = here.state.tokens.get(fields.get("refresh_token", ""))
        if token is None or not token.family.startswith(REFRESH):
            raise Refused(40030, "invalid refresh_token")
        if token.expires_at <= here.clock.now():
            raise Refused(42002, "refresh_token expired")
        scope = token.family.partition(":")[2]
        return jsonify(_tokens(here, token.app_id, scope, token.id))


@blueprint.get("/sns/auth")
def check() -> Response:
    """Whether a web token still works."""
    here = world()
    _web_token(here, request.args.get("access_token", ""), request.args.get("openid", ""))
    return done()


@blueprint.get("/sns/userinfo")
def user_info() -> Response:
    """The person behind a web token; names and faces are no longer given."""
    here, openid = world(), request.args.get("openid", "")
    token = _web_token(here, request.args.get("access_token", ""), openid)
    if not token.family.endswith(SCOPES[1]):
        raise Refused(48001, "api unauthorized")
    phone = here.state.phones.find(openid)
    union = {"unionid": phone.unionid} if phone and phone.unionid else {}
    fields = {"sex": 0, "province": "", "city": "", "country": "", "privilege": []}
    return jsonify(openid=openid, nickname="微信用户", headimgurl="", **fields, **union)


def _visitor(phone: Phone, code: LoginCode) -> dict[str, str]:
    if code.snapshot:
        return {"openid": names.openid(), "unionid": names.unionid()}
    return {"openid": phone.openid, "unionid": phone.unionid}


def _tokens(here: World, openid: str, scope: str, refresh_token: str = "") -> dict[str, Any]:
    """A web token and the token that renews it. Only within `State.change()`."""
    now = here.clock.now()
    web = Token(f"web_{names.letters(100)}", openid, f"{WEB}:{scope}", now, now + LIFE_SECONDS)
    here.state.tokens.put(web)
    if not refresh_token:
        refresh_token = f"refresh_{names.letters(100)}"
        ends_at = now + REFRESH_SECONDS
        here.state.tokens.put(Token(refresh_token, openid, f"{REFRESH}:{scope}", now, ends_at))
    return {
        "access_token": web.id,
        "expires_in": LIFE_SECONDS,
        "refresh_token": refresh_token,
        "openid": openid,
        "scope": scope,
    }


def _web_token(here: World, value: str, openid: str) -> Token:
    """Raises Refused 40001, 42001 or 40003."""
    token = here.state.tokens.get(value)
    if token is None or not token.family.startswith(WEB):
        raise Refused(40001, "invalid credential, access_token is invalid or not latest,")
    if token.expires_at <= here.clock.now():
        raise Refused(42001, "access_token expired")
    if token.app_id != openid:
        raise Refused(40003, "invalid openid")
    return token


def _problem(here: World, fields: Any) -> str:
    if fields.get("appid") != here.accounts.oa_app_id:
        return "appid 参数错误"
    if fields.get("response_type") != "code" or fields.get("scope") not in SCOPES:
        return "response_type 或 scope 参数错误"
    if fields.get("snapshot", "") not in SNAPSHOTS:
        return "snapshot 参数错误"
    if len(fields.get("state", "")) > 128:
        return "state 参数过长"
    target = urlsplit(fields.get("redirect_uri", ""))
    allowed = urlsplit(here.accounts.product_url)
    if not target.netloc or target.netloc != allowed.netloc:
        return "redirect_uri 域名与后台配置不一致"
    return ""


def _send_back(here: World, fields: Any) -> Any:
    """To the product's page: with a code, or without one if the person declined."""
    phone = phones.find(here, fields["phone"])
    target = urlsplit(fields["redirect_uri"])
    query = parse_qsl(target.query)
    if not fields.get("decline"):
        with here.state.change():
            app_id, snapshot = here.accounts.oa_app_id, fields.get("snapshot", "")
            code = users.new_code(here, phone, app_id, fields["scope"], snapshot)
        query.append(("code", code.id))
    query.append(("state", fields.get("state", "")))
    return redirect(urlunsplit(target._replace(query=urlencode(query))))
