"""Orders, notifications, refunds; `wechatpayv3` signs, verifies and decrypts."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sandbox.books import fee_of

JSAPI = "/v3/pay/transactions/jsapi"
NATIVE = "/v3/pay/transactions/native"
REFUNDS = "/v3/refund/domestic/refunds"
NOTIFY = "/wechat/pay/notify"


def paid(sandbox, merchant, phone, total_fen=1000):
    order, prepay_id = merchant.prepay(phone, total_fen)
    sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(prepay_id))
    sandbox.drain()
    return order


def refused(sandbox, phone, sheet):
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/pay"
    answer = requests.post(url, json=sheet, timeout=9)
    assert answer.status_code in (404, 409), answer.text
    return answer.json()["error"]


def test_wechatpayv3_prepays_queries_and_closes(sandbox, merchant):
    phone = sandbox.phone()
    code, text = merchant.client.pay(
        description="储值",
        out_trade_no="T" * 32,
        amount={"total": 100},
        payer={"openid": phone["mini_openid"]},
    )
    assert (code, list(json.loads(text))) == (200, ["prepay_id"])
    code, text = merchant.client.query(out_trade_no="T" * 32)
    assert json.loads(text)["trade_state"] == "NOTPAY"
    assert merchant.client.close(out_trade_no="T" * 32)[0] == 204
    assert merchant.client.close(out_trade_no="T" * 32)[0] == 204
    code, text = merchant.client.query(out_trade_no="T" * 32)
    assert json.loads(text)["trade_state"] == "CLOSED"


def test_a_payment_is_notified_once_signed_and_sealed(sandbox, merchant, product):
    phone = sandbox.phone()
    order = paid(sandbox, merchant, phone, 1234)
    (letter,) = product.of(NOTIFY)
    found = json.loads(merchant.client.decrypt_callback(letter.headers, letter.body))
    assert found["out_trade_no"] == order["out_trade_no"]
    assert found["amount"]["total"] == 1234
    assert found["payer"]["openid"] == phone["mini_openid"]
    status, answer = merchant.send(
        "GET", f"/v3/pay/transactions/id/{found['transaction_id']}?mchid=1900000109"
    )
    assert (status, answer["trade_state"]) == (200, "SUCCESS")


@pytest.mark.parametrize("place", ["body", "path"])
def test_one_tampered_byte_is_a_sign_error(sandbox, merchant, place):
    order = merchant.order(sandbox.phone())
    body = json.dumps(order)
    if place == "body":
        status, answer = merchant.send_raw("POST", JSAPI, body.replace("1000", "1001"), body)
    else:
        headers = merchant.headers("POST", NATIVE, body)
        raw = requests.post(f"{sandbox.url}{JSAPI}", data=body, headers=headers, timeout=9)
        status, answer = raw.status_code, raw.json()
    assert (status, answer["code"]) == (401, "SIGN_ERROR")
    assert answer["detail"]["detail"]["issue"] == "sign not match"
    assert sandbox.books()["orders"] == []


def test_a_request_of_another_time_serial_or_merchant_is_refused(sandbox, merchant):
    path = "/v3/pay/transactions/out-trade-no/unknown?mchid=1900000109"
    assert merchant.send("GET", path)[0] == 404
    headers = merchant.headers("GET", path, "")
    for old, new in (('serial_no="51', 'serial_no="52'), ('mchid="19', 'mchid="18')):
        wrong = headers | {"Authorization": headers["Authorization"].replace(old, new)}
        answer = requests.get(f"{sandbox.url}{path}", headers=wrong, timeout=9)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")


def test_certificates_are_not_offered_to_a_merchant_with_a_public_key(sandbox, merchant):
    status, answer = merchant.send("GET", "/v3/certificates")
    assert (status, answer["code"]) == (404, "RESOURCE_NOT_EXISTS")


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"attach": None},
        {"amount": {"total": 0, "currency": "CNY"}},
        {"amount": {"total": "1", "currency": "CNY"}},
        {"amount": {"total": 1, "currency": "CNY", "tip": 1}},
        {"out_trade_no": "short"},
        {"out_trade_no": "x" * 33},
        {"notify_url": "https://shop.example/notify?a=1"},
        {"description": "x" * 128},
        {"time_expire": "2020-01-01T00:00:00+08:00"},
    ],
)
def test_unknown_null_and_wrong_fields_are_parameter_errors(sandbox, merchant, change):
    status, answer = merchant.send("POST", JSAPI, merchant.order(sandbox.phone()) | change)
    assert (status, answer["code"]) == (400, "PARAM_ERROR")
    assert sandbox.books()["orders"] == []


def test_openid_and_app_id_belong_together(sandbox, merchant):
    phone = sandbox.phone()
    for openid in (phone["openid"], "o-unknown"):
        order = merchant.order(phone, payer={"openid": openid})
        status, answer = merchant.send("POST", JSAPI, order)
        assert (status, answer["code"]) == (400, "OPENID_MISMATCH")


def test_the_same_number_is_the_same_order(sandbox, merchant):
    phone = sandbox.phone()
    order, prepay_id = merchant.prepay(phone)
    status, answer = merchant.send("POST", JSAPI, order)
    assert status == 200
    assert answer["prepay_id"] != prepay_id
    status, answer = merchant.send("POST", JSAPI, order | {"description": "另一个"})
    assert (status, answer["code"]) == (403, "OUT_TRADE_NO_USED")
    sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(prepay_id))
    status, answer = merchant.send("POST", JSAPI, order)
    assert (status, answer["code"]) == (400, "ORDERPAID")
    close = f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}/close"
    status, answer = merchant.send("POST", close, {"mchid": order["mchid"]})
    assert (status, answer["code"]) == (400, "ORDERPAID")


def test_the_pay_sheet_checks_signature_payer_and_time(sandbox, merchant):
    phone, other = sandbox.phone(), sandbox.phone()
    _, prepay_id = merchant.prepay(phone)
    sheet = merchant.sheet(prepay_id)
    assert refused(sandbox, other, sheet) == "other_payer"
    assert refused(sandbox, phone, sheet | {"nonceStr": "another"}) == "pay_sign"
    assert refused(sandbox, phone, sheet | {"timeStamp": 1700000000}) == "missing_parameter"
    assert refused(sandbox, phone, sheet | {"signType": "MD5"}) == "sign_type"
    foreign = {"appId": "wxtest0oa000000001"}
    assert refused(sandbox, phone, sheet | foreign) == "pay_sign"
    assert refused(sandbox, phone, merchant.sheet("wx-unknown")) == "unknown_prepay"
    declined = sandbox.control(f"/phones/{phone['id']}/pay", sheet | {"decline": True})
    assert declined["errMsg"] == "requestPayment:fail cancel"
    sandbox.pass_time(7201)
    assert refused(sandbox, phone, sheet) == "prepay_over"
    assert sandbox.books()["basic_fen"] == 0
    assert sandbox.books()["orders"][0]["state"] == "NOTPAY"


def test_nothing_is_paid_twice(sandbox, merchant, product):
    phone = sandbox.phone()
    _, prepay_id = merchant.prepay(phone)
    sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(prepay_id))
    before = sandbox.books()
    assert refused(sandbox, phone, merchant.sheet(prepay_id)) == "already_paid"
    sandbox.drain()
    assert sandbox.books() == before
    assert len(product.of(NOTIFY)) == 1


def test_a_native_code_is_paid_by_whoever_scans_the_latest_one(sandbox, merchant):
    phone = sandbox.phone()
    order = merchant.order(phone)
    del order["payer"]
    old = merchant.send("POST", NATIVE, order)[1]["code_url"]
    new = merchant.send("POST", NATIVE, order)[1]["code_url"]
    assert refused(sandbox, phone, {"code_url": old}) == "prepay_over"
    found = sandbox.control(f"/phones/{phone['id']}/scan", {"content": new})
    assert (found["kind"], found["order"]["total_fen"]) == ("payment", 1000)
    paid_now = sandbox.control(f"/phones/{phone['id']}/pay", {"code_url": new})
    assert paid_now["result"] == "paid"
    assert sandbox.books()["orders"][0]["openid"] == phone["mini_openid"]


def test_a_notification_is_repeated_on_the_virtual_clock_until_it_is_accepted(
    sandbox, merchant, product
):
    product.answer = lambda letter: (500, b"")
    paid(sandbox, merchant, sandbox.phone())
    counts = [len(product.of(NOTIFY))]
    for seconds in (14, 2, 15, 30, 180):
        sandbox.pass_time(seconds)
        counts.append(len(product.of(NOTIFY)))
    assert counts == [1, 1, 2, 3, 4, 5]
    product.answer = lambda letter: (200, b"")
    sandbox.pass_time(86400)
    letters = product.of(NOTIFY)
    assert len(letters) == 6
    assert len({json.loads(letter.body)["id"] for letter in letters}) == 1
    assert len({letter.headers["wechatpay-nonce"] for letter in letters}) == 6


def test_a_notification_nobody_accepts_ends_after_a_day(sandbox, merchant, product):
    product.answer = lambda letter: (302, b"")
    paid(sandbox, merchant, sandbox.phone())
    sandbox.pass_time(86640)
    sandbox.drain()
    assert len(product.of(NOTIFY)) == 16
    sandbox.pass_time(86400)
    assert len(product.of(NOTIFY)) == 16
    notices = sandbox.control("/pushes", method="GET")["notices"]
    assert notices[0]["state"] == "given_up"


def test_refunds_return_the_fee_to_the_last_fen(sandbox, merchant, product):
    phone = sandbox.phone()
    order = paid(sandbox, merchant, phone, 12345)
    assert sandbox.books()["basic_fen"] == 12345 - fee_of(12345) == 12345 - 74
    for number, part in enumerate((1, 4444, 7900)):
        wish = {
            "out_trade_no": order["out_trade_no"],
            "out_refund_no": f"R{number}",
            "amount": {"refund": part, "total": 12345, "currency": "CNY"},
        }
        status, answer = merchant.send("POST", REFUNDS, wish)
        # money taken in pays for it, so only what other payments left is at hand
        if status == 403:
            assert answer["code"] == "NOT_ENOUGH"
            paid(sandbox, merchant, phone, 100000)
            status, answer = merchant.send("POST", REFUNDS, wish)
        assert (status, answer["status"]) == (200, "PROCESSING")
        assert merchant.send("POST", REFUNDS, wish)[1]["refund_id"] == answer["refund_id"]
    sandbox.pass_time(3)
    books = sandbox.books()
    first = books["orders"][0]
    assert (first["state"], first["refunded_fen"]) == ("REFUND", 12345)
    assert first["fee_returned_fen"] == first["fee_fen"] == 74
    assert books["sum_fen"] == 0
    events = [json.loads(letter.body)["event_type"] for letter in product.of(NOTIFY)]
    assert events.count("REFUND.SUCCESS") == 3
    status, answer = merchant.send("GET", f"{REFUNDS}/R2")
    assert (status, answer["status"]) == (200, "SUCCESS")


def test_no_more_is_refunded_than_was_paid(sandbox, merchant):
    phone = sandbox.phone()
    order = paid(sandbox, merchant, phone, 1000)
    paid(sandbox, merchant, phone, 5000)
    wish = {
        "out_trade_no": order["out_trade_no"],
        "out_refund_no": "R1",
        "amount": {"refund": 600, "total": 1000, "currency": "CNY"},
    }
    assert merchant.send("POST", REFUNDS, wish)[0] == 200
    before = sandbox.books()
    for change in (
        {"out_refund_no": "R2"},
        {"amount": {"refund": 500, "total": 1000, "currency": "CNY"}},
        {"out_refund_no": "R3", "amount": {"refund": 1, "total": 999, "currency": "CNY"}},
    ):
        status, answer = merchant.send("POST", REFUNDS, wish | change)
        assert (status, answer["code"]) == (400, "INVALID_REQUEST")
    assert sandbox.books() == before


def test_many_pay_and_are_refunded_at_once_and_the_books_balance(sandbox, merchant, product):
    phones = [sandbox.phone() for _ in range(6)]

    def shop(phone):
        for _ in range(3):
            order, prepay_id = merchant.prepay(phone, 1999)
            pay = f"{sandbox.url}/__ctl/phones/{phone['id']}/pay"
            sheets = [merchant.sheet(prepay_id)] * 2
            answers = [requests.post(pay, json=sheet, timeout=20) for sheet in sheets]
            assert [answer.status_code for answer in answers] == [200, 409]
            wish = {
                "out_trade_no": order["out_trade_no"],
                "out_refund_no": f"R{order['out_trade_no'][1:]}",
                "amount": {"refund": 999, "total": 1999, "currency": "CNY"},
            }
            assert merchant.send("POST", REFUNDS, wish)[0] == 200

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(shop, phones))
    sandbox.pass_time(3)
    books = sandbox.books()
    assert len(books["orders"]) == len(books["refunds"]) == 18
    assert books["sum_fen"] == 0
    assert books["basic_fen"] == 18 * (1000 - fee_of(1000))
    assert books["fee_fen"] == 18 * fee_of(1000)
    told = lambda: {json.loads(letter.body)["id"] for letter in product.of(NOTIFY)}  # noqa: E731
    until = time.monotonic() + 20
    while len(told()) < 36 and time.monotonic() < until:
        time.sleep(0.1)
    assert len(told()) == 36


@pytest.mark.parametrize(("amount", "fee"), [(1, 0), (83, 0), (84, 1), (250, 2), (10000, 60)])
def test_the_fee_is_rounded_half_up(amount, fee):
    assert fee_of(amount) == fee
