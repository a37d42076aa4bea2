"""Several orders paid together; `wechatpayv3` is the client."""

from __future__ import annotations

import json
import uuid

import pytest
import requests
from wechatpayv3 import WeChatPayType

from tests.sandbox.test_bills import fetch, refund, table, to_the_bill_of, today

PATH = "/v3/combine-transactions"
NOTIFY = "/wechat/pay/notify"


def part(merchant, total_fen, **more):
    return {
        "mchid": merchant.accounts["WECHAT_PAY_MCH_ID"],
        "attach": "桌5",
        "amount": {"total_amount": total_fen, "currency": "CNY"},
        "out_trade_no": uuid.uuid4().hex,
        "description": "面包",
    } | more


def ask(merchant, phone, subs, number="C" * 12, pay_type=WeChatPayType.MINIPROG, **more):
    payer = {"openid": phone["mini_openid"]} if pay_type == WeChatPayType.MINIPROG else None
    code, text = merchant.client.combine_pay(
        number, subs, combine_payer_info=payer, pay_type=pay_type, **more
    )
    return code, json.loads(text)


def query(merchant, number="C" * 12):
    code, text = merchant.client.combine_query(number)
    return json.loads(text) if code == 200 else code


def pay(sandbox, phone, sheet):
    return requests.post(f"{sandbox.url}/__ctl/phones/{phone['id']}/pay", json=sheet, timeout=9)


def test_all_parts_are_paid_together_and_told_once(sandbox, merchant, product):
    phone, day = sandbox.phone(), today(sandbox)
    shared = part(merchant, 2000, settle_info={"profit_sharing": True})
    subs = [part(merchant, 1000), shared]
    code, answer = ask(merchant, phone, subs)
    assert code == 200
    assert {one["trade_state"] for one in query(merchant)["sub_orders"]} == {"NOTPAY"}
    done = pay(sandbox, phone, merchant.sheet(answer["prepay_id"])).json()
    assert (done["out_trade_no"], done["total_fen"]) == ("C" * 12, 3000)
    sandbox.drain()
    (letter,) = product.of(NOTIFY)
    told = json.loads(merchant.client.decrypt_callback(letter.headers, letter.body))
    assert told == query(merchant)
    assert [one["amount"]["total_amount"] for one in told["sub_orders"]] == [1000, 2000]
    assert {one["trade_state"] for one in told["sub_orders"]} == {"SUCCESS"}
    assert told["combine_payer_info"]["openid"] == phone["mini_openid"]
    books = sandbox.books()
    assert (books["basic_fen"], books["frozen_fen"], books["sum_fen"]) == (994, 1988, 0)
    listed = sandbox.control("/pay/records", method="GET")["combined"]
    assert listed == [query(merchant)]
    first = subs[0] | {"amount": {"total": 1000}}
    refund(merchant, first, "R1", 500)
    sandbox.pass_time(3)
    to_the_bill_of(sandbox, day)
    rows, _ = table(fetch(merchant, merchant.client.trade_bill(day)))
    numbers = [one["out_trade_no"] for one in subs]
    assert {row["商户订单号"] for row in rows} == set(numbers)
    assert len(rows) == 3


def test_a_scanned_code_pays_all_parts(sandbox, merchant):
    phone = sandbox.phone()
    subs = [part(merchant, 1000), part(merchant, 500)]
    old = ask(merchant, phone, subs, pay_type=WeChatPayType.NATIVE)[1]["code_url"]
    new = ask(merchant, phone, subs, pay_type=WeChatPayType.NATIVE)[1]["code_url"]
    assert pay(sandbox, phone, {"code_url": old}).status_code == 409
    found = sandbox.control(f"/phones/{phone['id']}/scan", {"content": new})
    assert found["order"]["total_fen"] == 1500
    assert pay(sandbox, phone, {"code_url": new}).json()["total_fen"] == 1500


def test_a_browser_pays_all_parts(sandbox, merchant):
    phone = sandbox.phone()
    scene = {"payer_client_ip": "203.0.113.5", "h5_info": {"type": "Wap"}}
    subs = [part(merchant, 1000), part(merchant, 500)]
    answer = ask(merchant, phone, subs, pay_type=WeChatPayType.H5, scene_info=scene)[1]
    assert "¥15.00" in requests.get(answer["h5_url"], timeout=9).text
    assert pay(sandbox, phone, {"h5_url": answer["h5_url"]}).status_code == 200
    assert len(sandbox.books()["orders"]) == 2


def test_all_parts_are_closed_together(sandbox, merchant):
    phone = sandbox.phone()
    subs = [part(merchant, 1000), part(merchant, 500)]
    prepay_id = ask(merchant, phone, subs)[1]["prepay_id"]
    named = [{name: one[name] for name in ("mchid", "out_trade_no")} for one in subs]
    single = f"/v3/pay/transactions/out-trade-no/{subs[0]['out_trade_no']}/close"
    assert merchant.send("POST", single, {"mchid": subs[0]["mchid"]})[0] == 400
    assert merchant.client.combine_close("C" * 12, [named[0], named[0]])[0] == 400
    assert {one["trade_state"] for one in query(merchant)["sub_orders"]} == {"NOTPAY"}
    for _ in range(2):
        assert merchant.client.combine_close("C" * 12, named)[0] == 204
    assert {one["trade_state"] for one in query(merchant)["sub_orders"]} == {"CLOSED"}
    assert pay(sandbox, phone, merchant.sheet(prepay_id)).status_code == 409
    assert sandbox.books()["basic_fen"] == 0


def test_paid_parts_are_not_closed_nor_paid_again(sandbox, merchant):
    phone = sandbox.phone()
    subs = [part(merchant, 1000), part(merchant, 500)]
    prepay_id = ask(merchant, phone, subs)[1]["prepay_id"]
    assert pay(sandbox, phone, merchant.sheet(prepay_id)).status_code == 200
    named = [{name: one[name] for name in ("mchid", "out_trade_no")} for one in subs]
    code, text = merchant.client.combine_close("C" * 12, named)
    assert (code, json.loads(text)["code"]) == (400, "ORDERPAID")
    assert ask(merchant, phone, subs)[1]["code"] == "ORDERPAID"
    assert pay(sandbox, phone, merchant.sheet(prepay_id)).status_code == 409
    assert sandbox.books()["basic_fen"] == 994 + 497


def test_a_number_belongs_to_one_order(sandbox, merchant):
    phone = sandbox.phone()
    subs = [part(merchant, 1000), part(merchant, 500)]
    assert ask(merchant, phone, subs)[0] == 200
    changed = [subs[0], subs[1] | {"description": "牛奶"}]
    assert ask(merchant, phone, changed)[1]["code"] == "OUT_TRADE_NO_USED"
    assert ask(merchant, phone, subs, "D" * 12)[1]["code"] == "OUT_TRADE_NO_USED"
    assert query(merchant, "D" * 12) == 404
    assert len(sandbox.books()["orders"]) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda subs: subs[:1],
        lambda subs: subs * 6,
        lambda subs: [subs[0], subs[0]],
        lambda subs: [subs[0], subs[1] | {"amount": {"total": 1, "currency": "CNY"}}],
        lambda subs: [subs[0], subs[1] | {"mchid": "1900000000"}],
        lambda subs: [subs[0], {k: v for k, v in subs[1].items() if k != "attach"}],
    ],
)
def test_parts_are_asked_for_exactly(sandbox, merchant, change):
    phone = sandbox.phone()
    subs = change([part(merchant, 1000), part(merchant, 500)])
    assert ask(merchant, phone, subs)[0] == 400
    assert sandbox.books()["orders"] == []
