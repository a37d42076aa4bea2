"""Daily bills: when they exist, what stands in them, and that they agree with the books."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import requests

from sandbox.clock import BEIJING, beijing_day, day_begins

REFUNDS = "/v3/refund/domestic/refunds"
ALL_HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,"
    "交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,"
    "充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)


def paid(sandbox, merchant, phone, total_fen=1000, **more):
    order = merchant.order(phone, total_fen, **more)
    status, answer = merchant.send("POST", "/v3/pay/transactions/jsapi", order)
    assert status == 200, answer
    sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(answer["prepay_id"]))
    return order


def today(sandbox):
    return beijing_day(sandbox.world.clock.now())


def to_the_bill_of(sandbox, day):
    """Until ten o'clock of the day after."""
    sandbox.pass_time(day_begins(day) + 34 * 3600 + 1 - sandbox.world.clock.now())


def fetch(merchant, asked):
    """The text of a bill `wechatpayv3` asked for, its hash checked."""
    code, text = asked
    assert code == 200, text
    found = json.loads(text)
    code, content = merchant.client.download_bill(found["download_url"])
    assert code == 200, content
    clear = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    assert hashlib.sha1(clear).hexdigest() == found["hash_value"]
    return clear.decode("utf-8-sig")


def table(text):
    """Header, lines and summary; values are parted by a comma and a back-quote."""
    lines = text.split("\r\n")
    assert lines.pop() == ""
    names = lines[0].split(",")
    rows = [dict(zip(names, line[1:].split(",`"), strict=True)) for line in lines[1:-2]]
    return rows, dict(zip(lines[-2].split(","), lines[-1][1:].split(",`"), strict=True))


def refund(merchant, order, number, part):
    wish = {
        "out_trade_no": order["out_trade_no"],
        "out_refund_no": number,
        "amount": {"refund": part, "total": order["amount"]["total"], "currency": "CNY"},
    }
    status, answer = merchant.send("POST", REFUNDS, wish)
    assert status == 200, answer
    return answer


def test_a_bill_comes_the_next_day_at_ten(sandbox, merchant):
    day = today(sandbox)
    paid(sandbox, merchant, sandbox.phone())
    code, text = merchant.client.trade_bill(day)
    assert (code, json.loads(text)["code"]) == (400, "PARAM_ERROR")
    until_midnight = day_begins(day) + 86400 - sandbox.world.clock.now()
    sandbox.pass_time(until_midnight + 60)
    code, text = merchant.client.trade_bill(day)
    assert (code, json.loads(text)["code"]) == (400, "STATEMENT_CREATING")
    to_the_bill_of(sandbox, day)
    assert fetch(merchant, merchant.client.trade_bill(day)).startswith(ALL_HEADER + "\r\n")
    day_before = (datetime.now(BEIJING) - timedelta(days=1)).date().isoformat()
    code, text = merchant.client.trade_bill(day_before)
    assert (code, json.loads(text)["code"]) == (400, "NO_STATEMENT_EXIST")


def test_the_trade_bill_lists_payments_and_refunds_in_yuan(sandbox, merchant):
    phone, day = sandbox.phone(), today(sandbox)
    order = paid(sandbox, merchant, phone, 9500, description="面包, 牛奶", attach="桌, 5")
    paid(sandbox, merchant, phone, 1)
    answer = refund(merchant, order, "R1", 950)
    sandbox.pass_time(3)
    to_the_bill_of(sandbox, day)
    rows, summary = table(fetch(merchant, merchant.client.trade_bill(day)))
    assert len(rows) == 3
    payment = next(row for row in rows if row["订单金额"] == "95.00")
    assert (payment["商户订单号"], payment["交易状态"]) == (order["out_trade_no"], "SUCCESS")
    assert (payment["手续费"], payment["费率"]) == ("0.57000", "0.60%")
    assert (payment["商品名称"], payment["商户数据包"]) == ("面包, 牛奶", "桌, 5")
    assert (payment["商户退款单号"], payment["退款金额"]) == ("0", "0.00")
    back = next(row for row in rows if row["交易状态"] == "REFUND")
    assert (back["微信退款单号"], back["商户退款单号"]) == (answer["refund_id"], "R1")
    assert (back["退款金额"], back["退款状态"], back["手续费"]) == ("9.50", "SUCCESS", "-0.06000")
    assert (back["应结订单金额"], back["订单金额"]) == ("0.00", "0.00")
    assert summary == {
        "总交易单数": "3",
        "应结订单总金额": "95.01",
        "退款总金额": "9.50",
        "充值券退款总金额": "0.00",
        "手续费总金额": "0.51000",
        "订单总金额": "95.01",
        "申请退款总金额": "9.50",
    }


def test_bills_of_one_kind_have_their_own_columns(sandbox, merchant):
    day = today(sandbox)
    order = paid(sandbox, merchant, sandbox.phone(), 1000)
    paid(sandbox, merchant, sandbox.phone(), 1000)
    refund(merchant, order, "R1", 1000)
    sandbox.pass_time(3)
    to_the_bill_of(sandbox, day)
    good, _ = table(fetch(merchant, merchant.client.trade_bill(day, "SUCCESS")))
    assert (len(good), len(good[0]), "退款状态" in good[0]) == (2, 20, False)
    back, summary = table(fetch(merchant, merchant.client.trade_bill(day, "REFUND")))
    assert (len(back), len(back[0]), summary["退款总金额"]) == (1, 29, "10.00")
    assert back[0]["退款申请时间"] <= back[0]["退款成功时间"]


def test_fund_flows_end_with_the_balance_of_the_books(sandbox, merchant):
    phone, day = sandbox.phone(), today(sandbox)
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 50_000})
    order = paid(sandbox, merchant, phone, 12_345)
    paid(sandbox, merchant, phone, 10_000)
    refund(merchant, order, "R1", 345)
    status, _ = merchant.send(
        "POST", "/v3/fund-app/mch-transfer/transfer-bills", merchant.transfer(phone, 1000)
    )
    assert status == 200
    sandbox.pass_time(3)
    books = sandbox.books()
    to_the_bill_of(sandbox, day)
    for account, held in (("BASIC", "basic_fen"), ("OPERATION", "operation_fen")):
        rows, summary = table(fetch(merchant, merchant.client.fundflow_bill(day, account)))
        moved = {"收入": Decimal(0), "支出": Decimal(0)}
        for row in rows:
            moved[row["收支类型"]] += Decimal(row["收支金额(元)"])
        assert Decimal(summary["收入金额"]) == moved["收入"]
        assert Decimal(summary["支出金额"]) == moved["支出"]
        assert moved["收入"] - moved["支出"] == Decimal(books[held]) / 100
        assert Decimal(rows[-1]["账户结余(元)"]) == Decimal(books[held]) / 100
    code, text = merchant.client.fundflow_bill(day, "FEES")
    assert (code, json.loads(text)["code"]) == (400, "NO_STATEMENT_EXIST")


def test_fees_are_taken_from_their_own_account_where_that_is_agreed(sandbox, merchant):
    day = today(sandbox)
    sandbox.control("/pay/terms", {"fees_from": "FEES"}, "PUT")
    sandbox.control("/books/top-up", {"account": "FEES", "amount_fen": 100})
    order = paid(sandbox, merchant, sandbox.phone(), 10_000)
    books = sandbox.books()
    assert (books["basic_fen"], books["fees_fen"], books["fee_fen"]) == (10_000, 40, 60)
    refund(merchant, order, "R1", 10_000)
    books = sandbox.books()
    assert (books["basic_fen"], books["fees_fen"], books["sum_fen"]) == (0, 100, 0)
    to_the_bill_of(sandbox, day)
    rows, _ = table(fetch(merchant, merchant.client.fundflow_bill(day, "FEES")))
    kinds = ["充值", "扣除交易手续费", "退还交易手续费"]
    assert [row["业务类型"] for row in rows] == kinds


def test_an_address_works_once_and_for_five_minutes(sandbox, merchant):
    day = today(sandbox)
    paid(sandbox, merchant, sandbox.phone())
    to_the_bill_of(sandbox, day)
    url = json.loads(merchant.client.trade_bill(day)[1])["download_url"]
    unsigned = requests.get(url, headers={"Accept": "*/*"}, timeout=9)
    assert (unsigned.status_code, unsigned.json()["code"]) == (401, "SIGN_ERROR")
    assert merchant.client.download_bill(url)[0] == 200
    assert merchant.client.download_bill(url)[0] == 404
    late = json.loads(merchant.client.trade_bill(day, tar_type="GZIP")[1])["download_url"]
    sandbox.pass_time(301)
    assert merchant.client.download_bill(late)[0] == 404


def test_without_compression_the_file_is_plain_and_nothing_is_signed(sandbox, merchant):
    day = today(sandbox)
    paid(sandbox, merchant, sandbox.phone())
    to_the_bill_of(sandbox, day)
    sandbox.control("/pay/terms", {"bill_byte_order_mark": False, "bill_commas": "escaped"}, "PUT")
    status, found = merchant.send("GET", f"/v3/bill/tradebill?bill_date={day}")
    assert status == 200
    path = found["download_url"].removeprefix(sandbox.url)
    headers = merchant.headers("GET", path, "")
    answer = requests.get(found["download_url"], headers=headers, timeout=9)
    assert "Wechatpay-Signature" not in answer.headers
    assert answer.content.startswith("交易时间".encode())


@pytest.mark.parametrize(
    "query",
    [
        "bill_date=2026-13-01",
        "bill_date=20260101",
        "bill_type=ALL",
        "bill_date=2020-01-01",
        "bill_date=2099-01-01",
        "bill_date=2026-01-01&bill_type=SOME",
        "bill_date=2026-01-01&tar_type=ZIP",
        "bill_date=2026-01-01&colour=red",
    ],
)
def test_a_bill_is_asked_for_exactly(merchant, query):
    status, answer = merchant.send("GET", f"/v3/bill/tradebill?{query}")
    assert (status, answer["code"]) == (400, "PARAM_ERROR")


@pytest.mark.parametrize("kind", ["bill_omit", "bill_add", "bill_alter"])
def test_a_bill_can_be_made_wrong_once(sandbox, merchant, kind):
    day, phone = today(sandbox), sandbox.phone()
    numbers = [paid(sandbox, merchant, phone, 1000)["out_trade_no"] for _ in range(3)]
    to_the_bill_of(sandbox, day)
    right = fetch(merchant, merchant.client.trade_bill(day))
    wish = {"kind": kind, "match": "tradebill", "number": numbers[1]}
    if kind == "bill_alter":
        wish["amount_fen"] = 5
    sandbox.control("/faults", wish)
    rows, summary = table(fetch(merchant, merchant.client.trade_bill(day)))
    found = {row["商户订单号"]: row["订单金额"] for row in rows}
    if kind == "bill_omit":
        assert numbers[1] not in found
        assert summary["总交易单数"] == "2"
    elif kind == "bill_add":
        assert (len(found), summary["订单总金额"]) == (4, "40.00")
    else:
        assert (found[numbers[1]], found[numbers[0]]) == ("10.05", "10.00")
    assert fetch(merchant, merchant.client.trade_bill(day)) == right
