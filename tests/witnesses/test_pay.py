"""wechatpayv3, unchanged and with WeChat Pay's own address, against the sandbox."""

from __future__ import annotations

import json
import os
import time
import uuid

import pytest
import requests
from wechatpayv3 import WeChatPay, WeChatPayType

from sandbox.rerouted import reroute
from tests.witnesses.pairs import NOTIFY

APP = "wxdevmini000000001"


@pytest.fixture(scope="module")
def rerouted(pair):
    """The library's `requests`, leading to the sandbox; before its constructor runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wechatpayv3.core.requests", reroute(requests.Session(), pair.sandbox))
        yield


@pytest.fixture(scope="module")
def merchant(rerouted, pair, pems):
    """The merchant in public-key mode."""
    return WeChatPay(
        wechatpay_type=WeChatPayType.MINIPROG,
        mchid=os.environ["WECHAT_PAY_MCH_ID"],
        private_key=pems["merchant_private"],
        cert_serial_no=os.environ["WECHAT_PAY_MERCHANT_SERIAL"],
        apiv3_key=os.environ["WECHAT_PAY_API_V3_KEY"],
        appid=APP,
        notify_url=pair.pushes.url + NOTIFY,
        timeout=20,
        public_key=pems["platform_public"],
        public_key_id=os.environ["WECHAT_PAY_PUBLIC_KEY_ID"],
    )


@pytest.fixture(scope="module")
def phone(pair):
    return pair.phone()


def read(answer, status=200):
    """The fields of an answer whose signature the library has verified."""
    code, text = answer
    assert code == status, text
    return json.loads(text) if text else None


def ordered(merchant, phone, total_fen=1000):
    number = uuid.uuid4().hex
    made = merchant.pay(
        description="储值 “一百”",
        out_trade_no=number,
        amount={"total": total_fen, "currency": "CNY"},
        payer={"openid": phone["mini_openid"]},
        detail={"cost_price": total_fen, "goods_detail": []},
        scene_info={"payer_client_ip": "127.0.0.1"},
        attach="标记",
    )
    return number, read(made)["prepay_id"]


def sheet(merchant, prepay_id):
    lines = [APP, str(int(time.time())), uuid.uuid4().hex, f"prepay_id={prepay_id}"]
    names = ("timeStamp", "nonceStr", "package")
    signed = {"signType": "RSA", "paySign": merchant.sign(lines)}
    return dict(zip(names, lines[1:], strict=True)) | signed


def told(merchant, letter):
    """What the library makes of a notification as it went over the wire."""
    return merchant.callback(dict(letter.headers), letter.body)


def test_an_order_is_paid_told_and_refunded(merchant, pair, phone):
    number, prepay_id = ordered(merchant, phone)
    letter = pair.notified(lambda: pair.act(phone, "pay", **sheet(merchant, prepay_id)))
    notice = told(merchant, letter)
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    resource = notice["resource"]
    assert (resource["out_trade_no"], resource["attach"]) == (number, "标记")
    by_number = read(merchant.query(out_trade_no=number))
    by_id = read(merchant.query(transaction_id=resource["transaction_id"]))
    assert by_number == by_id == resource
    refund = {"out_refund_no": uuid.uuid4().hex, "reason": "七天无理由"}
    amount = {"refund": 400, "total": 1000, "currency": "CNY"}
    read(
        merchant.refund(
            out_trade_no=number, amount=amount, notify_url=pair.pushes.url + NOTIFY, **refund
        )
    )
    letter = pair.notified(lambda: pair.let_pass(3))
    notice = told(merchant, letter)
    assert notice["event_type"] == "REFUND.SUCCESS"
    found = read(merchant.query_refund(refund["out_refund_no"]))
    assert (found["status"], found["amount"]["refund"]) == ("SUCCESS", 400)
    assert notice["resource"]["refund_id"] == found["refund_id"]
    assert read(merchant.query(out_trade_no=number))["trade_state"] == "REFUND"


def test_a_changed_notification_is_not_believed(merchant, pair, phone):
    _, prepay_id = ordered(merchant, phone)
    letter = pair.notified(lambda: pair.act(phone, "pay", **sheet(merchant, prepay_id)))
    assert told(merchant, letter)
    assert not merchant.callback(dict(letter.headers), letter.body.replace(b"CNY", b"USD") + b" ")


def test_a_native_order_is_closed(merchant):
    number = uuid.uuid4().hex
    made = merchant.pay(
        description="储值",
        out_trade_no=number,
        amount={"total": 1000},
        pay_type=WeChatPayType.NATIVE,
    )
    assert read(made)["code_url"].startswith("weixin://wxpay/bizpayurl")
    assert merchant.close(number)[0] == 204
    assert read(merchant.query(out_trade_no=number))["trade_state"] == "CLOSED"


def test_transfers_are_made_confirmed_and_cancelled(merchant, pair, phone):
    pair.control("books/top-up", account="OPERATION", amount_fen=10_000)
    bill = {
        "transfer_scene_id": "1005",
        "openid": phone["mini_openid"],
        "transfer_amount": 100,
        "transfer_remark": "返利提现",
        "user_name": "张三",
        "notify_url": pair.pushes.url + NOTIFY,
        "transfer_scene_report_infos": [
            {"info_type": "岗位类型", "info_content": "推广员"},
            {"info_type": "报酬说明", "info_content": "推荐返利"},
        ],
    }
    kept, dropped = uuid.uuid4().hex, uuid.uuid4().hex
    made = read(merchant.mch_transfer_bills(out_bill_no=kept, **bill))
    assert made["state"] == "WAIT_USER_CONFIRM"
    package = made["package_info"]
    letter = pair.notified(lambda: _confirm(pair, phone, package))
    notice = told(merchant, letter)
    assert notice["event_type"] == "MCHTRANSFER.BILL.FINISHED"
    assert (notice["resource"]["out_bill_no"], notice["resource"]["state"]) == (kept, "SUCCESS")
    assert read(merchant.mch_transfer_bills_query(kept))["state"] == "SUCCESS"
    read(merchant.mch_transfer_bills(out_bill_no=dropped, **bill))
    assert read(merchant.mch_transfer_bills_cancel(dropped))["state"] in ("CANCELING", "CANCELLED")
    pair.let_pass(5)
    assert read(merchant.mch_transfer_bills_query(dropped))["state"] == "CANCELLED"


def _confirm(pair, phone, package):
    pair.act(phone, "confirm-transfer", package_info=package)
    pair.let_pass(5)


def test_what_the_sandbox_refuses_reaches_the_caller_as_it_is(merchant, phone):
    code, text = merchant.query(out_trade_no=uuid.uuid4().hex)
    assert (code, json.loads(text)["code"]) == (404, "ORDER_NOT_EXIST")
    stranger = {"openid": "oNobody"}
    code, text = merchant.pay("储值", uuid.uuid4().hex, {"total": 1}, payer=stranger)
    assert (code, json.loads(text)["code"]) == (400, "OPENID_MISMATCH")
