"""Platform certificates and daily bills, as clients that are not ours read them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import time
import uuid
from urllib.parse import urlsplit

import pytest
import requests
from wechatpayv3 import WeChatPay, WeChatPayType

from sandbox.clock import beijing_day, day_begins
from sandbox.rerouted import reroute
from tests.witnesses.pairs import NOTIFY, Pair, sandbox_alone
from tests.witnesses.test_pay import APP, ordered, read, sheet, told
from tests.witnesses.wiretap import Wiretap


@pytest.fixture
def alone(environment, tmp_path):
    """A sandbox whose clock and keys nobody else looks at; it notifies the tap, which has no
    product behind it but the sandbox's own page."""
    tap = Wiretap()
    with sandbox_alone(tmp_path) as address:
        tap.address = address
        yield Pair("safe", address, tap, Wiretap())
    tap.end()


@pytest.fixture
def client(alone, pems, monkeypatch):
    """Makes a client of wechatpayv3, which asks for certificates while it is made."""
    rerouted = reroute(requests.Session(), alone.sandbox)
    monkeypatch.setattr("wechatpayv3.core.requests", rerouted)

    def client(**more):
        return WeChatPay(
            wechatpay_type=WeChatPayType.MINIPROG,
            mchid=os.environ["WECHAT_PAY_MCH_ID"],
            private_key=pems["merchant_private"],
            cert_serial_no=os.environ["WECHAT_PAY_MERCHANT_SERIAL"],
            apiv3_key=os.environ["WECHAT_PAY_API_V3_KEY"],
            appid=APP,
            notify_url=alone.pushes.url + NOTIFY,
            **more,
        )

    return client


@pytest.fixture
def with_public_key(client, pems):
    name = os.environ["WECHAT_PAY_PUBLIC_KEY_ID"]
    return client(public_key=pems["platform_public"], public_key_id=name)


def change_keys(pair, **wish):
    answer = requests.put(f"{pair.sandbox}/__ctl/pay/keys", json=wish, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_wechatpayv3_finds_its_certificates_by_itself(alone, client):
    serial = change_keys(alone, mode="certificate")["certificates"][0]["serial_no"]
    merchant, phone = client(), alone.phone()
    number, prepay_id = ordered(merchant, phone)
    letter = alone.notified(lambda: alone.act(phone, "pay", **sheet(merchant, prepay_id)))
    assert letter.headers["Wechatpay-Serial"] == serial
    assert told(merchant, letter)["resource"]["out_trade_no"] == number


def test_during_the_switch_each_client_is_answered_with_its_own_key(alone, client, with_public_key):
    change_keys(alone, mode="switching", percent=0)
    phone = alone.phone()
    for merchant in (client(), with_public_key):
        number, _ = ordered(merchant, phone)
        assert read(merchant.query(out_trade_no=number))["trade_state"] == "NOTPAY"


def test_a_browser_order_has_its_page(alone, with_public_key):
    made = with_public_key.pay(
        description="储值",
        out_trade_no=uuid.uuid4().hex,
        amount={"total": 1000, "currency": "CNY"},
        scene_info={"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}},
        pay_type=WeChatPayType.H5,
    )
    assert urlsplit(read(made)["h5_url"]).scheme in ("http", "https")


def test_a_bill_is_downloaded_by_one_client_and_read_by_another(alone, with_public_key, node):
    merchant, phone = with_public_key, alone.phone()
    number, prepay_id = ordered(merchant, phone)
    alone.act(phone, "pay", **sheet(merchant, prepay_id))
    clock = requests.get(f"{alone.sandbox}/__ctl/clock", timeout=20).json()
    moment = time.time() + clock["offset_seconds"]
    day = beijing_day(moment)
    alone.let_pass(day_begins(day) + 34 * 3600 + 1 - moment)
    offered = read(merchant.trade_bill(day))
    address = urlsplit(offered["download_url"])
    # wechatpayv3 knows one host only: it signs path and query of an address of its own gateway.
    code, content = merchant.download_bill(
        f"{merchant._core._gate_way}{address.path}?{address.query}"
    )
    assert code == 200, content
    clear = gzip.decompress(content)
    assert hashlib.sha1(clear, usedforsecurity=False).hexdigest() == offered["hash_value"]
    bill = node.ask("bill.read", content=base64.b64encode(clear).decode())
    (row,) = bill["rows"]
    assert (row["商户订单号"], row["订单金额"], row["手续费"]) == (number, "10.00", "0.06000")
    assert bill["summary"]["总交易单数"] == "1"
