"""The pick-up code: twelve digits, good once, in the shop they are of, not to be guessed."""

import pytest

from app.alliance.orders import codes
from app.core.world import new_id
from tests.alliance import shop as world
from tests.alliance.offers.stall import refused
from tests.alliance.orders import market

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shop():
    return world.shop()


@pytest.fixture
def order(client, shop):
    found = market.bought(client, world.rich(), shop)
    assert len(found["pickup_code"]) == 12
    return found


def wrong(code):
    return code[:6] + f"{(int(code[6:]) + 1) % 1_000_000:06}"


def test_a_code_is_good_once(client, shop, order):
    who = world.owner_headers(shop)
    assert market.hand_over(client, who, order["pickup_code"]).status_code == 200
    replayed = market.hand_over(client, who, order["pickup_code"])
    assert replayed.headers["Idempotency-Replayed"] == "true"
    again = market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    assert refused(again) == (422, "pickup_code_invalid")
    assert world.count("alliance_sale", f"id = '{order['id']}'") == 1


def test_a_code_is_good_only_at_its_store(client, shop, order):
    elsewhere = {"merchant_id": shop.merchant_id, "store_ids": frozenset([new_id()])}
    for who in (world.staff_headers("cashier", **elsewhere), world.owner_headers(world.shop())):
        answer = market.hand_over(client, who, order["pickup_code"])
        assert refused(answer) == (422, "pickup_code_invalid")
    here = {"merchant_id": shop.merchant_id, "store_ids": frozenset([shop.store_id])}
    who = world.staff_headers("cashier", **here)
    assert market.hand_over(client, who, order["pickup_code"]).status_code == 200


def test_who_guesses_closes_the_code_and_the_buyer_gets_a_new_one(client, shop, order):
    who, code = world.owner_headers(shop), order["pickup_code"]
    for _ in range(codes.MOST_FAILURES):
        guess = market.hand_over(client, world.owner_headers(shop), wrong(code))
        assert refused(guess) == (422, "pickup_code_invalid")
    assert refused(market.hand_over(client, who, code)) == (422, "pickup_code_invalid")


def test_a_new_code_takes_the_place_of_the_one_before(client, shop):
    buyer = world.rich()
    order = market.bought(client, buyer, shop)
    new = market.act(client, order, "pickup-code", world.headers(buyer)).json["pickup_code"]
    old = market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    assert refused(old) == (422, "pickup_code_invalid")
    assert market.hand_over(client, world.owner_headers(shop), new).status_code == 200


def test_only_the_buyer_sees_the_code(client, shop, order):
    for who in (world.owner_headers(shop), world.staff_headers("operator")):
        seen = client.get(f"{market.ORDERS}/{order['id']}", headers=who).json
        assert seen["pickup_code"] is None


def test_the_buyer_is_told_once_that_the_order_lies_ready(client, shop, order):
    for _ in range(2):
        told = market.act(client, order, "ready", world.owner_headers(shop)).json
    assert told["ready_at"] is not None
    assert [each["step"] for each in told["steps"]] == ["placed", "paid", "ready"]
    foreign = market.act(client, order, "ready", world.owner_headers(world.shop()))
    assert refused(foreign) == (404, "order_unknown")
