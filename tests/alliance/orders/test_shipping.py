"""Shipping: a parcel goes out, is put right, and arrives; WeChat is told of it."""

from datetime import timedelta

import pytest
import time_machine

from app.alliance.orders import ending
from app.core.world import new_id, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.offers.stall import refused
from tests.alliance.orders import market
from tests.alliance.orders.market import ORDERS

pytestmark = pytest.mark.usefixtures("context")
PARCEL = {"carrier": "SF", "tracking_no": "SF1234567890"}
HOW = {"delivery": "shipment", "receiver": market.RECEIVER}


@pytest.fixture
def shop():
    return world.shop()


@pytest.fixture
def buyer():
    return world.rich()


@pytest.fixture
def order(client, shop, buyer):
    """A paid order to be shipped."""
    found = market.placed(client, buyer, (stall.displayed(client, shop, stock=5), 2), **HOW)
    assert market.pay(client, buyer, found).status_code == 201
    return found


def parcel(client, order, who, method="post", **more):
    at = f"{ORDERS}/{order['id']}/parcel"
    return getattr(client, method)(at, json=PARCEL | more, headers=who)


def desk(client, who):
    return client.get(f"{ORDERS}/to-ship", headers=who).json["orders"]


def test_what_was_shipped_and_received_is_a_sale(client, shop, buyer, order):
    who = world.owner_headers(shop)
    (waiting,) = desk(client, who)
    assert (waiting["id"], waiting["receiver"]) == (order["id"], market.RECEIVER)
    sent = parcel(client, order, who)
    assert (sent.status_code, sent.json["status"]) == (200, "shipped"), sent.json
    assert parcel(client, order, who).json["steps"] == sent.json["steps"]
    assert desk(client, who) == []
    assert market.look(client, buyer, order)["parcel"]["tracking_no"] == "SF1234567890"
    assert market.escrow(buyer) == 10_000
    gone = market.act(client, order, "cancel", world.headers(buyer))
    assert refused(gone) == (409, "order_status_differs")
    done = market.act(client, order, "receipt", world.headers(buyer))
    assert (done.status_code, done.json["status"]) == (200, "completed"), done.json
    assert market.act(client, order, "receipt", world.headers(buyer)).status_code == 200
    assert market.escrow(buyer) == 0
    assert world.balance(shop.merchant_id, Account.PENDING) == 9_000


def test_a_mistyped_number_is_put_right_and_the_old_one_kept(client, shop, buyer, order):
    who = world.owner_headers(shop)
    early = parcel(client, order, who, "put")
    assert refused(early) == (409, "order_status_differs")
    parcel(client, order, who)
    right = parcel(client, order, who, "put", tracking_no="SF0987654321").json
    assert right["parcel"]["tracking_no"] == "SF0987654321"
    assert [each["step"] for each in right["steps"]][-2:] == ["shipped", "shipment_corrected"]
    assert world.count("alliance_order_parcel", f"order_id = '{order['id']}'") == 2


def test_what_nobody_answers_for_is_received_by_time(client, shop, buyer, order):
    parcel(client, order, world.owner_headers(shop))
    who = world.headers(buyer)
    assert market.act(client, order, "extension", who).status_code == 200
    assert refused(market.act(client, order, "extension", who)) == (409, "already_extended")
    with time_machine.travel(now() + timedelta(days=14), tick=True):
        ending.end_due()
    assert market.look(client, buyer, order)["status"] == "shipped"
    with time_machine.travel(now() + timedelta(days=16), tick=True):
        ending.end_due()
    assert market.look(client, buyer, order)["status"] == "completed"
    assert market.escrow(buyer) == 0


def test_a_part_of_what_is_on_its_way_goes_back_but_not_into_stock(client, shop, buyer, order):
    who = world.owner_headers(shop)
    parcel(client, order, who)
    one = [{"number": 1, "quantity": 1}]
    back = market.act(client, order, "returns", who, lines=one, reason="破损")
    assert (back.status_code, back.json["status"]) == (201, "shipped")
    where = f"id = '{order['lines'][0]['offer_id']}' AND stock = 3"
    assert world.count("alliance_offer", where) == 1
    market.act(client, order, "receipt", world.headers(buyer))
    assert world.balance(shop.merchant_id, Account.PENDING) == 4_500
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == 95_000


def test_only_the_stores_own_staff_ship_and_only_the_buyer_receives(client, shop, buyer, order):
    elsewhere = {"merchant_id": shop.merchant_id, "store_ids": frozenset([new_id()])}
    foreign = (world.owner_headers(world.shop()), world.staff_headers("cashier", **elsewhere))
    for who in foreign:
        assert refused(parcel(client, order, who)) == (404, "order_unknown")
        assert desk(client, who) == []
    parcel(client, order, world.owner_headers(shop))
    for step in ("receipt", "extension"):
        other = market.act(client, order, step, world.headers(world.member()))
        assert refused(other) == (404, "order_unknown")
    assert market.escrow(buyer) == 10_000


def test_what_is_picked_up_is_not_shipped(client, shop, buyer):
    order = market.bought(client, buyer, shop)
    answer = parcel(client, order, world.owner_headers(shop))
    assert refused(answer) == (409, "order_status_differs")
    received = market.act(client, order, "receipt", world.headers(buyer))
    assert refused(received) == (409, "order_status_differs")
