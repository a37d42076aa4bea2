"""Every kind of fault is described, does what it says, and does it again under the same seed."""

from __future__ import annotations

import json
import time

import pytest
import requests
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

from sandbox.fault_kinds import KINDS
from tests.conftest import ROOT
from tests.sandbox.merchant import TRANSFERS
from tests.sandbox.test_faults import plan
from tests.sandbox.test_official_account import CALLBACK, opened
from tests.sandbox.test_pay import JSAPI, NOTIFY, paid
from tests.sandbox.test_subscriptions import agree, mini_push

REFUNDS = "/v3/refund/domestic/refunds"


def faults(sandbox):
    return sandbox.control("/faults", method="GET")


def wait_for_strike(sandbox, kind):
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if kind in [one["kind"] for one in faults(sandbox)["struck"]]:
            return
        time.sleep(0.02)
    raise AssertionError(f"{kind} did not strike")


def test_every_kind_describes_itself_in_both_languages(sandbox):
    listed = {one["kind"]: one for one in faults(sandbox)["kinds"]}
    assert set(listed) == set(KINDS)
    for kind in listed.values():
        assert kind["zh"]
        assert kind["en"].isascii()
        assert kind["strikes"]
        for parameter in kind["parameters"]:
            assert parameter["zh"]
            assert parameter["en"]
    common = [one["name"] for one in faults(sandbox)["common"]]
    assert common == ["match", "count", "probability", "seed"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_named_in_the_readme(kind):
    assert f"`{kind}`" in (ROOT / "sandbox" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_planned_as_it_is_listed(sandbox, kind):
    wish = {one.name: one.default for one in KINDS[kind].parameters}
    plan(sandbox, kind, **wish)
    (fault,) = faults(sandbox)["faults"]
    assert fault["kind"] == kind
    assert sandbox.control(f"/faults/{fault['id']}", method="DELETE")["lifted"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "drop", "reason": "x"},
        {"kind": "drop", "count": -1},
        {"kind": "drop", "probability": 0},
        {"kind": "delay", "delay_seconds": "soon"},
        {"kind": "transfer_fail", "reason": 7},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox, wrong):
    answer = requests.post(f"{sandbox.url}/__ctl/faults", json=wrong, timeout=9)
    assert answer.status_code == 404
    assert faults(sandbox)["faults"] == []


def texts(sandbox, count):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    return [
        sandbox.control(f"/phones/{phone['id']}/text", {"content": str(number)})["push"]["state"]
        for number in range(count)
    ]


def test_the_same_seed_strikes_the_same_ones(sandbox):
    rounds = []
    for seed in (4, 4, 5):
        plan(sandbox, "drop", match="push:text", count=0, probability=0.5, seed=seed)
        rounds.append(texts(sandbox, 20))
        sandbox.control("/faults", method="DELETE")
    assert rounds[0] == rounds[1] != rounds[2]
    assert {"dropped", "answered"} == set(rounds[0])


def test_a_fault_without_an_end_stays_until_it_is_lifted(sandbox):
    plan(sandbox, "drop", match="push:text", count=0)
    assert texts(sandbox, 5) == ["dropped"] * 5
    sandbox.control("/faults", method="DELETE")
    assert texts(sandbox, 1) == ["answered"]


@pytest.mark.parametrize("kind", ["tampered", "foreign_app", "bad_padding"])
def test_a_push_with_a_spoiled_cipher_goes_before_the_right_one(sandbox, product, kind):
    plan(sandbox, kind)
    sandbox.control(f"/phones/{sandbox.phone()['id']}/follow")
    wrong, right = product.of(CALLBACK)
    expected = InvalidAppIdException if kind == "foreign_app" else Exception
    with pytest.raises(expected) as raised:
        opened(wrong)
    assert not isinstance(raised.value, InvalidSignatureException), "its signature is right"
    assert "subscribe" in opened(right)


@pytest.mark.parametrize(
    ("kind", "sign"),
    [
        ("external_entity", b"file:///etc/passwd"),
        ("entity_bomb", b"&l8;&l8;"),
        ("cut_xml", b"<xml>"),
    ],
)
def test_hostile_xml_goes_before_the_right_one(sandbox, product, kind, sign):
    plan(sandbox, kind)
    sandbox.control(f"/phones/{sandbox.phone()['id']}/follow")
    wrong, right = product.of(CALLBACK)
    assert sign in wrong.body
    assert wrong.body != right.body
    assert "subscribe" in opened(right)


def test_who_follows_after_paying_brings_no_scene(sandbox, product):
    plan(sandbox, "paid_follow")
    sandbox.control(f"/phones/{sandbox.phone()['id']}/follow", {"scene": "S1"})
    (letter,) = product.of(CALLBACK)
    assert "last_trade_no_4200" in opened(letter)
    assert "S1" not in opened(letter)


def test_one_entry_of_a_json_push_can_come_as_a_list(sandbox, product):
    phone = sandbox.phone()
    plan(sandbox, "list_as_array")
    for _ in range(2):
        agree(sandbox, phone, {"SUB1": "accept"})
    listed, single = [json.loads(mini_push(letter))["List"] for letter in product.of(CALLBACK)]
    assert listed == [single]


def test_a_push_of_the_mini_program_is_spoiled_too(sandbox, product):
    plan(sandbox, "tampered", match="push:subscribe_msg")
    agree(sandbox, sandbox.phone(), {"SUB1": "accept"})
    wrong, right = product.of(CALLBACK)
    with pytest.raises(ValueError):
        json.loads(mini_push(wrong))
    assert json.loads(mini_push(right))["Event"] == "subscribe_msg_popup_event"


def test_a_lost_answer_makes_the_same_push_come_again(sandbox, product):
    plan(sandbox, "answer_lost")
    sandbox.control(f"/phones/{sandbox.phone()['id']}/follow")
    sandbox.pass_time(6)
    first, second = product.of(CALLBACK)
    assert opened(first) == opened(second)


def test_a_refund_can_be_told_before_its_payment(sandbox, merchant, product):
    plan(sandbox, "reorder", match="notify:TRANSACTION", behind="notify:REFUND", delay_seconds=900)
    order = paid(sandbox, merchant, sandbox.phone(), 1000)
    assert product.of(NOTIFY) == []
    paid(sandbox, merchant, sandbox.phone(), 500)  # what a refund's fee is taken from
    amount = {"refund": 1000, "total": 1000, "currency": "CNY"}
    wish = {"out_trade_no": order["out_trade_no"], "out_refund_no": "R1", "amount": amount}
    assert merchant.send("POST", REFUNDS, wish)[0] == 200
    sandbox.pass_time(3)
    told = [json.loads(letter.body)["event_type"] for letter in product.of(NOTIFY)]
    assert told == ["TRANSACTION.SUCCESS", "REFUND.SUCCESS", "TRANSACTION.SUCCESS"]
    last = merchant.client.decrypt_callback(
        product.of(NOTIFY)[2].headers, product.of(NOTIFY)[2].body
    )
    assert json.loads(last)["out_trade_no"] == order["out_trade_no"]


def resources(merchant, product):
    return [
        json.loads(merchant.client.decrypt_callback(letter.headers, letter.body))
        for letter in product.of(NOTIFY)
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("wrong_mchid", "mchid"),
        ("wrong_appid", "appid"),
        ("wrong_currency", "amount"),
        ("other_payer", "payer"),
    ],
)
def test_a_mistaken_notification_differs_in_one_thing(sandbox, merchant, product, kind, name):
    plan(sandbox, kind)
    paid(sandbox, merchant, sandbox.phone(), 1000)
    wrong, right = resources(merchant, product)
    assert [key for key in right if right[key] != wrong[key]] == [name]


@pytest.mark.parametrize("kind", ["tampered", "wrong_key"])
def test_a_notification_that_cannot_be_opened_is_rightly_signed(sandbox, merchant, product, kind):
    plan(sandbox, kind, match="notify:")
    paid(sandbox, merchant, sandbox.phone())
    wrong, right = product.of(NOTIFY)
    assert all(merchant.verified(letter.headers, letter.body.decode()) for letter in (wrong, right))
    assert not merchant.client.decrypt_callback(wrong.headers, wrong.body)
    assert merchant.client.decrypt_callback(right.headers, right.body)


def test_a_notification_under_an_unknown_serial_is_followed_by_a_known_one(
    sandbox, merchant, product
):
    plan(sandbox, "unknown_serial")
    paid(sandbox, merchant, sandbox.phone())
    wrong, right = [letter.headers["wechatpay-serial"] for letter in product.of(NOTIFY)]
    assert wrong != right == merchant.accounts["WECHAT_PAY_PUBLIC_KEY_ID"]


@pytest.mark.parametrize(("kind", "done"), [("timeout_before", False), ("timeout_after", True)])
def test_a_call_without_an_answer_was_done_or_not(sandbox, merchant, kind, done):
    order = merchant.order(sandbox.phone())
    plan(sandbox, kind, match=JSAPI, delay_seconds=0.3)
    with pytest.raises(requests.ConnectionError):
        merchant.send("POST", JSAPI, order)
    assert bool(sandbox.books()["orders"]) is done


@pytest.mark.parametrize(
    ("kind", "status", "done"),
    [
        ("html_page", 200, False),
        ("html_page_after", 200, True),
        ("bad_gateway_after", 502, True),
        ("truncated_json", 200, True),
    ],
)
def test_an_answer_that_is_no_json_says_nothing(sandbox, merchant, kind, status, done):
    order = merchant.order(sandbox.phone())
    plan(sandbox, kind, match=JSAPI)
    body = json.dumps(order, ensure_ascii=False)
    headers = merchant.headers("POST", JSAPI, body)
    answer = requests.post(f"{sandbox.url}{JSAPI}", body.encode(), headers=headers, timeout=9)
    assert answer.status_code == status
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert "Wechatpay-Signature" not in answer.headers
    assert bool(sandbox.books()["orders"]) is done


@pytest.mark.parametrize("kind", ["forge", "stale_timestamp", "unknown_serial", "unsigned"])
def test_an_answer_can_be_signed_wrongly(sandbox, merchant, kind):
    order = merchant.order(sandbox.phone())
    body = json.dumps(order, ensure_ascii=False)
    plan(sandbox, kind, match="api:")
    headers = merchant.headers("POST", JSAPI, body)
    answer = requests.post(f"{sandbox.url}{JSAPI}", body.encode(), headers=headers, timeout=9)
    if kind == "stale_timestamp":
        assert time.time() - int(answer.headers["Wechatpay-Timestamp"]) >= 3600
    elif kind == "forge":
        assert merchant.verified(answer.headers, answer.text) is False
    else:
        known = merchant.accounts["WECHAT_PAY_PUBLIC_KEY_ID"]
        assert answer.headers.get("Wechatpay-Serial") != known


@pytest.mark.parametrize(
    ("code", "status"), [("ORDER_NOT_EXIST", 404), ("RULE_LIMIT", 403), ("ERROR", 500)]
)
def test_wechat_pay_refuses_with_any_code(sandbox, merchant, code, status):
    plan(sandbox, "pay_error", code=code)
    found = merchant.send("POST", JSAPI, merchant.order(sandbox.phone()))
    assert (found[0], found[1]["code"]) == (status, code)
    assert sandbox.books()["orders"] == []


@pytest.mark.parametrize("errcode", [45009, 45011, 40164, 43101, 99999])
def test_the_account_refuses_with_any_errcode(sandbox, errcode):
    token, openid = sandbox.token(), sandbox.phone()["openid"]
    plan(sandbox, "errcode", errcode=errcode)
    address = f"{sandbox.url}/cgi-bin/user/info"
    params = {"access_token": token, "openid": openid}
    assert requests.get(address, params, timeout=9).json()["errcode"] == errcode
    assert requests.get(address, params, timeout=9).json()["subscribe"] == 0


@pytest.mark.parametrize(("kind", "errcode"), [("token_invalid", 40001), ("token_expired", 42001)])
def test_a_token_can_be_refused_though_it_is_valid(sandbox, kind, errcode):
    token, openid = sandbox.token(), sandbox.phone()["openid"]
    plan(sandbox, kind)
    address = f"{sandbox.url}/cgi-bin/user/info"
    params = {"access_token": token, "openid": openid}
    assert requests.get(address, params, timeout=9).json()["errcode"] == errcode
    assert sandbox.token() == token
    assert requests.get(address, params, timeout=9).json()["subscribe"] == 0


def test_a_unionid_can_come_later(sandbox):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    plan(sandbox, "unionid_missing")
    params = {"access_token": sandbox.token(), "openid": phone["openid"]}
    told = [
        requests.get(f"{sandbox.url}/cgi-bin/user/info", params, timeout=9).json().get("unionid")
        for _ in range(2)
    ]
    assert told == [None, phone["unionid"]]


def test_a_payer_can_be_faster_than_a_merchant_who_closes(sandbox, merchant):
    order, _ = merchant.prepay(sandbox.phone())
    plan(sandbox, "pay_while_closing")
    path = f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}/close"
    status, answer = merchant.send("POST", path, {"mchid": order["mchid"]})
    assert (status, answer["code"]) == (400, "ORDERPAID")
    assert sandbox.books()["orders"][0]["state"] == "SUCCESS"


@pytest.mark.parametrize(
    ("kind", "status"), [("refund_closed", "CLOSED"), ("refund_abnormal", "ABNORMAL")]
)
def test_a_refund_can_end_otherwise(sandbox, merchant, kind, status):
    order = paid(sandbox, merchant, sandbox.phone(), 1000)
    before = sandbox.books()["basic_fen"]
    plan(sandbox, kind)
    amount = {"refund": 400, "total": 1000, "currency": "CNY"}
    wish = {"out_trade_no": order["out_trade_no"], "out_refund_no": "R1", "amount": amount}
    assert merchant.send("POST", REFUNDS, wish)[0] == 200
    sandbox.pass_time(3)
    books = sandbox.books()
    assert (books["refunds"][0]["status"], books["sum_fen"]) == (status, 0)
    assert (books["basic_fen"] == before) is (status == "CLOSED")


def test_a_refund_can_find_too_little_money(sandbox, merchant):
    order = paid(sandbox, merchant, sandbox.phone(), 1000)
    plan(sandbox, "not_enough", match=REFUNDS)
    amount = {"refund": 400, "total": 1000, "currency": "CNY"}
    wish = {"out_trade_no": order["out_trade_no"], "out_refund_no": "R1", "amount": amount}
    assert merchant.send("POST", REFUNDS, wish)[1]["code"] == "NOT_ENOUGH"
    assert sandbox.books()["refunds"] == []
    assert merchant.send("POST", REFUNDS, wish)[0] == 200


@pytest.mark.parametrize("reason", ["NAME_NOT_CORRECT", "TRANSFER_RISK"])
def test_a_transfer_fails_for_the_reason_given(sandbox, merchant, reason):
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 5000})
    phone = sandbox.phone()
    plan(sandbox, "transfer_fail", reason=reason)
    wish = merchant.transfer(phone, 1000)
    package = merchant.send("POST", TRANSFERS, wish)[1]["package_info"]
    sandbox.control(f"/phones/{phone['id']}/confirm-transfer", {"package_info": package})
    sandbox.pass_time(2)
    bill = merchant.bill(wish["out_bill_no"])
    assert (bill["state"], bill["fail_reason"]) == ("FAIL", reason)
    assert sandbox.books()["operation_fen"] == 5000


@pytest.mark.parametrize(
    ("kind", "status"),
    [("template_block", "failed:user block"), ("template_failed", "failed: system failed")],
)
def test_a_template_message_can_be_lost_on_its_way(sandbox, product, kind, status):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    plan(sandbox, kind)
    wish = {"touser": phone["openid"], "template_id": "T1", "data": {"thing1": {"value": "好"}}}
    assert sandbox.call("/cgi-bin/message/template/send", wish).json()["errcode"] == 0
    sandbox.pass_time(2)
    assert f"<![CDATA[{status}]]>" in opened(product.of(CALLBACK)[-1])
