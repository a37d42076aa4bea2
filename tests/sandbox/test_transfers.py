"""Merchant transfers: states, money and repetition."""

from __future__ import annotations

import json

import pytest
import requests

from tests.sandbox.merchant import TRANSFERS

NOTIFY = "/wechat/pay/notify"


def top_up(sandbox, amount_fen=100_000):
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": amount_fen})


def confirm(sandbox, phone, package_info):
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/confirm-transfer"
    return requests.post(url, json={"package_info": package_info}, timeout=9)


def told(merchant, product):
    return [
        json.loads(merchant.client.decrypt_callback(letter.headers, letter.body))
        for letter in product.of(NOTIFY)
    ]


def test_a_confirmed_transfer_pays_once_and_tells(sandbox, merchant, product):
    top_up(sandbox)
    phone, wish = sandbox.phone(), None
    wish = merchant.transfer(phone, 12_000)
    status, answer = merchant.send("POST", TRANSFERS, wish)
    assert (status, answer["state"]) == (200, "WAIT_USER_CONFIRM")
    assert sandbox.books()["operation_fen"] == 88_000
    assert confirm(sandbox, sandbox.phone(), answer["package_info"]).status_code == 409
    assert confirm(sandbox, phone, answer["package_info"]).json()["result"] == "confirmed"
    sandbox.pass_time(2)
    assert merchant.bill(wish["out_bill_no"])["state"] == "SUCCESS"
    assert confirm(sandbox, phone, answer["package_info"]).status_code == 409
    repeated = merchant.send("POST", TRANSFERS, wish)[1]
    assert (repeated["state"], "package_info" in repeated) == ("SUCCESS", False)
    assert sandbox.books()["operation_fen"] == 88_000
    assert [(end["out_bill_no"], end["state"]) for end in told(merchant, product)] == [
        (wish["out_bill_no"], "SUCCESS")
    ]


def test_the_same_number_with_other_parameters_is_refused(sandbox, merchant):
    top_up(sandbox)
    phone = sandbox.phone()
    wish = merchant.transfer(phone, 1000)
    first = merchant.send("POST", TRANSFERS, wish)[1]
    again = merchant.send("POST", TRANSFERS, wish)[1]
    assert again == first
    status, answer = merchant.send("POST", TRANSFERS, wish | {"transfer_amount": 1001})
    assert (status, answer["code"]) == (400, "ALREADY_EXISTS")
    assert sandbox.books()["operation_fen"] == 99_000


def test_without_money_a_bill_waits_until_the_operating_account_is_topped_up(sandbox, merchant):
    phone = sandbox.phone()
    wish = merchant.transfer(phone, 1000)
    answer = merchant.send("POST", TRANSFERS, wish)[1]
    assert (answer["state"], "package_info" in answer) == ("PROCESSING", False)
    top_up(sandbox, 1500)
    assert merchant.bill(wish["out_bill_no"])["state"] == "WAIT_USER_CONFIRM"
    assert "package_info" in merchant.send("POST", TRANSFERS, wish)[1]
    assert sandbox.books()["operation_fen"] == 500


def test_an_unconfirmed_transfer_fails_after_a_day_and_the_money_returns(
    sandbox, merchant, product
):
    top_up(sandbox)
    phone = sandbox.phone()
    wish = merchant.transfer(phone, 1000)
    answer = merchant.send("POST", TRANSFERS, wish)[1]
    sandbox.pass_time(86_401)
    bill = merchant.bill(wish["out_bill_no"])
    assert (bill["state"], bill["fail_reason"]) == ("FAIL", "OVERDUE_CLOSE")
    assert confirm(sandbox, phone, answer["package_info"]).status_code == 409
    sandbox.drain()
    assert told(merchant, product)[0]["state"] == "FAIL"
    books = sandbox.books()
    assert (books["operation_fen"], books["locked_fen"], books["sum_fen"]) == (100_000, 0, 0)


def test_a_cancelled_transfer_returns_the_money(sandbox, merchant):
    top_up(sandbox)
    wish = merchant.transfer(sandbox.phone(), 1000)
    merchant.send("POST", TRANSFERS, wish)
    path = f"{TRANSFERS}/out-bill-no/{wish['out_bill_no']}/cancel"
    assert merchant.send("POST", path)[1]["state"] == "CANCELING"
    sandbox.pass_time(2)
    assert merchant.bill(wish["out_bill_no"])["state"] == "CANCELLED"
    assert sandbox.books()["operation_fen"] == 100_000


def test_a_paid_transfer_cannot_be_cancelled(sandbox, merchant):
    top_up(sandbox)
    phone = sandbox.phone()
    wish = merchant.transfer(phone, 1000)
    package_info = merchant.send("POST", TRANSFERS, wish)[1]["package_info"]
    confirm(sandbox, phone, package_info)
    sandbox.pass_time(2)
    path = f"{TRANSFERS}/out-bill-no/{wish['out_bill_no']}/cancel"
    assert merchant.send("POST", path)[0] == 400
    assert merchant.bill(wish["out_bill_no"])["state"] == "SUCCESS"


def test_a_transfer_that_fails_at_the_receiver_gives_its_reason(sandbox, merchant):
    top_up(sandbox)
    phone = sandbox.phone()
    wish = merchant.transfer(phone, 1000)
    package_info = merchant.send("POST", TRANSFERS, wish)[1]["package_info"]
    sandbox.control("/faults", {"kind": "transfer_fail", "reason": "ACCOUNT_FROZEN"})
    confirm(sandbox, phone, package_info)
    sandbox.pass_time(2)
    bill = merchant.bill(wish["out_bill_no"])
    assert (bill["state"], bill["fail_reason"]) == ("FAIL", "ACCOUNT_FROZEN")
    assert sandbox.books()["operation_fen"] == 100_000


@pytest.mark.parametrize(
    "change",
    [
        {"transfer_amount": 9},
        {"transfer_amount": 200_000},
        {"transfer_scene_report_infos": []},
        {"transfer_scene_report_infos": [{"info_type": "活动名称", "info_content": "x"}]},
        {"out_bill_no": "with-dash"},
        {"extra": 1},
        {"openid": "o-unknown"},
    ],
)
def test_what_wechat_would_refuse_makes_no_bill(sandbox, merchant, change):
    top_up(sandbox)
    wish = merchant.transfer(sandbox.phone()) | change
    status, answer = merchant.send("POST", TRANSFERS, wish)
    assert status == 400
    assert answer["code"] in ("PARAM_ERROR", "INVALID_REQUEST")
    books = sandbox.books()
    assert (books["operation_fen"], books["transfers"]) == (100_000, [])
