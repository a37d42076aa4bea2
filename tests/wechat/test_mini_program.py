"""The mini-program's people: login, session key, phone number, unionid."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.config import settings
from app.wechat import client
from app.wechat.client import WeChatUnavailable
from tests.wechat.api_desk import ApiDesk, refusal
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
LOGIN, PHONE = "/sns/jscode2session", "/wxa/business/getuserphonenumber"
PAID = "/wxa/getpaidunionid"


def test_a_login_code_tells_who_it_is_and_works_once(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    code = sandbox.act(phone, "login")["code"]
    session = client.code_to_session(code)
    assert session == client.LoginSession(phone["mini_openid"], phone["unionid"])
    key = session.session_key.get_secret_value()
    assert key
    assert key not in repr(session)
    with pytest.raises(client.LoginCodeInvalid):
        client.code_to_session(code)


@pytest.mark.parametrize("code", ["", "unknown", "x" * 129, "错"])
def test_a_login_code_nobody_got_is_invalid(sandbox: Sandbox, code: str) -> None:
    with pytest.raises(client.LoginCodeInvalid):
        client.code_to_session(code)


def test_a_person_wechat_finds_risky_may_not_log_in(api: ApiDesk) -> None:
    api.answers[LOGIN] = refusal(40226, "code blocked")
    with pytest.raises(client.LoginBlocked):
        client.code_to_session("code")


def test_a_login_whose_answer_got_lost_is_not_repeated(api: ApiDesk) -> None:
    api.answers[LOGIN] = "hang up"
    with pytest.raises(WeChatUnavailable) as caught:
        client.code_to_session("code")
    assert len(api.of(LOGIN)) == 1
    secret = settings().wechat_mini_secret.get_secret_value()
    assert secret not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_session_key_is_good_until_another_one_is(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    session = client.code_to_session(sandbox.act(phone, "login")["code"])
    key = session.session_key.get_secret_value()
    assert client.is_session_valid(session.openid, key)
    assert not client.is_session_valid(session.openid, key[::-1])
    with pytest.raises(client.PersonUnknown):
        client.is_session_valid("nobody", key)


def _phone(**more: Any) -> dict[str, Any]:
    app_id = settings().wechat_mini_app_id
    info = {
        "phoneNumber": "+8613800000000",
        "purePhoneNumber": "13800000000",
        "countryCode": "86",
        "watermark": {"timestamp": 1, "appid": app_id},
    }
    return {"errcode": 0, "errmsg": "ok", "phone_info": info | more}


def test_a_phone_number_belongs_to_the_person_who_asked(api: ApiDesk) -> None:
    api.answers[PHONE] = _phone()
    assert client.phone_number("c1", "o1") == client.PhoneNumber("13800000000", "86")
    assert api.of(PHONE)[0].body == {"code": "c1", "openid": "o1"}
    api.answers[PHONE] = _phone(watermark={"appid": "wxother"})
    with pytest.raises(WeChatUnavailable):
        client.phone_number("c1", "o1")


def test_a_phone_code_works_once_and_is_never_asked_for_twice(api: ApiDesk) -> None:
    api.answers[PHONE] = refusal(40029, "invalid code")
    for code in ("used", "", "x" * 129):
        with pytest.raises(client.PhoneCodeInvalid):
            client.phone_number(code, "o1")
    assert len(api.of(PHONE)) == 1
    api.answers[PHONE] = "hang up"
    with pytest.raises(WeChatUnavailable):
        client.phone_number("c1", "o1")
    assert len(api.of(PHONE)) == 2


def test_a_payer_is_known_by_the_payment(api: ApiDesk) -> None:
    api.answers[PAID] = {"errcode": 0, "unionid": "u1"}
    assert client.unionid_after_paying("o1", "A1") == "u1"
    assert api.of(PAID)[0].query | {"access_token": ""} == {
        "access_token": "",
        "openid": "o1",
        "mch_id": settings().wechat_pay_mch_id,
        "out_trade_no": "A1",
    }
    for nothing in ({"errcode": 0}, refusal(89300), refusal(89002)):
        api.answers[PAID] = nothing
        assert client.unionid_after_paying("o1", "A1") is None
    api.answers[PAID] = refusal(40003)
    with pytest.raises(client.PersonUnknown):
        client.unionid_after_paying("o1", "A1")
