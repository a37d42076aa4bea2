"""Refunds that do not simply succeed."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.test_bills import paid, refund

REFUNDS = "/v3/refund/domestic/refunds"
NOTIFY = "/wechat/pay/notify"


def state(merchant, number="R1"):
    return json.loads(merchant.client.query_refund(number)[1])


def abnormal(sandbox, merchant):
    """A refund the customer's account refused; its refund_id."""
    order = paid(sandbox, merchant, sandbox.phone(), 10_000)
    sandbox.control("/faults", {"kind": "refund_abnormal"})
    answer = refund(merchant, order, "R1", 4000)
    sandbox.pass_time(3)
    assert state(merchant)["status"] == "ABNORMAL"
    return answer["refund_id"]


def events(product):
    return [json.loads(letter.body)["event_type"] for letter in product.of(NOTIFY)]


@pytest.mark.parametrize("way", ["USER_BANK_CARD", "MERCHANT_BANK_CARD"])
def test_an_abnormal_refund_goes_to_a_bank_card(sandbox, merchant, product, way):
    refund_id = abnormal(sandbox, merchant)
    held = sandbox.books()["basic_fen"]
    card = {"bank_type": "ICBC_DEBIT", "bank_account": "6222000000000000", "real_name": "李雷"}
    more = card if way == "USER_BANK_CARD" else {}
    for _ in range(2):
        code, text = merchant.client.abnormal_refund(refund_id, "R1", way, **more)
        assert (code, json.loads(text)["status"]) == (200, "PROCESSING")
    sandbox.pass_time(3)
    found = state(merchant)
    assert (found["status"], found["channel"]) == ("SUCCESS", "OTHER_BANKCARD")
    assert events(product).count("REFUND.ABNORMAL") == 1
    assert events(product).count("REFUND.SUCCESS") == 1
    books = sandbox.books()
    assert (books["basic_fen"], books["sum_fen"]) == (held, 0)


def test_a_card_of_the_customer_is_named_and_encrypted(sandbox, merchant):
    refund_id = abnormal(sandbox, merchant)
    path = f"{REFUNDS}/{refund_id}/apply-abnormal-refund"
    wish = {"out_refund_no": "R1", "type": "USER_BANK_CARD"}
    clear = {"bank_type": "ICBC_DEBIT", "bank_account": "6222", "real_name": "李雷"}
    for more in ({}, clear, {"colour": 1}):
        status, answer = merchant.send("POST", path, wish | more)
        assert (status, answer["code"]) == (400, "PARAM_ERROR")
    other = {"out_refund_no": "R2", "type": "MERCHANT_BANK_CARD"}
    assert merchant.send("POST", path, other)[0] == 404
    assert state(merchant)["status"] == "ABNORMAL"


def test_only_an_abnormal_refund_is_sent_elsewhere(sandbox, merchant):
    order = paid(sandbox, merchant, sandbox.phone(), 10_000)
    answer = refund(merchant, order, "R1", 4000)
    code, text = merchant.client.abnormal_refund(answer["refund_id"], "R1", "MERCHANT_BANK_CARD")
    assert (code, json.loads(text)["code"]) == (400, "INVALID_REQUEST")
    sandbox.pass_time(3)
    assert state(merchant)["channel"] == "ORIGINAL"


def test_a_refund_takes_as_long_as_was_agreed(sandbox, merchant):
    sandbox.control("/pay/terms", {"refund_seconds": 3 * 86_400.0}, "PUT")
    order = paid(sandbox, merchant, sandbox.phone(), 10_000)
    refund(merchant, order, "R1", 4000)
    sandbox.pass_time(2 * 86_400)
    assert state(merchant)["status"] == "PROCESSING"
    sandbox.pass_time(86_401)
    assert state(merchant)["status"] == "SUCCESS"


def test_a_closed_refund_leaves_the_books_as_they_were(sandbox, merchant, product):
    order = paid(sandbox, merchant, sandbox.phone(), 10_000)
    before = sandbox.books()
    sandbox.control("/faults", {"kind": "refund_closed"})
    refund(merchant, order, "R1", 4000)
    sandbox.pass_time(3)
    assert state(merchant)["status"] == "CLOSED"
    after = sandbox.books()
    assert (after["basic_fen"], after["fee_fen"]) == (before["basic_fen"], before["fee_fen"])
    assert after["orders"] == before["orders"]
    assert events(product)[-1] == "REFUND.CLOSED"


@pytest.mark.parametrize(
    ("parts", "good"),
    [
        ([{"account": "AVAILABLE", "amount": 100}], True),
        ([{"account": "AVAILABLE", "amount": 99}], False),
        ([{"account": "SOMEWHERE", "amount": 100}], False),
    ],
)
def test_where_a_refund_comes_from_adds_up(sandbox, merchant, parts, good):
    order = paid(sandbox, merchant, sandbox.phone(), 10_000)
    goods = {
        "merchant_goods_id": "G1",
        "unit_price": 100,
        "refund_amount": 100,
        "refund_quantity": 1,
    }
    wish = {
        "out_trade_no": order["out_trade_no"],
        "out_refund_no": "R1",
        "amount": {"refund": 100, "total": 10_000, "currency": "CNY", "from": parts},
        "goods_detail": [goods],
    }
    assert merchant.send("POST", REFUNDS, wish)[0] == (200 if good else 400)
    assert len(sandbox.books()["refunds"]) == good


def test_fifty_parts_and_no_more(sandbox, merchant):
    order = paid(sandbox, merchant, sandbox.phone(), 10_000)
    for number in range(50):
        refund(merchant, order, f"R{number}", 1)
    wish = {
        "out_trade_no": order["out_trade_no"],
        "out_refund_no": "R50",
        "amount": {"refund": 1, "total": 10_000, "currency": "CNY"},
    }
    status, answer = merchant.send("POST", REFUNDS, wish)
    assert (status, answer["code"]) == (403, "RULE_LIMIT")


def test_after_a_year_nothing_is_refunded(sandbox, merchant):
    order = paid(sandbox, merchant, sandbox.phone(), 10_000)
    sandbox.pass_time(366 * 86_400)
    wish = {
        "out_trade_no": order["out_trade_no"],
        "out_refund_no": "R1",
        "amount": {"refund": 1, "total": 10_000, "currency": "CNY"},
    }
    status, answer = merchant.send("POST", REFUNDS, wish)
    assert (status, answer["code"]) == (403, "TRADE_ERROR")
