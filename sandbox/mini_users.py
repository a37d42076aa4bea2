"""Who logged in to the mini-program, and their phone number (WeChat facts B11, C1, C3)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import names
from sandbox.answers import Refused, Strict, done, read
from sandbox.records import Phone
from sandbox.tokens import check_secret, requires_token
from sandbox.users import phone_of, use_code
from sandbox.world import World, world

PHONE_NUMBER = "phone_number"
UNIONID_SECONDS = 300

blueprint = Blueprint("mini_users", __name__)


class PhoneNumberRequest(Strict):
    code: str
    openid: str | None = None


@blueprint.get("/sns/jscode2session")
def login() -> Response:
    """Who sent this js_code, once; each login makes a new session_key (WeChat fact C1)."""
    here, fields = world(), request.args
    if fields.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    app_id = check_secret(here, fields.get("appid", ""), fields.get("secret", ""))
    if app_id != here.accounts.mini_app_id:
        raise Refused(40013, "invalid appid")
    with here.state.change():
        phone = phone_of(here, use_code(here, fields.get("js_code", ""), app_id))
        phone.session_key = names.session_key()
        here.state.phones.put(phone)
    union = {"unionid": phone.unionid} if phone.unionid else {}
    return jsonify(openid=phone.mini_openid, session_key=phone.session_key, **union)


@blueprint.get("/wxa/checksession")
@requires_token("mini")
def check_session() -> Response:
    """Whether a session_key is still the current one."""
    _signed_by(world())
    return done()


@blueprint.get("/wxa/resetusersessionkey")
@requires_token("mini")
def reset_session() -> Response:
    """A new session_key; the one that signed is over."""
    here = world()
    with here.state.change():
        phone = _signed_by(here)
        phone.session_key = names.session_key()
        here.state.phones.put(phone)
    return done(openid=phone.mini_openid, session_key=phone.session_key)


@blueprint.post("/wxa/business/getuserphonenumber")
@requires_token("mini")
def phone_number() -> Response:
    """The number behind a code of the phone number button: once, for five minutes (fact C3)."""
    here, wish = world(), read(PhoneNumberRequest, {"code": 40029, "openid": 40003})
    app_id = here.accounts.mini_app_id
    with here.state.change():
        code = here.state.login_codes.get(wish.code)
        if code is None or code.used:
            raise Refused(40029, "invalid code")
        phone = phone_of(here, code)
        if wish.openid is not None and wish.openid != phone.mini_openid:
            raise Refused(40003, "invalid openid")
        use_code(here, wish.code, app_id, PHONE_NUMBER)
    watermark = {"timestamp": int(here.clock.now()), "appid": app_id}
    return done(phone_info=_number(phone) | {"watermark": watermark})


@blueprint.get("/wxa/getpaidunionid")
@requires_token("mini")
def paid_unionid() -> Response:
    """The unionid of somebody who paid within the last five minutes (fact B11)."""
    here, fields = world(), request.args
    phone = mini_phone(here, fields.get("openid", ""))
    order = here.state.orders.find(fields.get("transaction_id", ""))
    if not fields.get("transaction_id") and fields.get("mch_id") == here.accounts.mch_id:
        order = here.state.orders.get(fields.get("out_trade_no", ""))
    now = here.clock.now()
    if order is None or order.openid != phone.mini_openid or not order.paid_at:
        raise Refused(89300, "invalid trade")
    if now - order.paid_at > UNIONID_SECONDS:
        raise Refused(89300, "invalid trade")
    if not phone.unionid:
        raise Refused(89002, "open not exists")
    return done(unionid=phone.unionid)


def mini_phone(here: World, openid: str) -> Phone:
    """The person with this openid of the mini-program. Raises Refused 40003."""
    phone = here.state.phones.find(openid)
    if phone is None or phone.mini_openid != openid:
        raise Refused(40003, "invalid openid")
    return phone


def _signed_by(here: World) -> Phone:
    """Whose session_key signed the empty text. Raises Refused 40003, 87007, 87008 or 87009."""
    phone = mini_phone(here, request.args.get("openid", ""))
    if request.args.get("sig_method", "hmac_sha256") != "hmac_sha256":
        raise Refused(87008, "invalid sig_method")
    if not phone.session_key:
        raise Refused(87007, "session_key is not existd or expired")
    expected = hmac.new(phone.session_key.encode(), b"", hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.args.get("signature", "")):
        raise Refused(87009, "invalid signature")
    return phone


def _number(phone: Phone) -> dict[str, Any]:
    return {
        "phoneNumber": phone.number,
        "purePhoneNumber": phone.number,
        "countryCode": "86",
    }
