"""Each way of paying with WeChat, from the product's own address to the money in the books."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from app.core.db import read
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.wechat.pretend import eventually

WAYS = ("JSAPI", "NATIVE", "H5")
TITLES = {"JSAPI": "JSAPI", "NATIVE": "NATIVE", "H5": "MWEB"}


def wish(guest, way, amount_fen=1_000):
    return {
        "store_id": str(guest.shop.store_id),
        "amount_fen": amount_fen,
        "purses": ["wechat"],
        "trade_type": way,
    }


def open_payment(client, guest, way, **more):
    answer = client.post("/api/v1/payments", json=wish(guest, way) | more, headers=guest.who())
    assert answer.status_code == 201, answer.json
    return answer.json


def at_wechat(sandbox, body):
    number = body["order_id"].replace("-", "")
    orders = requests.get(f"{sandbox.url}/__ctl/books", timeout=9).json()["orders"]
    return next(order for order in orders if order["out_trade_no"] == number)


@pytest.mark.parametrize("way", WAYS)
def test_a_payment_is_paid_each_way(guest, client, sandbox, way):
    body = open_payment(client, guest, way)
    sandbox.act(guest.phone, "pay", **body["wechat_pay_parameters"])
    address = f"/api/v1/payments/{body['id']}"
    eventually(lambda: client.get(address, headers=guest.who()).json["status"] == "paid")
    assert at_wechat(sandbox, body)["trade_type"] == TITLES[way]
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 900


@pytest.mark.parametrize("way", WAYS)
def test_a_top_up_is_credited_each_way(guest, client, sandbox, way):
    wished = {"amount_fen": 10_000, "store_id": str(guest.shop.store_id), "trade_type": way}
    started = client.post("/api/v1/top-ups", json=wished, headers=guest.who())
    assert started.status_code == 201, started.json
    sandbox.act(guest.phone, "pay", **started.json["wechat_pay_parameters"])
    eventually(lambda: world.balance(guest.member_id, Account.PREPAID_PRINCIPAL) == 10_000)
    assert at_wechat(sandbox, started.json)["trade_type"] == TITLES[way]


@pytest.mark.parametrize("way", WAYS)
def test_a_payment_given_up_cannot_be_paid_any_more(guest, client, sandbox, way):
    body = open_payment(client, guest, way)
    cancelled = client.post(f"/api/v1/payments/{body['id']}/cancel", headers=guest.who())
    assert cancelled.json["status"] == "cancelled"
    with pytest.raises(AssertionError):
        sandbox.act(guest.phone, "pay", **body["wechat_pay_parameters"])
    assert at_wechat(sandbox, body)["state"] == "CLOSED"


def test_a_browser_comes_back_to_a_page_of_ours(guest, client, sandbox):
    body = open_payment(client, guest, "H5", return_to="/done?at=1")
    address = body["wechat_pay_parameters"]["h5_url"]
    (target,) = parse_qs(urlsplit(address).query)["redirect_url"]
    assert target == f"{sandbox.product_url}/done?at=1"
    paid = requests.post(
        address, data={"phone": guest.phone["id"]}, timeout=9, allow_redirects=False
    )
    assert paid.headers["Location"] == target
    eventually(lambda: world.balance(guest.shop.merchant_id, Account.PENDING) == 900)


@pytest.mark.parametrize("return_to", ["https://elsewhere.example/", "//elsewhere.example", "x"])
def test_a_browser_is_sent_nowhere_else(guest, client, return_to):
    refused = client.post(
        "/api/v1/payments",
        json=wish(guest, "H5") | {"return_to": return_to},
        headers=guest.who(),
    )
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")
    assert world.count("alliance_sale", f"payer_id = '{guest.member_id}'") == 0


def test_wechat_is_told_the_browsers_address_which_is_forgotten_afterwards(guest, client, sandbox):
    body = open_payment(client, guest, "H5")
    stored = "SELECT payer_ip FROM wallet_order WHERE id = :id"
    assert _one(stored, body["order_id"]) == "127.0.0.1"
    client.post(f"/api/v1/payments/{body['id']}/cancel", headers=guest.who())
    assert _one(stored, body["order_id"]) is None


def test_an_h5_address_that_is_over_is_given_anew_for_the_same_order(guest, client, sandbox):
    body = open_payment(client, guest, "H5", return_to="/done")
    again = client.get(f"/api/v1/payments/{body['id']}", headers=guest.who()).json
    assert again["wechat_pay_parameters"] == body["wechat_pay_parameters"]
    sandbox.control("/clock/advance", {"seconds": 301})
    now(is_exact=True)
    with pytest.raises(AssertionError):
        sandbox.act(guest.phone, "pay", **body["wechat_pay_parameters"])
    shown = client.get(f"/api/v1/payments/{body['id']}", headers=guest.who()).json
    assert "redirect_url" in shown["wechat_pay_parameters"]["h5_url"]
    sandbox.act(guest.phone, "pay", **shown["wechat_pay_parameters"])
    eventually(lambda: world.balance(guest.shop.merchant_id, Account.PENDING) == 900)


def _one(statement, identity):
    return read(world.text(statement), {"id": identity})[0][0]
