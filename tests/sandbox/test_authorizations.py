"""Leave to be paid without confirming each transfer."""

from __future__ import annotations

import json
import uuid

import pytest
import requests

from tests.sandbox.merchant import TRANSFERS
from tests.sandbox.test_transfers import NOTIFY, confirm, told, top_up

PATH = "/v3/fund-app/mch-transfer/user-confirm-authorization"


def wanted(merchant, phone, number="A1", **more):
    return {
        "out_authorization_no": number,
        "appid": merchant.accounts["WECHAT_MINI_APP_ID"],
        "openid": phone["mini_openid"],
        "transfer_scene_id": "1005",
        "user_display_name": "小林",
        "authorization_notify_url": merchant.notify_url,
    } | more


def agree(sandbox, phone, package_info):
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/confirm-authorization"
    return requests.post(url, json={"package_info": package_info}, timeout=9)


def given(sandbox, merchant, phone, number="A1"):
    """An authorization in force."""
    status, answer = merchant.send("POST", PATH, wanted(merchant, phone, number))
    assert status == 200, answer
    assert agree(sandbox, phone, answer["package_info"]).status_code == 200
    return query(merchant, number)


def query(merchant, number, more=""):
    status, answer = merchant.send("GET", f"{PATH}/out-authorization-no/{number}{more}")
    assert status == 200, answer
    return answer


def unconfirmed(merchant, phone, leave, amount_fen=1000):
    wish = merchant.transfer(phone, amount_fen) | leave
    del wish["openid"]
    return wish


def events(product):
    return [json.loads(letter.body)["event_type"] for letter in product.of(NOTIFY)]


def test_with_leave_a_transfer_is_paid_at_once(sandbox, merchant, product):
    top_up(sandbox)
    phone = sandbox.phone()
    found = given(sandbox, merchant, phone)
    assert (found["state"], found["user_display_name"]) == ("TAKING_EFFECT", "小林")
    for leave in ({"authorization_id": found["authorization_id"]}, {"out_authorization_no": "A1"}):
        wish = unconfirmed(merchant, phone, leave)
        status, answer = merchant.send("POST", f"{TRANSFERS}/transfer", wish)
        assert (status, answer["state"], "package_info" in answer) == (200, "TRANSFERING", False)
        sandbox.pass_time(2)
        assert merchant.bill(wish["out_bill_no"])["state"] == "SUCCESS"
        assert merchant.send("POST", f"{TRANSFERS}/transfer", wish)[1]["state"] == "SUCCESS"
    assert sandbox.books()["operation_fen"] == 98_000
    assert events(product) == [
        "MCHTRANSFER.AUTHORIZATION.CONFIRMED",
        *["MCHTRANSFER.BILL.FINISHED"] * 2,
    ]
    assert told(merchant, product)[0]["authorization_id"] == found["authorization_id"]


def test_without_leave_nothing_is_paid(sandbox, merchant):
    top_up(sandbox)
    phone = sandbox.phone()
    merchant.send("POST", PATH, wanted(merchant, phone))
    for number, code in (("A1", "NO_AUTH"), ("A2", "NOT_FOUND")):
        wish = unconfirmed(merchant, phone, {"out_authorization_no": number})
        assert merchant.send("POST", f"{TRANSFERS}/transfer", wish)[1]["code"] == code
    assert sandbox.books()["transfers"] == []


@pytest.mark.parametrize("by", ["merchant", "person"])
def test_leave_that_was_taken_back_pays_no_more(sandbox, merchant, product, by):
    top_up(sandbox)
    phone = sandbox.phone()
    given(sandbox, merchant, phone)
    if by == "merchant":
        path = f"{PATH}/out-authorization-no/A1/close"
        assert [merchant.send("POST", path)[0] for _ in range(2)] == [200, 200]
    else:
        wish = {"out_authorization_no": "A1"}
        sandbox.control(f"/phones/{phone['id']}/close-authorization", wish)
    reason = query(merchant, "A1")["close_info"]["close_reason"]
    assert reason == ("CLOSE_VIA_MCH_API" if by == "merchant" else "USER_CLOSE")
    wish = unconfirmed(merchant, phone, {"out_authorization_no": "A1"})
    assert merchant.send("POST", f"{TRANSFERS}/transfer", wish)[1]["code"] == "NO_AUTH"
    sandbox.drain()
    assert events(product).count("MCHTRANSFER.AUTHORIZATION.CLOSED") == 1
    assert given(sandbox, merchant, phone, "A2")["state"] == "TAKING_EFFECT"


def test_one_leave_for_a_person_and_a_scene(sandbox, merchant):
    phone = sandbox.phone()
    first = merchant.send("POST", PATH, wanted(merchant, phone))[1]
    assert merchant.send("POST", PATH, wanted(merchant, phone))[1] == first
    changed = wanted(merchant, phone, user_display_name="大林")
    assert merchant.send("POST", PATH, changed)[1]["code"] == "ALREADY_EXISTS"
    status, answer = merchant.send("POST", PATH, wanted(merchant, phone, "A2"))
    assert (status, answer["code"]) == (403, "RULE_LIMIT")
    other = wanted(merchant, phone, "A3", transfer_scene_id="1000")
    assert merchant.send("POST", PATH, other)[0] == 200
    assert agree(sandbox, sandbox.phone(), first["package_info"]).status_code == 409
    shown = query(merchant, "A1", "?is_display_authorization=true")
    assert (shown["state"], shown["package_info"]) == ("WAIT_USER_CONFIRM", first["package_info"])


def test_a_wish_for_leave_ends_after_a_day(sandbox, merchant, product):
    phone = sandbox.phone()
    package = merchant.send("POST", PATH, wanted(merchant, phone))[1]["package_info"]
    sandbox.pass_time(86_401)
    assert query(merchant, "A1")["close_info"]["close_reason"] == "USER_OVERDUE_UNCONFIRMED"
    assert agree(sandbox, phone, package).status_code == 409
    assert events(product) == ["MCHTRANSFER.AUTHORIZATION.CLOSED"]


@pytest.mark.parametrize(("authorize", "state"), [(True, "TAKING_EFFECT"), (False, "CLOSED")])
def test_a_first_transfer_can_ask_for_leave_too(sandbox, merchant, authorize, state):
    top_up(sandbox)
    phone = sandbox.phone()
    info = {
        "user_display_name": "小林",
        "out_authorization_no": "A1",
        "authorization_notify_url": merchant.notify_url,
    }
    wish = merchant.transfer(phone) | {"authorization_info": info}
    path = f"{TRANSFERS}/pre-transfer-with-authorization"
    status, answer = merchant.send("POST", path, wish)
    assert (status, answer["state"]) == (200, "WAIT_USER_CONFIRM")
    assert answer["out_authorization_no"] == "A1"
    assert merchant.send("POST", path, wish)[1] == answer
    package = {"package_info": answer["package_info"], "authorize": authorize}
    sandbox.control(f"/phones/{phone['id']}/confirm-transfer", package)
    sandbox.pass_time(2)
    assert merchant.bill(wish["out_bill_no"])["state"] == "SUCCESS"
    assert query(merchant, "A1")["state"] == state


def test_leave_asked_for_with_a_transfer_ends_with_it(sandbox, merchant):
    top_up(sandbox)
    phone = sandbox.phone()
    info = {
        "user_display_name": "小林",
        "out_authorization_no": "A1",
        "authorization_notify_url": merchant.notify_url,
    }
    wish = merchant.transfer(phone) | {"authorization_info": info}
    path = f"{TRANSFERS}/pre-transfer-with-authorization"
    package = merchant.send("POST", path, wish)[1]["package_info"]
    sandbox.pass_time(86_401)
    assert query(merchant, "A1")["state"] == "CLOSED"
    assert confirm(sandbox, phone, package).status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"openid": "o-unknown"},
        {"appid": "wx0000000000000000"},
        {"transfer_scene_id": "9999"},
        {"user_display_name": ""},
        {"authorization_notify_url": "shop.example"},
        {"colour": "red"},
    ],
)
def test_leave_is_asked_for_exactly(sandbox, merchant, change):
    phone = sandbox.phone()
    assert merchant.send("POST", PATH, wanted(merchant, phone) | change)[0] == 400
    shown = sandbox.control(f"/phones/{phone['id']}", method="GET")
    assert shown["authorizations"] == []


def test_a_transfer_names_its_leave_once(sandbox, merchant):
    phone, number = sandbox.phone(), uuid.uuid4().hex
    for leave in ({}, {"authorization_id": "1", "out_authorization_no": "A1"}):
        wish = unconfirmed(merchant, phone, leave) | {"out_bill_no": number}
        status, answer = merchant.send("POST", f"{TRANSFERS}/transfer", wish)
        assert (status, answer["code"]) == (400, "PARAM_ERROR")
