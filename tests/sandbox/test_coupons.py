"""A payer with a coupon pays less than the order; the merchant gets all of it."""

from __future__ import annotations

import json

import pytest
import requests

from tests.sandbox.test_bills import fetch, refund, table, to_the_bill_of, today

NOTIFY = "/wechat/pay/notify"


def pay(sandbox, phone, sheet):
    return requests.post(f"{sandbox.url}/__ctl/phones/{phone['id']}/pay", json=sheet, timeout=9)


def test_a_coupon_lowers_what_the_payer_pays_only(sandbox, merchant, product):
    phone, day = sandbox.phone(), today(sandbox)
    order, prepay_id = merchant.prepay(phone, 1000)
    assert pay(sandbox, phone, merchant.sheet(prepay_id) | {"coupon_fen": 300}).status_code == 200
    sandbox.drain()
    (letter,) = product.of(NOTIFY)
    told = json.loads(merchant.client.decrypt_callback(letter.headers, letter.body))
    assert (told["amount"]["total"], told["amount"]["payer_total"]) == (1000, 700)
    assert told["promotion_detail"][0]["amount"] == 300
    assert sandbox.books()["basic_fen"] == 994
    amount = refund(merchant, order, "R1", 500)["amount"]
    assert (amount["refund"], amount["payer_refund"], amount["discount_refund"]) == (500, 350, 150)
    sandbox.pass_time(3)
    to_the_bill_of(sandbox, day)
    rows, _ = table(fetch(merchant, merchant.client.trade_bill(day, "SUCCESS")))
    assert (rows[0]["订单金额"], rows[0]["代金券金额"]) == ("10.00", "3.00")
    assert sandbox.books()["sum_fen"] == 0


@pytest.mark.parametrize("coupon_fen", [-1, 1001, "1", 1.5, True])
def test_a_coupon_that_cannot_be_pays_nothing(sandbox, merchant, coupon_fen):
    phone = sandbox.phone()
    _, prepay_id = merchant.prepay(phone, 1000)
    wish = merchant.sheet(prepay_id) | {"coupon_fen": coupon_fen}
    assert pay(sandbox, phone, wish).status_code == 409
    assert sandbox.books()["orders"][0]["state"] == "NOTPAY"
