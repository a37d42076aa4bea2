"""Web login of the official account (WeChat fact B10): the person chooses a phone and consents."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from sandbox import names, phones, users
from sandbox.answers import Refused
from sandbox.records import Token
from sandbox.tokens import LIFE_SECONDS, check_secret
from sandbox.world import World, world

SCOPES = ("snsapi_base", "snsapi_userinfo")

blueprint = Blueprint("oauth", __name__)


@blueprint.get("/connect/oauth2/authorize")
def authorize() -> Any:
    """A page to choose the phone; with `phone` in the query it answers at once."""
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
    """Who consented, once; unionid only with snsapi_userinfo."""
    here, fields = world(), request.args
    if fields.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    app_id = check_secret(here, fields.get("appid", ""), fields.get("secret", ""))
    with here.state.change():
        code = users.use_code(here, fields.get("code", ""), app_id)
        phone = here.state.phones.get(code.phone_id)
        if phone is None:
            raise Refused(40029, "invalid code")
        now = here.clock.now()
        value = f"web_{names.letters(100)}"
        here.state.tokens.put(Token(value, phone.openid, "web", now, now + LIFE_SECONDS))
    body = {
        "access_token": value,
        "expires_in": LIFE_SECONDS,
        "refresh_token": f"refresh_{names.letters(100)}",
        "openid": phone.openid,
        "scope": code.scope,
    }
    is_told = bool(phone.unionid) and code.scope == SCOPES[1]
    return jsonify(body | ({"unionid": phone.unionid} if is_told else {}))


@blueprint.get("/sns/userinfo")
def user_info() -> Response:
    """The person behind a web token."""
    here = world()
    token = here.state.tokens.get(request.args.get("access_token", ""))
    if token is None or token.family != "web" or token.expires_at <= here.clock.now():
        raise Refused(40001, "invalid credential, access_token is invalid or not latest,")
    phone = here.state.phones.find(request.args.get("openid", ""))
    if phone is None or phone.openid != token.app_id:
        raise Refused(40003, "invalid openid")
    return jsonify(openid=phone.openid, nickname="微信用户", headimgurl="", unionid=phone.unionid)


def _problem(here: World, fields: Any) -> str:
    if fields.get("appid") != here.accounts.oa_app_id:
        return "appid 参数错误"
    if fields.get("response_type") != "code" or fields.get("scope") not in SCOPES:
        return "response_type 或 scope 参数错误"
    target = urlsplit(fields.get("redirect_uri", ""))
    allowed = urlsplit(here.accounts.product_url)
    if not target.netloc or target.netloc != allowed.netloc:
        return "redirect_uri 域名与后台配置不一致"
    return ""


def _send_back(here: World, fields: Any) -> Any:
    phone = phones.find(here, fields["phone"])
    with here.state.change():
        code = users.new_code(here, phone, here.accounts.oa_app_id, fields["scope"])
    target = urlsplit(fields["redirect_uri"])
    query = [*parse_qsl(target.query), ("code", code.id), ("state", fields.get("state", ""))]
    return redirect(urlunsplit(target._replace(query=urlencode(query))))
