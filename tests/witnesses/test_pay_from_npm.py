"""A client of WeChat Pay from npm, against the sandbox and against the product's own letters."""

from __future__ import annotations

import json
import os
import re
import time
import uuid

import pytest
import requests

from app.core.config import settings
from app.wechat import client as wechat
from tests.witnesses.npm import Refusal
from tests.witnesses.pairs import NOTIFY

ORDERS, REFUNDS = "/v3/pay/transactions", "/v3/refund/domestic/refunds"
TRANSFERS = "/v3/fund-app/mch-transfer/transfer-bills"
APP, MERCHANT = "wxdevmini000000001", "1900000001"


class Merchant:
    """The merchant, speaking through wechatpay-axios-plugin."""

    def __init__(self, node, pair, pems, name="merchant", **more):
        self.node, self.pair, self.name = node, pair, name
        wish = {
            "base": pair.sandbox,
            "mchid": os.environ["WECHAT_PAY_MCH_ID"],
            "serial": os.environ["WECHAT_PAY_MERCHANT_SERIAL"],
            "private_key": pems["merchant_private"],
            "certs": {os.environ["WECHAT_PAY_PUBLIC_KEY_ID"]: pems["platform_public"]},
        }
        node.ask("pay.open", name=name, **wish | more)

    def call(self, method, path, data=None, **params):
        return self.node.ask(
            "pay.call", name=self.name, method=method, path=path, data=data, params=params
        )

    def post(self, path, **data):
        return self.call("POST", path, data)

    def order(self, phone, total_fen=1000, **more):
        return {
            "appid": APP,
            "mchid": MERCHANT,
            "description": "储值 “一百”",
            "out_trade_no": uuid.uuid4().hex,
            "notify_url": self.pair.pushes.url + NOTIFY,
            "amount": {"total": total_fen, "currency": "CNY"},
            "payer": {"openid": phone["mini_openid"]},
        } | more

    def sheet(self, prepay_id, pems):
        """The parameters of wx.requestPayment, signed by the client."""
        lines = [APP, str(int(time.time())), uuid.uuid4().hex, f"prepay_id={prepay_id}"]
        signed = self.node.ask("pay.sign", lines=lines, private_key=pems["merchant_private"])
        names = ("timeStamp", "nonceStr", "package")
        return dict(zip(names, lines[1:], strict=True)) | {"signType": "RSA", "paySign": signed}

    def paid(self, phone, pems, total_fen=1000):
        """An order that the phone has paid, and the notification about it."""
        order = self.order(phone, total_fen)
        made = self.post(f"{ORDERS}/jsapi", **order)
        assert made["status"] == 200, made
        sheet = self.sheet(made["body"]["prepay_id"], pems)
        return order, self.pair.notified(lambda: self.pair.act(phone, "pay", **sheet))


@pytest.fixture(scope="module")
def merchant(node, pair, pems):
    return Merchant(node, pair, pems)


@pytest.fixture(scope="module")
def phone(pair):
    return pair.phone()


@pytest.fixture
def product(app, pair, monkeypatch):
    """The product's own calls in this process, led through the tap."""
    for name in ("wechat_api_base", "wechat_mp_base", "wechat_pay_base"):
        monkeypatch.setattr(settings(), name, pair.calls.url)
    monkeypatch.setattr(settings(), "base_url", pair.pushes.url)
    with app.app_context():
        yield pair


def opened(node, pems, letter):
    """The resource of a notification that the client from npm believes."""
    headers, body = letter.headers, letter.body.decode()
    lines = [headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"], body]
    signature, key = headers["Wechatpay-Signature"], pems["platform_public"]
    assert node.ask("pay.verify", lines=lines, signature=signature, public_key=key)
    lines[2] = body + " "
    assert not node.ask("pay.verify", lines=lines, signature=signature, public_key=key)
    sealed = json.loads(body)["resource"]
    wish = {name: sealed[name] for name in ("ciphertext", "nonce", "associated_data")}
    secret = os.environ["WECHAT_PAY_API_V3_KEY"]
    return json.loads(node.ask("pay.unseal", api_v3_key=secret, **wish))


def test_a_paid_order_is_notified_queried_and_refunded(merchant, phone, pems, node, pair):
    order, letter = merchant.paid(phone, pems)
    told = opened(node, pems, letter)
    asked = merchant.call("GET", f"{ORDERS}/out-trade-no/{order['out_trade_no']}", mchid=MERCHANT)
    assert asked["status"] == 200
    for fields in (told, asked["body"]):
        assert fields["trade_state"] == "SUCCESS"
        assert fields["amount"]["total"] == 1000
        assert fields["payer"] == {"openid": phone["mini_openid"]}
    assert told["transaction_id"] == asked["body"]["transaction_id"]
    wish = {
        "out_refund_no": uuid.uuid4().hex,
        "out_trade_no": order["out_trade_no"],
        "reason": "七天无理由",
        "amount": {"refund": 300, "total": 1000, "currency": "CNY"},
    }
    wish["notify_url"] = pair.pushes.url + NOTIFY
    made = merchant.post(REFUNDS, **wish)
    assert (made["status"], made["body"]["status"]) == (200, "PROCESSING")
    told = opened(node, pems, pair.notified(lambda: pair.let_pass(3)))
    found = merchant.call("GET", f"{REFUNDS}/{wish['out_refund_no']}")
    assert (found["status"], found["body"]["status"]) == (200, "SUCCESS")
    assert told["refund_status"] == "SUCCESS"
    assert told["amount"]["refund"] == found["body"]["amount"]["refund"] == 300


def test_a_native_order_is_closed_and_says_so(merchant, phone):
    order = merchant.order(phone)
    del order["payer"]
    made = merchant.post(f"{ORDERS}/native", **order)
    assert made["body"]["code_url"].startswith("weixin://wxpay/bizpayurl")
    path = f"{ORDERS}/out-trade-no/{order['out_trade_no']}"
    assert merchant.post(f"{path}/close", mchid=MERCHANT)["status"] == 204
    assert merchant.call("GET", path, mchid=MERCHANT)["body"]["trade_state"] == "CLOSED"


def test_a_wrong_key_an_unknown_field_and_a_missing_order_are_refused(
    merchant, node, pair, pems, phone
):
    stranger = Merchant(node, pair, pems, "stranger", private_key=pems["platform_private"])
    order = merchant.order(phone)
    path = f"{ORDERS}/out-trade-no/{order['out_trade_no']}"
    forged = stranger.post(f"{ORDERS}/jsapi", **order)
    assert (forged["status"], forged["body"]["code"]) == (401, "SIGN_ERROR")
    odd = merchant.post(f"{ORDERS}/jsapi", **order, total_fee=1)
    assert (odd["status"], odd["body"]["code"]) == (400, "PARAM_ERROR")
    missing = merchant.call("GET", path, mchid=MERCHANT)
    assert (missing["status"], missing["body"]["code"]) == (404, "ORDER_NOT_EXIST")


def test_a_client_that_trusts_another_key_does_not_believe_the_sandbox(node, pair, pems, phone):
    certs = {os.environ["WECHAT_PAY_PUBLIC_KEY_ID"]: pems["merchant_public"]}
    doubter = Merchant(node, pair, pems, "doubter", certs=certs)
    with pytest.raises(Refusal, match="EV3_RES_HEADER_SIGNATURE_DIGEST"):
        doubter.post(f"{ORDERS}/jsapi", **doubter.order(phone))


@pytest.mark.parametrize("fault", ["forge", "signtest", "stale_timestamp"])
def test_a_spoilt_answer_of_the_sandbox_is_not_believed(merchant, pair, phone, fault):
    pair.control("faults", kind=fault, match="api:POST /v3/pay/transactions/jsapi", count=1)
    with pytest.raises(Refusal, match="EV3_RES_HEADER"):
        merchant.post(f"{ORDERS}/jsapi", **merchant.order(phone))


@pytest.mark.parametrize(
    ("fault", "is_signed"), [("forge", False), ("signtest", False), ("stale_timestamp", True)]
)
def test_a_spoilt_notification_is_refused_by_the_product_and_seen_through_by_the_client(
    merchant, pair, pems, node, phone, fault, is_signed
):
    pair.control("faults", kind=fault, match="notify:TRANSACTION.SUCCESS", count=1)
    _, spoilt = merchant.paid(phone, pems)
    lines = [spoilt.headers[f"Wechatpay-{name}"] for name in ("Timestamp", "Nonce")]
    signed = node.ask(
        "pay.verify",
        lines=[*lines, spoilt.body.decode()],
        signature=spoilt.headers["Wechatpay-Signature"],
        public_key=pems["platform_public"],
    )
    is_old = time.time() - int(lines[0]) > 300
    assert (signed, is_old) == (is_signed, fault == "stale_timestamp")
    genuine = pair.pushes.of(NOTIFY)[-1]
    assert (spoilt.status, genuine.status) == (403, 200)
    assert opened(node, pems, genuine)["trade_state"] == "SUCCESS"


# The product's own letters


def product_order(phone):
    """An order that the product placed: its number and the parameters for the phone."""
    number = uuid.uuid4().hex
    made = wechat.prepay(
        out_trade_no=number,
        description="储值 “一百”",
        amount_fen=1000,
        trade_type="jsapi",
        app_id=APP,
        openid=phone["mini_openid"],
    )
    return number, wechat.jsapi_parameters(made.prepay_id, APP)


def signed_by_merchant(node, pems, letter):
    """Whether the Authorization of a request is right over exactly what was sent (fact D1)."""
    scheme, _, rest = letter.headers["Authorization"].partition(" ")
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    parts = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    assert parts["mchid"] == MERCHANT
    lines = [letter.method, letter.target, parts["timestamp"], parts["nonce_str"]]
    return node.ask(
        "pay.verify",
        lines=[*lines, letter.body.decode()],
        signature=parts["signature"],
        public_key=pems["merchant_public"],
    )


def every_call_of_the_product(phone):
    """One of each kind of request that the product makes of WeChat Pay."""
    number, parameters = product_order(phone)
    wechat.query_order(number)
    wechat.close_order(number)
    bill = {"app_id": APP, "openid": phone["mini_openid"], "remark": "返利提现"}
    transfer = wechat.create_transfer(out_bill_no=uuid.uuid4().hex, amount_fen=100, **bill)
    wechat.query_transfer(transfer.out_bill_no)
    wechat.cancel_transfer(transfer.out_bill_no)
    return parameters


def test_each_request_of_the_product_is_signed_and_each_answer_is_genuine(
    product, node, pems, phone
):
    product.control("books/top-up", account="OPERATION", amount_fen=10_000)
    before = len(product.calls.letters)
    every_call_of_the_product(phone)
    letters = product.calls.letters[before:]
    assert len(letters) == 6
    for letter in letters:
        assert signed_by_merchant(node, pems, letter), letter.target
        assert letter.status in (200, 204)
        lines = [letter.answer_headers[f"Wechatpay-{name}"] for name in ("Timestamp", "Nonce")]
        genuine = node.ask(
            "pay.verify",
            lines=[*lines, letter.answer.decode()],
            signature=letter.answer_headers["Wechatpay-Signature"],
            public_key=pems["platform_public"],
        )
        assert genuine, letter.target


def test_the_pay_signature_of_the_product_is_the_one_the_client_makes(product, node, pems, phone):
    _, sheet = product_order(phone)
    lines = [sheet[name] for name in ("appId", "timeStamp", "nonceStr", "package")]
    # PKCS#1 v1.5 is deterministic: the same lines and key give the same signature.
    made = node.ask("pay.sign", lines=lines, private_key=pems["merchant_private"])
    assert made == sheet["paySign"]


def test_a_letter_that_the_client_seals_and_signs_reaches_the_product(product, node, pems, phone):
    number, sheet = product_order(phone)
    product.act(phone, "pay", **sheet)
    status = wechat.query_order(number)
    assert status.is_paid
    resource = {
        "appid": APP,
        "mchid": MERCHANT,
        "out_trade_no": number,
        "transaction_id": status.transaction_id,
        "trade_state": "SUCCESS",
        "success_time": "2026-11-22T12:00:00+08:00",
        "payer": {"openid": phone["mini_openid"]},
        "amount": {"total": 1000, "currency": "CNY", "payer_total": 1000},
    }
    headers, body = written(node, pems, resource)
    address = product.pushes.url + NOTIFY
    genuine = requests.post(address, data=body, headers=headers, timeout=20)
    assert (genuine.status_code, genuine.json()["code"]) == (200, "SUCCESS")
    tampered = requests.post(address, data=body + b" ", headers=headers, timeout=20)
    assert tampered.status_code == 403


def written(node, pems, resource):
    """A notification as the client would write it were it WeChat Pay."""
    nonce, kind = uuid.uuid4().hex[:12], "transaction"
    sealed = node.ask(
        "pay.seal",
        clear=json.dumps(resource, ensure_ascii=False),
        api_v3_key=os.environ["WECHAT_PAY_API_V3_KEY"],
        nonce=nonce,
        associated_data=kind,
    )
    envelope = {
        "id": str(uuid.uuid4()),
        "create_time": "2026-11-22T12:00:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
        "resource": {
            "original_type": kind,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": sealed,
            "associated_data": kind,
            "nonce": nonce,
        },
    }
    body = json.dumps(envelope, ensure_ascii=False)
    moment = str(int(time.time()))
    signed = node.ask("pay.sign", lines=[moment, nonce, body], private_key=pems["platform_private"])
    headers = {
        "Content-Type": "application/json",
        "Wechatpay-Timestamp": moment,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": os.environ["WECHAT_PAY_PUBLIC_KEY_ID"],
        "Wechatpay-Signature": signed,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }
    return headers, body.encode()
