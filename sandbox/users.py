"""Who follows, and codes that say who somebody is (WeChat facts B4, C1)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import names
from sandbox.answers import Refused, Strict, read
from sandbox.records import LoginCode, Phone
from sandbox.tokens import requires_token
from sandbox.world import World, world

CODE_SECONDS = 300
BATCH = 100
FOLLOWERS_PAGE = 10_000

blueprint = Blueprint("users", __name__)


class BatchEntry(Strict):
    openid: str
    lang: str = "zh_CN"


class BatchRequest(Strict):
    user_list: list[BatchEntry]


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
    here, wish = world(), read(BatchRequest, {"user_list": 40097})
    if not 1 <= len(wish.user_list) <= BATCH:
        raise Refused(40097, "invalid args")
    wanted = [_phone(here, entry.openid) for entry in wish.user_list]
    return jsonify(user_info_list=[_info(phone) for phone in wanted])


@blueprint.get("/cgi-bin/user/get")
@requires_token("oa")
def followers() -> Response:
    """The openids of followers after `next_openid`, a page of 10,000 (WeChat fact B4).

    The last openid of a page is always given back as the next one; what follows the last follower
    of all is a page without `data`, by which callers know the end.
    """
    here, after = world(), request.args.get("next_openid", "")
    openids = [phone.openid for phone in here.state.phones.all() if phone.follows]
    if after and after not in openids:
        raise Refused(40003, "invalid openid")
    page = openids[openids.index(after) + 1 if after else 0 :][:FOLLOWERS_PAGE]
    if not page:
        return jsonify(total=len(openids), count=0, next_openid="")
    return jsonify(total=len(openids), count=len(page), data={"openid": page}, next_openid=page[-1])


def new_code(
    here: World, phone: Phone, app_id: str, scope: str = "", snapshot: str = ""
) -> LoginCode:
    """A code of this phone. `scope` says what for. Only within `State.change()`."""
    ends_at = here.clock.now() + CODE_SECONDS
    code = LoginCode("0" + names.letters(31), phone.id, app_id, ends_at, scope, snapshot=snapshot)
    return here.state.login_codes.put(code)


def use_code(here: World, value: str, app_id: str, *scopes: str) -> LoginCode:
    """Use up a code of one of these scopes. Only within `State.change()`.

    Raises Refused 40029 (unknown, over, foreign, made for something else) or 40163 (used).
    """
    code = here.state.login_codes.get(value)
    if code is None or code.app_id != app_id or code.expires_at <= here.clock.now():
        raise Refused(40029, "invalid code")
    if code.scope not in (scopes or ("",)):
        raise Refused(40029, "invalid code")
    if code.used:
        raise Refused(40163, "code been used")
    code.used = True
    return here.state.login_codes.put(code)


def phone_of(here: World, code: LoginCode) -> Phone:
    """Whose code it is. Raises Refused 40029."""
    phone = here.state.phones.get(code.phone_id)
    if phone is None:
        raise Refused(40029, "invalid code")
    return phone


def _phone(here: World, openid: str) -> Phone:
    phone = here.state.phones.find(openid)
    if phone is None or phone.openid != openid:
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
