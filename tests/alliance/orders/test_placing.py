"""Placing orders: one for each store, at the prices of the moment, with its stock taken."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from app.alliance import catalogue, service
from app.alliance.orders import ending, placing
from app.alliance.orders.models import OrderReceiver
from app.core.db import in_transaction, read
from app.core.world import now
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.offers.stall import OFFERS, refused
from tests.alliance.orders import market
from tests.alliance.orders.market import ORDERS

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shop():
    return world.shop()


def left(client, offer):
    return client.get(f"{OFFERS}/{offer['id']}").json["left"]


def test_a_wish_over_two_stores_becomes_two_orders(client, shop):
    other, buyer = world.shop(), world.member()
    tea, soup = stall.displayed(client, shop), stall.displayed(client, other, price_fen=700)
    answer = market.place(client, buyer, (tea, 2), (soup, 1), remark="少放辣")
    orders = {each["store_id"]: each for each in answer.json["orders"]}
    assert orders[str(shop.store_id)]["amount_fen"] == 10_000
    assert orders[str(other.store_id)]["amount_fen"] == 700
    assert {each["status"] for each in orders.values()} == {"unpaid"}
    listed = client.get(ORDERS, headers=world.headers(buyer)).json["orders"]
    assert {each["id"] for each in listed} == {each["id"] for each in orders.values()}


def test_an_order_keeps_the_price_and_title_it_was_placed_at(client, shop):
    buyer, offer = world.rich(), stall.displayed(client, shop)
    order = market.placed(client, buyer, (offer, 1))
    wish = stall.wording(title="涨价了", price_fen=9_900)
    who = world.owner_headers(shop)
    changed = client.put(f"{OFFERS}/{offer['id']}", json=wish, headers=who).json
    stall.submit(client, shop, changed)
    stall.review(client, changed)
    assert market.pay(client, buyer, order).json["amount_fen"] == 5_000
    (line,) = market.look(client, buyer, order)["lines"]
    assert (line["title"], line["unit_fen"]) == ("现磨咖啡豆 200 克", 5_000)


def test_sixty_four_orders_at_once_take_only_what_there_is(app, client, shop):
    offer = stall.displayed(client, shop, stock=7)
    buyers = [world.member() for _ in range(8)]
    heads = [world.headers(buyer) for buyer in buyers for _ in range(8)]
    wish = {"items": [{"offer_id": offer["id"], "quantity": 1}]}

    def attempt(who):
        with app.app_context():
            return app.test_client().post(ORDERS, json=wish, headers=who)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(attempt, heads))
    codes = [answer.status_code for answer in answers]
    assert (codes.count(201), codes.count(409)) == (7, 57)
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"sold_out"}
    assert left(client, offer) == 0


def test_a_refused_wish_takes_nothing(client, shop):
    buyer = world.member()
    plenty, scarce = stall.displayed(client, shop, stock=9), stall.displayed(client, shop, stock=1)
    answer = market.place(client, buyer, (plenty, 2), (scarce, 2))
    assert refused(answer) == (409, "sold_out")
    assert (answer.json["offer_id"], answer.json["left"]) == (scarce["id"], 1)
    assert (left(client, plenty), left(client, scarce)) == (9, 1)
    assert client.get(ORDERS, headers=world.headers(buyer)).json["orders"] == []


def test_what_is_not_offered_so_cannot_be_ordered_so(client, shop):
    buyer = world.member()
    here = stall.displayed(client, shop, deliveries=["pickup"])
    shipped = market.place(client, buyer, (here, 1), delivery="shipment", receiver=market.RECEIVER)
    assert refused(shipped) == (422, "delivery_not_offered")
    nowhere = market.place(client, buyer, (here, 1), delivery="shipment")
    assert refused(nowhere) == (422, "invalid_request")
    twice = market.place(client, buyer, (here, 1), (here, 1))
    assert refused(twice) == (422, "invalid_request")
    draft = stall.written(client, shop)
    assert refused(market.place(client, buyer, (draft, 1))) == (404, "offer_unknown")


def test_an_order_that_is_not_paid_in_time_ends_and_gives_its_stock_back(client, shop):
    buyer, offer = world.rich(), stall.displayed(client, shop, stock=3)
    order = market.placed(client, buyer, (offer, 2))
    assert left(client, offer) == 1
    with time_machine.travel(now() + timedelta(minutes=31), tick=True):
        late = market.pay(client, buyer, order)
        assert refused(late) == (409, "order_status_differs")
        assert ending.end_due() >= 1
    assert market.look(client, buyer, order)["status"] == "expired"
    assert left(client, offer) == 3
    assert market.escrow(buyer) == 0


def test_a_receiver_is_stored_encrypted_and_seen_by_buyer_and_shop_only(client, shop):
    buyer, offer = world.rich(), stall.displayed(client, shop)
    how = {"delivery": "shipment", "receiver": market.RECEIVER}
    order = market.placed(client, buyer, (offer, 1), **how)
    mine = OrderReceiver.order_id == UUID(order["id"])
    (stored,) = read(select(OrderReceiver.receiver_sealed).where(mine))
    assert "13800001111" not in stored[0]
    assert market.look(client, buyer, order)["receiver"] == market.RECEIVER
    own, at = world.owner_headers(shop), f"{ORDERS}/{order['id']}"
    assert client.get(at, headers=own).json["receiver"] is None
    market.pay(client, buyer, order)
    assert client.get(at, headers=own).json["receiver"] == market.RECEIVER
    assert client.get(at, headers=world.staff_headers("operator")).json["receiver"] is None
    for foreign in (world.headers(world.member()), world.owner_headers(world.shop())):
        assert refused(client.get(at, headers=foreign)) == (404, "order_unknown")


def test_nobody_keeps_stock_from_others_by_twenty_unpaid_orders(client, shop, monkeypatch):
    monkeypatch.setattr(placing, "MOST_UNPAID", 2)
    buyer, offer = world.member(), stall.displayed(client, shop, stock=9)
    orders = [market.placed(client, buyer, (offer, 1)) for _ in range(2)]
    third = market.place(client, buyer, (offer, 1))
    assert refused(third) == (409, "too_many_unpaid_orders")
    assert left(client, offer) == 7
    market.act(client, orders[0], "cancel", world.headers(buyer))
    other = stall.displayed(client, world.shop())
    both = market.place(client, buyer, (offer, 1), (other, 1))  # an order for each store
    assert refused(both) == (409, "too_many_unpaid_orders")
    assert market.place(client, buyer, (offer, 1)).status_code == 201


def test_the_same_request_places_once(client, shop):
    buyer, offer = world.member(), stall.displayed(client, shop, stock=5)
    who = world.headers(buyer)
    wish = {"items": [{"offer_id": offer["id"], "quantity": 1}]}
    first, second = (client.post(ORDERS, json=wish, headers=who) for _ in range(2))
    assert first.json == second.json
    assert left(client, offer) == 4


def test_a_shop_without_a_contract_takes_no_order(client, shop):
    offer = stall.displayed(client, shop)
    in_transaction(lambda: catalogue.end_contract(shop.contract_id))
    service.let_go_round()
    answer = market.place(client, world.member(), (offer, 1))
    assert refused(answer) == (409, "contract_not_in_force")
