"""Above the free amount a member's own request needs their PIN, or a fresh login without one."""

from datetime import timedelta

import pytest

from app.alliance.paying import pins
from app.core.config import settings
from app.core.world import new_id, now
from app.ledger.service import Account
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.orders import market
from tests.alliance.paying.test_confirming import PIN, grown_old, login_code, set_pin

LARGE, RICH = 50_001, 300_000


@pytest.fixture
def rich(guest):
    """A guest with 3,000 yuan of prepaid money and no PIN."""
    world.give(guest.member_id, Account.PREPAID_PRINCIPAL, RICH)
    return guest


@pytest.fixture
def owner(rich, client):
    """The same with a PIN."""
    assert set_pin(client, rich, pin=PIN).status_code == 200
    return rich


def has(guest):
    return world.balance(guest.member_id, Account.PREPAID_PRINCIPAL)


def pay(client, guest, amount_fen=LARGE, *, who=None, **proof):
    wish = {"store_id": str(guest.shop.store_id), "amount_fen": amount_fen}
    return client.post("/api/v1/payments", json=wish, headers=(who or guest.who()) | headers(proof))


def headers(proof):
    names = {"pin": "Payment-Pin", "login_code": "Login-Code"}
    return {names[name]: value for name, value in proof.items()}


def refused(answer):
    return answer.status_code, answer.json["code"]


def test_who_has_a_pin_pays_much_with_it_alone_and_little_without(owner, client, sandbox):
    assert pay(client, owner, 50_000).json["status"] == "paid"
    for proof in ({}, {"login_code": login_code(sandbox, owner)}):
        assert refused(pay(client, owner, **proof)) == (403, "pin_needed")
    assert refused(pay(client, owner, pin="73051")) == (422, "invalid_request")
    assert has(owner) == RICH - 50_000
    who = owner.who()
    paid = pay(client, owner, who=who, pin=PIN)
    assert (paid.status_code, has(owner)) == (201, RICH - 50_000 - LARGE)
    again = pay(client, owner, who=who)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (paid.json, "true")
    assert has(owner) == RICH - 50_000 - LARGE


def test_wrong_pins_are_counted_wherever_they_are_tried_and_lock_it(owner, client, monkeypatch):
    wrong = [pay(client, owner, pin="000000") for _ in range(5)]
    assert [each.json["attempts_left"] for each in wrong] == [4, 3, 2, 1, 0]
    stranger = world.rich(RICH)
    assert (
        client.post(
            "/api/v1/payments",
            json={"store_id": str(owner.shop.store_id), "amount_fen": LARGE},
            headers=world.headers(stranger) | headers({"pin": PIN}),
        ).json["code"]
        == "pin_not_set"
    )
    assert refused(pay(client, owner, pin=PIN)) == (403, "pin_locked")
    assert has(owner) == RICH
    later = now() + timedelta(minutes=settings().payment_pin_lock_minutes, seconds=1)
    monkeypatch.setattr(pins, "now", lambda: later)
    assert pay(client, owner, pin=PIN).json["status"] == "paid"


def test_without_a_pin_a_fresh_login_pays_much(rich, client, sandbox):
    assert pay(client, rich).json["status"] == "paid"  # in a session just opened
    grown_old(rich.member_id)
    assert refused(pay(client, rich)) == (403, "sign_in_again")
    strangers = sandbox.act(sandbox.phone(), "login")["code"]
    assert refused(pay(client, rich, login_code=strangers)) == (403, "step_up_failed")
    assert has(rich) == RICH - LARGE
    assert pay(client, rich, login_code=login_code(sandbox, rich)).json["status"] == "paid"


def test_a_scanned_code_asks_by_its_own_amount(owner, client):
    wish = {"store_id": str(owner.shop.store_id), "amount_fen": LARGE}
    issued = client.post(
        "/api/v1/amount-codes", json=wish, headers=world.owner_headers(owner.shop)
    ).json["token"]
    for code in ({"code": issued}, {"code": qr.token_of("S", owner.shop.store_id)} | wish):
        before, who = has(owner), owner.who()
        answer = client.post("/api/v1/payments", json=code, headers=who)
        assert (refused(answer), has(owner)) == ((403, "pin_needed"), before)
        paid = client.post("/api/v1/payments", json=code, headers=who | headers({"pin": PIN}))
        assert (paid.status_code, has(owner)) == (201, before - LARGE), paid.json


def test_what_wechat_alone_pays_is_confirmed_in_wechat(owner, client):
    wish = {"store_id": str(owner.shop.store_id), "amount_fen": LARGE, "purses": ["wechat"]}
    answer = client.post("/api/v1/payments", json=wish, headers=owner.who())
    assert (answer.status_code, answer.json["status"]) == (201, "awaiting"), answer.json


def test_a_large_order_is_paid_with_the_pin(owner, client):
    buyer, shop = owner.member_id, owner.shop
    offered = market.stall.displayed(client, shop, price_fen=LARGE, member_price_fen=None)
    order = market.placed(client, buyer, (offered, 1))
    wish = {"expected_fen": order["amount_fen"], "purses": ["prepaid"]}
    address = f"{market.ORDERS}/{order['id']}/payment"
    answer = client.post(address, json=wish, headers=owner.who())
    assert refused(answer) == (403, "pin_needed")
    assert (has(owner), market.look(client, buyer, order)["status"]) == (RICH, "unpaid")
    proven = owner.who() | headers({"pin": PIN})
    other = client.post(f"{market.ORDERS}/{new_id()}/payment", json=wish, headers=proven)
    assert refused(other) == (404, "order_unknown")
    assert client.post(address, json=wish, headers=proven).json["status"] == "paid"
