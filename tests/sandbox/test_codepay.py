"""Payment by the code on the phone, and its reversal."""

from __future__ import annotations

import json
import uuid

import pytest
import requests
from wechatpayv3 import WeChatPayType

CODEPAY = "/v3/pay/transactions/codepay"


def code_of(sandbox, phone):
    return sandbox.control(f"/phones/{phone['id']}/payment-code")["auth_code"]


def charge(merchant, auth_code, total_fen=1000, number=None):
    return merchant.client.pay(
        description="面包",
        out_trade_no=number or uuid.uuid4().hex,
        amount={"total": total_fen, "currency": "CNY"},
        payer={"auth_code": auth_code},
        scene_info={"store_info": {"id": "S1"}},
        pay_type=WeChatPayType.CODEPAY,
    )


def order(merchant, number):
    return json.loads(merchant.client.query(out_trade_no=number)[1])


def confirm(sandbox, phone, number, **more):
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/confirm-payment"
    return requests.post(url, json={"out_trade_no": number} | more, timeout=9)


def test_a_code_pays_at_once_and_only_once(sandbox, merchant, product):
    phone = sandbox.phone()
    auth_code = code_of(sandbox, phone)
    assert (len(auth_code), auth_code[:2] in ["10", "11", "12", "13", "14", "15"]) == (18, True)
    code, text = charge(merchant, auth_code, 1000)
    paid = json.loads(text)
    assert (code, paid["trade_state"], paid["trade_type"]) == (200, "SUCCESS", "MICROPAY")
    assert paid["payer"]["openid"] == phone["mini_openid"]
    code, text = charge(merchant, auth_code, 1000)
    assert (code, json.loads(text)["code"]) == (400, "AUTH_CODE_EXPIRED")
    assert code_of(sandbox, phone) != auth_code
    sandbox.drain()
    assert product.of("/wechat/pay/notify") == []
    books = sandbox.books()
    assert (len(books["orders"]), books["basic_fen"], books["sum_fen"]) == (1, 994, 0)


def test_a_code_lives_a_minute(sandbox, merchant):
    phone = sandbox.phone()
    auth_code = code_of(sandbox, phone)
    assert code_of(sandbox, phone) == auth_code
    sandbox.pass_time(61)
    assert code_of(sandbox, phone) != auth_code
    for wrong, name in ((auth_code, "AUTH_CODE_EXPIRED"), ("13" + "0" * 16, "AUTH_CODE_INVALID")):
        code, text = charge(merchant, wrong)
        assert (code, json.loads(text)["code"]) == (400, name)
    assert sandbox.books()["orders"] == []


@pytest.mark.parametrize(("declined", "end"), [(False, "SUCCESS"), (True, "PAYERROR")])
def test_above_the_free_amount_the_person_decides(sandbox, merchant, declined, end):
    phone, number = sandbox.phone(), uuid.uuid4().hex
    sandbox.control("/pay/terms", {"codepay_free_fen": 5000}, "PUT")
    auth_code = code_of(sandbox, phone)
    code, text = charge(merchant, auth_code, 5001, number)
    assert (code, json.loads(text)["trade_state"]) == (200, "USERPAYING")
    assert order(merchant, number)["trade_state"] == "USERPAYING"
    assert json.loads(charge(merchant, auth_code, 5001, number)[1])["trade_state"] == "USERPAYING"
    (asked,) = sandbox.control(f"/phones/{phone['id']}", method="GET")["payments_to_confirm"]
    assert asked["out_trade_no"] == number
    assert confirm(sandbox, sandbox.phone(), number).status_code == 404
    assert confirm(sandbox, phone, number, decline=declined).json()["state"] == end
    assert confirm(sandbox, phone, number).status_code == 409
    assert order(merchant, number)["trade_state"] == end


@pytest.mark.parametrize("state", ["USERPAYING", "SUCCESS", "PAYERROR"])
def test_a_reversed_order_leaves_the_merchant_with_nothing(sandbox, merchant, state):
    phone, number = sandbox.phone(), uuid.uuid4().hex
    sandbox.control("/pay/terms", {"codepay_free_fen": 0 if state == "USERPAYING" else 9999}, "PUT")
    if state == "PAYERROR":
        sandbox.control("/faults", {"kind": "payer_declined"})
    assert json.loads(charge(merchant, code_of(sandbox, phone), 1000, number)[1])[
        "trade_state"
    ] == (state)
    if state == "SUCCESS":
        assert sandbox.books()["basic_fen"] == 994
    for _ in range(2):
        assert merchant.client.codepay_reverse(number)[0] == 200
    assert order(merchant, number)["trade_state"] == "REVOKED"
    assert confirm(sandbox, phone, number).status_code == 409
    books = sandbox.books()
    assert (books["basic_fen"], books["fee_fen"], books["sum_fen"]) == (0, 0, 0)
    code, text = charge(merchant, code_of(sandbox, phone), 1000, number)
    assert (code, json.loads(text)["code"]) == (400, "ORDER_REVERSED")


def test_only_orders_of_the_till_can_be_reversed(sandbox, merchant):
    _, prepay_id = merchant.prepay(sandbox.phone())
    number = sandbox.books()["orders"][0]["out_trade_no"]
    assert merchant.client.codepay_reverse(number)[0] == 400
    assert merchant.client.codepay_reverse("unknown")[0] == 404
    assert order(merchant, number)["trade_state"] == "NOTPAY"
    assert prepay_id


def test_an_order_of_the_till_is_reversed_and_not_closed(sandbox, merchant):
    phone, number = sandbox.phone(), uuid.uuid4().hex
    sandbox.control("/pay/terms", {"codepay_free_fen": 0}, "PUT")
    charge(merchant, code_of(sandbox, phone), 1000, number)
    code, text = merchant.client.close(number)
    assert (code, json.loads(text)["code"]) == (400, "INVALID_REQUEST")
    assert order(merchant, number)["trade_state"] == "USERPAYING"


@pytest.mark.parametrize(
    "change",
    [
        {"notify_url": "https://shop.example/notify"},
        {"payer": {"auth_code": "23" + "0" * 16}},
        {"payer": {"auth_code": "1" * 17}},
        {"scene_info": {}},
        {"scene_info": {"store_info": {}}},
        {"scene_info": {"store_info": {"id": "1", "out_id": "2"}}},
    ],
)
def test_a_payment_by_code_is_asked_for_exactly(sandbox, merchant, change):
    wish = {
        "appid": merchant.accounts["WECHAT_MINI_APP_ID"],
        "mchid": merchant.accounts["WECHAT_PAY_MCH_ID"],
        "description": "面包",
        "out_trade_no": uuid.uuid4().hex,
        "amount": {"total": 1, "currency": "CNY"},
        "payer": {"auth_code": code_of(sandbox, sandbox.phone())},
        "scene_info": {"store_info": {"id": "S1"}},
    }
    status, answer = merchant.send("POST", CODEPAY, wish | change)
    assert (status, answer["code"]) == (400, "PARAM_ERROR")
    assert sandbox.books()["orders"] == []
