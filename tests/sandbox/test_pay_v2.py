"""Payment by code in the older way; `wechatpy` is the client."""

from __future__ import annotations

import uuid

import pytest
import requests
import xmltodict
from wechatpy.pay.utils import calculate_signature, calculate_signature_hmac

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def till(start, merchant):
    """A sandbox whose merchant has a v2 key."""
    return start(SANDBOX_API_V2_KEY=KEY)


def call(sandbox, merchant, path, fields, kind="MD5", key=KEY):
    wish = {
        "appid": merchant.accounts["WECHAT_MINI_APP_ID"],
        "mch_id": merchant.accounts["WECHAT_PAY_MCH_ID"],
        "nonce_str": uuid.uuid4().hex,
        "sign_type": kind,
    } | fields
    sign = calculate_signature if kind == "MD5" else calculate_signature_hmac
    wish["sign"] = sign(wish, key)
    answer = requests.post(
        f"{sandbox.url}{path}", data=xmltodict.unparse({"xml": wish}).encode(), timeout=9
    )
    assert answer.status_code == 200
    found = dict(xmltodict.parse(answer.content)["xml"])
    if found["return_code"] == "SUCCESS":
        assert found["sign"] == sign({k: v for k, v in found.items() if k != "sign"}, key)
    return found


def payment(sandbox, phone, **more):
    return {
        "body": "面包",
        "out_trade_no": uuid.uuid4().hex,
        "total_fee": "1000",
        "spbill_create_ip": "203.0.113.5",
        "auth_code": sandbox.control(f"/phones/{phone['id']}/payment-code")["auth_code"],
    } | more


@pytest.mark.parametrize("kind", ["MD5", "HMAC-SHA256"])
def test_a_code_pays_is_queried_and_reversed(till, merchant, kind):
    phone = till.phone()
    wish = payment(till, phone)
    paid = call(till, merchant, "/pay/micropay", wish, kind)
    assert (paid["result_code"], paid["total_fee"]) == ("SUCCESS", "1000")
    assert paid["openid"] == phone["mini_openid"]
    number = {"out_trade_no": wish["out_trade_no"]}
    assert call(till, merchant, "/pay/orderquery", number, kind)["trade_state"] == "SUCCESS"
    again = call(till, merchant, "/pay/micropay", wish, kind)
    assert (again["result_code"], again["err_code"]) == ("FAIL", "ORDERPAID")
    assert call(till, merchant, "/secapi/pay/reverse", number, kind)["recall"] == "N"
    assert call(till, merchant, "/pay/orderquery", number, kind)["trade_state"] == "REVOKED"
    assert till.books()["basic_fen"] == 0


def test_a_large_payment_waits_for_the_person(till, merchant):
    phone = till.phone()
    till.control("/pay/terms", {"codepay_free_fen": 0}, "PUT")
    wish = payment(till, phone)
    assert call(till, merchant, "/pay/micropay", wish)["err_code"] == "USERPAYING"
    number = {"out_trade_no": wish["out_trade_no"]}
    assert call(till, merchant, "/pay/orderquery", number)["trade_state"] == "USERPAYING"
    till.control(f"/phones/{phone['id']}/confirm-payment", number)
    assert call(till, merchant, "/pay/orderquery", number)["trade_state"] == "SUCCESS"


@pytest.mark.parametrize(
    ("change", "key", "code"),
    [
        ({}, "f" * 32, None),
        ({"colour": "red"}, KEY, None),
        ({"mch_id": "1"}, KEY, None),
        ({"auth_code": "13" + "0" * 16}, KEY, "AUTH_CODE_INVALID"),
        ({"total_fee": "0"}, KEY, "PARAM_ERROR"),
        ({"total_fee": "1.5"}, KEY, "PARAM_ERROR"),
    ],
)
def test_what_is_wrong_pays_nothing(till, merchant, change, key, code):
    wish = payment(till, till.phone(), **change)
    found = call(till, merchant, "/pay/micropay", wish, key=key) if key == KEY else None
    if found is None:
        with_wrong_key = requests.post(
            f"{till.url}/pay/micropay",
            data=xmltodict.unparse({"xml": wish | {"sign": "0" * 32}}).encode(),
            timeout=9,
        )
        found = xmltodict.parse(with_wrong_key.content)["xml"]
    assert found.get("err_code") == code
    assert found["return_code"] == ("SUCCESS" if code else "FAIL")
    assert till.books()["orders"] == []


def test_without_a_v2_key_nothing_is_signed(sandbox, merchant):
    wish = payment(sandbox, sandbox.phone())
    assert call(sandbox, merchant, "/pay/micropay", wish)["return_code"] == "FAIL"
    broken = requests.post(f"{sandbox.url}/pay/micropay", data=b"<xml>", timeout=9)
    assert b"FAIL" in broken.content
