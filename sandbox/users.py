"""Who follows, and who a login code belongs to (WeChat facts B4, C1)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import names
from sandbox.answers import Refused, done, json_body
from sandbox.records import LoginCode, Phone
from sandbox.tokens import check_secret, requires_token
from sandbox.world import World, world

CODE_SECONDS = 300
BATCH = 100

blueprint = Blueprint("users", __name__)


@blueprint.get("/cgi-bin/user/info")
@requires_token("oa")
def info() -> Response:
    """One follower; of somebody who does not follow only that they do not."""
    here = world()
    return jsonify(_info(_phone(here, request.args.get("openid", ""))))


@blueprint.post("/cgi-bin/user/info/batchget")
@requires_token("oa")
def info_batch() -> Response:
    """Up to a hundred at once."""
    here, wanted = world(), json_body().get("user_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= BATCH:
        raise Refused(40097, "invalid args")
    openids = [entry.get("openid", "") for entry in wanted if isinstance(entry, dict)]
    return jsonify(user_info_list=[_info(_phone(here, openid)) for openid in openids])


@blueprint.get("/cgi-bin/user/get")
@requires_token("oa")
def followers() -> Response:
    """The openids of all followers (one page is enough here)."""
    here = world()
    openids = [phone.openid for phone in here.state.phones.all() if phone.follows]
    last = openids[-1] if openids else ""
    return jsonify(
        total=len(openids), count=len(openids), data={"openid": openids}, next_openid=last
    )


@blueprint.get("/sns/jscode2session")
def login() -> Response:
    """Who sent this js_code, once (WeChat fact C1)."""
    here, fields = world(), request.args
    if fields.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    app_id = check_secret(here, fields.get("appid", ""), fields.get("secret", ""))
    if app_id != here.accounts.mini_app_id:
        raise Refused(40013, "invalid appid")
    with here.state.change():
        phone = _phone_of(here, use_code(here, fields.get("js_code", ""), app_id))
        if not phone.session_key:
            phone.session_key = names.session_key()
            here.state.phones.put(phone)
    union = {"unionid": phone.unionid} if phone.unionid else {}
    return jsonify(openid=phone.mini_openid, session_key=phone.session_key, **union)


@blueprint.get("/wxa/checksession")
@requires_token("mini")
def check_session() -> Response:
    """Whether a session_key is still the current one."""
    phone = _phone(world(), request.args.get("openid", ""))
    expected = hmac.new(phone.session_key.encode(), b"", hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.args.get("signature", "")):
        raise Refused(87009, "invalid signature")
    return done()


def new_code(here: World, phone: Phone, app_id: str, scope: str = "") -> LoginCode:
    """A login code of this phone. Only within `State.change()`."""
    code = LoginCode(
        "0" + names.letters(31), phone.id, app_id, here.clock.now() + CODE_SECONDS, scope
    )
    return here.state.login_codes.put(code)


def use_code(here: World, value: str, app_id: str) -> LoginCode:
    """Use a login code up. Raises Refused 40029 (unknown, over, foreign) or 40163 (used)."""
    code = here.state.login_codes.get(value)
    if code is None or code.app_id != app_id or code.expires_at <= here.clock.now():
        raise Refused(40029, "invalid code")
    if code.used:
        raise Refused(40163, "code been used")
    code.used = True
    return here.state.login_codes.put(code)


def _phone_of(here: World, code: LoginCode) -> Phone:
    phone = here.state.phones.get(code.phone_id)
    if phone is None:
        raise Refused(40029, "invalid code")
    return phone


def _phone(here: World, openid: str) -> Phone:
    phone = here.state.phones.find(openid)
    app_is_mini = request.path.startswith("/wxa/")
    own = phone and (phone.mini_openid if app_is_mini else phone.openid)
    if phone is None or own != openid:
        raise Refused(40003, "invalid openid")
    return phone


def _info(phone: Phone) -> dict[str, Any]:
    if not phone.follows:
        return {"subscribe": 0, "openid": phone.openid, "tagid_list": []}
    scanned = bool(phone.follow_scene)
    union = {"unionid": phone.unionid} if phone.unionid else {}
    return union | {
        "subscribe": 1,
        "openid": phone.openid,
        "nickname": "",
        "headimgurl": "",
        "language": "zh_CN",
        "subscribe_time": int(phone.followed_at),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if scanned else "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": phone.follow_scene,
    }
