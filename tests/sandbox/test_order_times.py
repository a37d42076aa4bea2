"""When an order can be paid: prepay of two hours, time_expire, seven days, closing meanwhile."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sandbox.clock import beijing_text
from tests.sandbox.merchant import TRANSFERS
from tests.sandbox.test_transfers import NOTIFY, confirm, top_up

JSAPI = "/v3/pay/transactions/jsapi"
DAY = 86_400


def opened(merchant, phone, **more):
    order = merchant.order(phone, **more)
    status, answer = merchant.send("POST", JSAPI, order)
    assert status == 200, answer
    return order, answer["prepay_id"]


def state(merchant, order):
    code, text = merchant.client.query(out_trade_no=order["out_trade_no"])
    assert code == 200, text
    return json.loads(text)["trade_state"]


def pay(sandbox, phone, sheet):
    return requests.post(f"{sandbox.url}/__ctl/phones/{phone['id']}/pay", json=sheet, timeout=20)


def test_a_fresh_prepay_pays_an_order_whose_first_is_over(sandbox, merchant):
    phone = sandbox.phone()
    order, first = opened(merchant, phone)
    sandbox.pass_time(7201)
    assert pay(sandbox, phone, merchant.sheet(first)).json()["error"] == "prepay_over"
    fresh = merchant.send("POST", JSAPI, order)[1]["prepay_id"]
    assert pay(sandbox, phone, merchant.sheet(fresh)).json()["result"] == "paid"
    assert pay(sandbox, phone, merchant.sheet(first)).json()["error"] == "already_paid"


def test_an_order_closes_at_the_time_it_was_given(sandbox, merchant):
    phone = sandbox.phone()
    until = beijing_text(sandbox.world.clock.now() + 600)
    order, prepay_id = opened(merchant, phone, time_expire=until)
    assert state(merchant, order) == "NOTPAY"
    sandbox.pass_time(601)
    assert state(merchant, order) == "CLOSED"
    assert pay(sandbox, phone, merchant.sheet(prepay_id)).json()["error"] == "order_closed"
    assert merchant.send("POST", JSAPI, order)[1]["code"] == "ORDER_CLOSED"


def test_an_order_closes_by_itself_after_seven_days(sandbox, merchant):
    phone = sandbox.phone()
    order, _ = opened(merchant, phone)
    sandbox.pass_time(7 * DAY - 60)
    assert state(merchant, order) == "NOTPAY"
    sandbox.pass_time(120)
    assert state(merchant, order) == "CLOSED"


def test_of_paying_and_closing_at_once_one_wins(sandbox, merchant):
    phone = sandbox.phone()
    for _ in range(4):
        order, prepay_id = opened(merchant, phone)
        path = f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}/close"
        with ThreadPoolExecutor(2) as pool:
            paying = pool.submit(pay, sandbox, phone, merchant.sheet(prepay_id))
            closing = pool.submit(merchant.send, "POST", path, {"mchid": order["mchid"]})
        paid, (status, answer) = paying.result().status_code == 200, closing.result()
        assert paid != (status == 204)
        assert state(merchant, order) == ("SUCCESS" if paid else "CLOSED")
        if paid:
            assert answer["code"] == "ORDERPAID"
    assert sandbox.books()["sum_fen"] == 0


@pytest.mark.parametrize(("schedule", "tries"), [("pay", 16), ("transfer", 65)])
def test_notifications_of_transfers_are_repeated_as_agreed(
    sandbox, merchant, product, schedule, tries
):
    product.answer = lambda letter: (500, b"")
    sandbox.control("/pay/terms", {"transfer_notice_schedule": schedule}, "PUT")
    top_up(sandbox)
    phone = sandbox.phone()
    package = merchant.send("POST", TRANSFERS, merchant.transfer(phone))[1]["package_info"]
    confirm(sandbox, phone, package)
    sandbox.pass_time(2)
    sandbox.pass_time(2 * DAY)
    assert len(product.of(NOTIFY)) == tries


def test_every_term_says_what_it_is(sandbox):
    found = sandbox.control("/pay/terms", method="GET")
    listed = {one["name"]: one for one in found["catalogue"]}
    assert set(listed) == set(found["terms"])
    assert all(one["zh"] and one["en"] for one in listed.values())
