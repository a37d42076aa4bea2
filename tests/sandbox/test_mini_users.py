"""Login to the mini-program, session keys, privacy consent and the phone number."""

from __future__ import annotations

import hashlib
import hmac

import requests

from tests.sandbox.conftest import ACCOUNTS


def login(sandbox, code: str) -> dict:
    params = {
        "appid": ACCOUNTS["WECHAT_MINI_APP_ID"],
        "secret": ACCOUNTS["WECHAT_MINI_SECRET"],
        "js_code": code,
        "grant_type": "authorization_code",
    }
    return requests.get(f"{sandbox.url}/sns/jscode2session", params, timeout=9).json()


def open_mini_program(sandbox, phone) -> dict:
    return login(sandbox, sandbox.control(f"/phones/{phone['id']}/login")["code"])


def act(sandbox, phone, name, **wish) -> requests.Response:
    return requests.post(f"{sandbox.url}/__ctl/phones/{phone['id']}/{name}", json=wish, timeout=9)


def number_of(sandbox, code: str, **more) -> dict:
    wish = {"code": code} | more
    return sandbox.call("/wxa/business/getuserphonenumber", wish, "MINI").json()


def test_a_login_code_works_once_and_five_minutes(sandbox):
    phone = sandbox.phone()
    code = sandbox.control(f"/phones/{phone['id']}/login")["code"]
    session = login(sandbox, code)
    assert (session["openid"], session["unionid"]) == (phone["mini_openid"], phone["unionid"])
    assert login(sandbox, code)["errcode"] == 40163
    late = sandbox.control(f"/phones/{phone['id']}/login")["code"]
    sandbox.pass_time(301)
    assert login(sandbox, late)["errcode"] == 40029


def test_a_session_key_ends_with_the_next_login(sandbox):
    phone = sandbox.phone()

    def check(key: str, path: str = "/wxa/checksession", method: str = "hmac_sha256") -> dict:
        params = {
            "access_token": sandbox.token("MINI"),
            "openid": phone["mini_openid"],
            "signature": hmac.new(key.encode(), b"", hashlib.sha256).hexdigest(),
            "sig_method": method,
        }
        return requests.get(f"{sandbox.url}{path}", params, timeout=9).json()

    assert check("none yet")["errcode"] == 87007
    first = open_mini_program(sandbox, phone)["session_key"]
    assert check(first)["errcode"] == 0
    second = open_mini_program(sandbox, phone)["session_key"]
    assert (check(first)["errcode"], check(second)["errcode"]) == (87009, 0)
    assert check(second, method="md5")["errcode"] == 87008
    third = check(second, "/wxa/resetusersessionkey")["session_key"]
    assert (check(second)["errcode"], check(third)["errcode"]) == (87009, 0)


def test_a_phone_number_is_given_after_consent_and_once(sandbox):
    phone = sandbox.phone()
    refused = act(sandbox, phone, "phone-number")
    assert (refused.status_code, refused.json()["error"]) == (409, "privacy_not_agreed")
    sandbox.control(f"/phones/{phone['id']}/privacy")
    code = act(sandbox, phone, "phone-number").json()["code"]
    assert number_of(sandbox, code, openid="somebody else")["errcode"] == 40003
    info = number_of(sandbox, code, openid=phone["mini_openid"])["phone_info"]
    assert info["phoneNumber"] == phone["number"]
    assert (info["purePhoneNumber"], info["countryCode"]) == (phone["number"], "86")
    assert info["watermark"]["appid"] == ACCOUNTS["WECHAT_MINI_APP_ID"]
    assert number_of(sandbox, code)["errcode"] == 40029


def test_a_phone_number_code_is_no_login_code_and_ends(sandbox):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/privacy")
    code = act(sandbox, phone, "phone-number").json()["code"]
    assert login(sandbox, code)["errcode"] == 40029
    js_code = sandbox.control(f"/phones/{phone['id']}/login")["code"]
    assert number_of(sandbox, js_code)["errcode"] == 40029
    sandbox.pass_time(301)
    assert number_of(sandbox, code)["errcode"] == 40029
    assert number_of(sandbox, "unknown")["errcode"] == 40029


def test_a_declined_phone_number_and_withdrawn_consent_give_no_code(sandbox):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/privacy")
    declined = act(sandbox, phone, "phone-number", accept=False).json()
    assert declined == {"errMsg": "getPhoneNumber:fail user deny"}
    sandbox.control(f"/phones/{phone['id']}/privacy", {"agree": False})
    assert act(sandbox, phone, "phone-number").status_code == 409


def test_phone_numbers_run_out(sandbox):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/privacy")
    sandbox.control("/console", {"phone_numbers_left": 1}, "PUT")
    assert "code" in act(sandbox, phone, "phone-number").json()
    assert act(sandbox, phone, "phone-number").json()["errno"] == 1400001


def test_an_unknown_field_is_refused(sandbox):
    answer = number_of(sandbox, "x", code_type="y")
    assert answer["errcode"] == 47001
    assert "code_type" in answer["errmsg"]


def test_a_wrong_console_setting_changes_nothing(sandbox):
    before = sandbox.control("/console", method="GET")
    for wish in ({"push_mode": "open"}, {"phone_numbers_left": -1}, {"colour": "red"}):
        answer = requests.put(f"{sandbox.url}/__ctl/console", json=wish, timeout=9)
        assert (answer.status_code, answer.json()["error"]) == (409, "bad_setting")
    assert sandbox.control("/console", method="GET") == before


def test_the_unionid_of_a_payer_is_told_for_five_minutes(sandbox, merchant):
    phone = sandbox.phone()
    order, prepay_id = merchant.prepay(phone)

    def ask(**query) -> dict:
        params = {"access_token": sandbox.token("MINI"), "openid": phone["mini_openid"]} | query
        return requests.get(f"{sandbox.url}/wxa/getpaidunionid", params, timeout=9).json()

    by_number = {"mch_id": ACCOUNTS["WECHAT_PAY_MCH_ID"], "out_trade_no": order["out_trade_no"]}
    assert ask(**by_number)["errcode"] == 89300
    paid = sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(prepay_id))
    assert ask(**by_number)["unionid"] == phone["unionid"]
    assert ask(transaction_id=paid["transaction_id"])["unionid"] == phone["unionid"]
    assert ask(transaction_id="4200")["errcode"] == 89300
    sandbox.pass_time(301)
    assert ask(**by_number)["errcode"] == 89300
