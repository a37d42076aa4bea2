"""What goes wrong on demand."""

from __future__ import annotations

import json

import pytest
import requests
from wechatpy.exceptions import InvalidSignatureException

from tests.sandbox.merchant import TRANSFERS
from tests.sandbox.test_official_account import CALLBACK, opened
from tests.sandbox.test_pay import JSAPI, NOTIFY, paid


def plan(sandbox, kind, **more):
    sandbox.control("/faults", {"kind": kind} | more)


def test_a_repeated_push_carries_the_same_identity(sandbox, product):
    plan(sandbox, "repeat")
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    first, second = product.of(CALLBACK)
    assert opened(first) == opened(second)
    sandbox.control("/push/replay")
    assert opened(product.of(CALLBACK)[2]) == opened(first)


def test_a_dropped_push_never_arrives(sandbox, product):
    plan(sandbox, "drop", match="push:subscribe")
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    sandbox.pass_time(3600)
    assert product.letters == []


def test_a_delayed_push_arrives_later(sandbox, product):
    plan(sandbox, "delay", delay_seconds=60)
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    assert product.letters == []
    sandbox.pass_time(61)
    assert len(product.letters) == 1


def test_reordered_pushes_change_places(sandbox, product):
    plan(sandbox, "reorder")
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    sandbox.control(f"/phones/{phone['id']}/text", {"content": "先到"})
    sandbox.pass_time(6)
    first, second = [opened(letter) for letter in product.of(CALLBACK)]
    assert "先到" in first
    assert "subscribe" in second


@pytest.mark.parametrize("fault", [True, False])
def test_a_forged_push_has_no_right_signature(sandbox, product, fault):
    phone = sandbox.phone()
    if fault:
        plan(sandbox, "forge")
        sandbox.control(f"/phones/{phone['id']}/follow")
        assert len(product.of(CALLBACK)) == 2
        assert opened(product.of(CALLBACK)[1])
    else:
        sandbox.control("/push/forge", {"target": "push"})
    with pytest.raises(InvalidSignatureException):
        opened(product.of(CALLBACK)[0])


def test_a_forged_notification_stays_forged_when_it_is_sent_again(sandbox, merchant, product):
    paid(sandbox, merchant, sandbox.phone())
    forged = sandbox.control("/push/forge", {"target": "notify"})
    sandbox.control("/push/replay", {"id": forged["id"]})
    genuine, *wrong = product.of(NOTIFY)
    assert merchant.verified(genuine.headers, genuine.body.decode()) is True
    assert len(wrong) == 2
    for letter in wrong:
        assert merchant.verified(letter.headers, letter.body.decode()) is False


@pytest.mark.parametrize("kind", ["forge", "signtest"])
def test_a_notification_with_a_wrong_signature_is_followed_by_the_right_one(
    sandbox, merchant, product, kind
):
    plan(sandbox, kind, match="notify:")
    paid(sandbox, merchant, sandbox.phone())
    wrong, right = product.of(NOTIFY)
    assert merchant.verified(wrong.headers, wrong.body.decode()) is False
    assert merchant.verified(right.headers, right.body.decode()) is True


def test_a_stale_notification_is_signed_an_hour_ago(sandbox, merchant, product):
    plan(sandbox, "stale_timestamp", match="notify:")
    paid(sandbox, merchant, sandbox.phone())
    stale, right = [int(letter.headers["wechatpay-timestamp"]) for letter in product.of(NOTIFY)]
    assert right - stale >= 3600
    assert all(merchant.verified(x.headers, x.body.decode()) for x in product.of(NOTIFY))


@pytest.mark.parametrize("kind", ["amount_mismatch", "unknown_order"])
def test_a_mistaken_notification_is_rightly_signed_and_wrong(sandbox, merchant, product, kind):
    plan(sandbox, kind)
    order = paid(sandbox, merchant, sandbox.phone(), 1000)
    wrong, right = [
        json.loads(merchant.client.decrypt_callback(letter.headers, letter.body))
        for letter in product.of(NOTIFY)
    ]
    if kind == "amount_mismatch":
        assert (wrong["amount"]["total"], right["amount"]["total"]) == (1001, 1000)
    else:
        assert wrong["out_trade_no"] != right["out_trade_no"] == order["out_trade_no"]


def test_a_lost_notification_leaves_only_the_query(sandbox, merchant, product):
    plan(sandbox, "drop", match="notify:")
    order = paid(sandbox, merchant, sandbox.phone())
    sandbox.pass_time(90_000)
    assert product.of(NOTIFY) == []
    path = f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}?mchid=1900000109"
    assert merchant.send("GET", path)[1]["trade_state"] == "SUCCESS"


@pytest.mark.parametrize(("kind", "done"), [("reset_before", False), ("reset_after", True)])
def test_a_broken_connection_says_nothing_about_what_was_done(sandbox, merchant, kind, done):
    order = merchant.order(sandbox.phone())
    plan(sandbox, kind, match=JSAPI)
    with pytest.raises(requests.ConnectionError):
        merchant.send("POST", JSAPI, order)
    assert bool(sandbox.books()["orders"]) is done
    assert merchant.send("POST", JSAPI, order)[0] == 200


@pytest.mark.parametrize(
    ("kind", "status", "done"),
    [
        ("system_error", 500, False),
        ("system_error_after", 500, True),
        ("frequency_limited", 429, False),
    ],
)
def test_troubles_of_wechat_pay(sandbox, merchant, kind, status, done):
    order = merchant.order(sandbox.phone())
    plan(sandbox, kind)
    assert merchant.send("POST", JSAPI, order)[0] == status
    assert bool(sandbox.books()["orders"]) is done


def test_a_gateway_page_is_html(sandbox, merchant):
    plan(sandbox, "bad_gateway")
    answer = requests.get(f"{sandbox.url}/v3/certificates", timeout=9)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (502, "text/html")


def test_an_answer_with_a_probing_signature_cannot_be_verified(sandbox, merchant):
    plan(sandbox, "signtest", match="api:")
    order = merchant.order(sandbox.phone())
    with pytest.raises(AssertionError, match="not signed"):
        merchant.send("POST", JSAPI, order)
    assert merchant.send("POST", JSAPI, order)[0] == 200


def test_a_token_that_was_rotated_elsewhere_is_refused_once(sandbox):
    phone, token = sandbox.phone(), sandbox.token()
    plan(sandbox, "token_rotated")
    params = {"access_token": token, "openid": phone["openid"]}
    answer = requests.get(f"{sandbox.url}/cgi-bin/user/info", params, timeout=9).json()
    assert answer["errcode"] == 40001
    renewed = sandbox.token()
    assert renewed != token
    answer = requests.get(
        f"{sandbox.url}/cgi-bin/user/info", params | {"access_token": renewed}, timeout=9
    )
    assert answer.json()["subscribe"] == 0


def test_what_was_turned_away_for_its_token_was_not_done_and_meets_no_fault(sandbox):
    phone, token = sandbox.phone(), sandbox.token()
    plan(sandbox, "html_page_after")

    def ask(token):
        params = {"access_token": token, "openid": phone["openid"]}
        return requests.get(f"{sandbox.url}/cgi-bin/user/info", params, timeout=9)

    assert ask("stale").json()["errcode"] == 40001
    assert ask(token).headers["Content-Type"][:9] == "text/html"


def test_too_little_money_is_said_before_a_bill_is_made(sandbox, merchant):
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 5000})
    wish = merchant.transfer(sandbox.phone(), 1000)
    plan(sandbox, "not_enough")
    status, answer = merchant.send("POST", TRANSFERS, wish)
    assert (status, answer["code"]) == (403, "NOT_ENOUGH")
    assert sandbox.books()["transfers"] == []
    assert merchant.send("POST", TRANSFERS, wish)[1]["state"] == "WAIT_USER_CONFIRM"


def test_faults_are_listed_counted_and_lifted(sandbox, product):
    plan(sandbox, "drop", count=2)
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    (fault,) = sandbox.control("/faults", method="GET")["faults"]
    assert (fault["kind"], fault["left"]) == ("drop", 1)
    assert sandbox.control("/faults", method="DELETE")["lifted"] == 1
    sandbox.control(f"/phones/{phone['id']}/text", {"content": "hi"})
    assert len(product.letters) == 1


def test_an_unknown_fault_is_refused(sandbox):
    answer = requests.post(f"{sandbox.url}/__ctl/faults", json={"kind": "flood"}, timeout=9)
    assert answer.status_code == 404
    assert sandbox.control("/faults", method="GET")["faults"] == []


def test_a_reset_forgets_everything(sandbox, merchant, product):
    paid(sandbox, merchant, sandbox.phone())
    sandbox.pass_time(50)
    sandbox.control("/reset")
    assert sandbox.books()["orders"] == []
    assert sandbox.control("/phones", method="GET")["phones"] == []
    assert sandbox.control("/clock", method="GET")["offset_seconds"] == 0
