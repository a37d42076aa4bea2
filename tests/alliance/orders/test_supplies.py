"""Suppliers: agreed by both sides, shipping by themselves, paid out of the sale."""

from datetime import timedelta

import pytest
import time_machine

from app.alliance.distribution import distribute, fold
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.offers.stall import OFFERS, refused
from tests.alliance.orders import market
from tests.alliance.orders.test_shipping import HOW, PARCEL

pytestmark = pytest.mark.usefixtures("context")
SUPPLIES = "/api/v1/supplies"


@pytest.fixture
def shop():
    return world.shop()


@pytest.fixture
def supplier(client):
    """A merchant that supplies others."""
    found = world.Shop(world.merchant("茶厂"), world.new_id(), world.new_id(), world.new_id())
    wish = {"merchant_id": str(found.merchant_id)}
    who = world.staff_headers("operator")
    assert client.post("/api/v1/suppliers", json=wish, headers=who).status_code == 201
    return found


def propose(client, shop, offer, supplier, fen=3_000):
    wish = {"supplier_id": str(supplier.merchant_id), "price_fen": fen}
    at = f"{OFFERS}/{offer['id']}/supply"
    return client.post(at, json=wish, headers=world.owner_headers(shop))


def answer(client, supplier, supply, said="accept"):
    at = f"{SUPPLIES}/{supply['id']}/answer"
    return client.post(at, json={"answer": said}, headers=world.owner_headers(supplier))


@pytest.fixture
def offer(client, shop, supplier):
    """An offer that the supplier supplies at 3,000 of 5,000 fen."""
    found = stall.displayed(client, shop, stock=9)
    supply = propose(client, shop, found, supplier)
    assert supply.status_code == 201, supply.json
    assert answer(client, supplier, supply.json).json["status"] == "accepted"
    return found


def desk(client, who, status="paid"):
    found = client.get(f"{SUPPLIES}/orders?status={status}", headers=who)
    assert found.status_code == 200, found.json
    return found.json["orders"]


def bought(client, offer, n=2):
    buyer = world.rich()
    order = market.placed(client, buyer, (offer, n), **HOW)
    assert market.pay(client, buyer, order).status_code == 201
    return buyer, order


def test_a_supplier_ships_and_is_paid_out_of_the_sale(client, shop, supplier, offer):
    buyer, order = bought(client, offer)
    who = world.owner_headers(supplier)
    (waiting,) = desk(client, who)
    assert (waiting["id"], waiting["supply_fen"]) == (order["id"], 6_000)
    assert waiting["receiver"] == market.RECEIVER
    assert "10000" not in str(waiting)
    at = f"{SUPPLIES}/orders/{order['id']}/parcel"
    assert client.post(at, json=PARCEL, headers=who).json["status"] == "shipped"
    right = client.put(at, json=PARCEL | {"tracking_no": "SF777777"}, headers=who)
    assert right.json["parcel"]["tracking_no"] == "SF777777"
    market.act(client, order, "receipt", world.headers(buyer))
    assert world.balance(supplier.merchant_id, Account.AVAILABLE) == 6_000
    assert world.balance(shop.merchant_id, Account.PENDING) == 9_000 - 6_000
    assert market.escrow(buyer) == 0
    (paid,) = client.get(f"{SUPPLIES}/payments", headers=who).json["payments"]
    assert (paid["order_id"], paid["amount_fen"], paid["short_fen"]) == (order["id"], 6_000, 0)
    assert desk(client, who, "completed")[0]["receiver"] is None


def test_the_sellers_statement_has_a_line_for_the_supplier(client, shop, offer):
    buyer, order = bought(client, offer)
    client.post(
        f"{market.ORDERS}/{order['id']}/parcel", json=PARCEL, headers=world.owner_headers(shop)
    )
    market.act(client, order, "receipt", world.headers(buyer))
    distribute()
    fold()
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        wish = {"merchant_id": str(shop.merchant_id)}
        who = world.staff_headers("finance")
        made = client.post("/api/v1/settlements/run", json=wish, headers=who)
        assert made.status_code == 200, made.json
    assert world.balance(shop.merchant_id, Account.PENDING) == 0
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 3_000
    where = "kind = 'supply' AND pending_fen = -6000 AND sale_id = "
    assert world.count("alliance_settlement_line", f"{where}'{order['id']}'") == 1


def test_only_the_pieces_that_did_not_go_back_are_paid(client, shop, supplier, offer):
    buyer, order = bought(client, offer)
    one = [{"number": 1, "quantity": 1}]
    market.act(client, order, "returns", world.owner_headers(shop), lines=one, reason="缺货")
    at = f"{SUPPLIES}/orders/{order['id']}/parcel"
    client.post(at, json=PARCEL, headers=world.owner_headers(supplier))
    market.act(client, order, "receipt", world.headers(buyer))
    assert world.balance(supplier.merchant_id, Account.AVAILABLE) == 3_000
    assert world.balance(shop.merchant_id, Account.PENDING) == 1_500


def test_what_is_supplied_and_what_is_not_are_two_orders(client, shop, supplier, offer):
    own = stall.displayed(client, shop)
    answered = market.place(client, world.member(), (offer, 1), (own, 1), **HOW)
    assert len(answered.json["orders"]) == 2
    here = market.place(client, world.member(), (offer, 1), (own, 1))
    assert len(here.json["orders"]) == 1


def test_an_agreement_takes_both_sides(client, shop, supplier, offer):
    other = world.owner_headers(world.shop())
    own = world.owner_headers(shop)
    second = propose(client, shop, offer, supplier, 2_000).json
    at = f"{SUPPLIES}/{second['id']}"
    for who in (own, other):
        taken = client.post(f"{at}/answer", json={"answer": "accept"}, headers=who)
        assert refused(taken) == (404, "supply_unknown")
    assert refused(client.post(f"{at}/end", headers=other)) == (404, "supply_unknown")
    assert refused(propose(client, shop, offer, supplier)) == (409, "supply_not_open")
    assert answer(client, supplier, second, "decline").json["status"] == "declined"
    assert refused(answer(client, supplier, second)) == (409, "supply_not_open")
    foreign = propose(client, world.shop(), offer, supplier)
    assert refused(foreign) == (404, "offer_unknown")
    dear = propose(client, shop, offer, supplier, 4_501)
    assert refused(dear) == (422, "supply_too_dear")
    assert dear.json["maximum_fen"] == 4_500
    nobody = propose(client, shop, offer, world.shop())
    assert refused(nobody) == (404, "supplier_unknown")


def test_who_does_not_supply_an_order_neither_sees_nor_ships_it(client, offer):
    _, order = bought(client, offer)
    stranger = world.owner_headers(world.shop())
    assert desk(client, stranger) == []
    at = f"{SUPPLIES}/orders/{order['id']}/parcel"
    answered = client.post(at, json=PARCEL, headers=stranger)
    assert refused(answered) == (404, "order_unknown")


def test_an_ended_agreement_holds_for_no_further_order(client, shop, supplier, offer):
    who = world.owner_headers(supplier)
    (supply,) = client.get(SUPPLIES, headers=who).json["supplies"]
    ended = client.post(f"{SUPPLIES}/{supply['id']}/end", headers=who)
    assert ended.json["status"] == "ended"
    bought(client, offer)
    assert desk(client, who) == []


def test_a_supplier_sees_nothing_of_what_the_buyer_paid_by_shipping_as_the_seller(
    client, shop, supplier, offer
):
    _, order = bought(client, offer)
    who, at = world.owner_headers(supplier), f"{market.ORDERS}/{order['id']}/parcel"
    for method in (client.post, client.put):
        assert refused(method(at, json=PARCEL, headers=who)) == (404, "order_unknown")
    assert world.count("alliance_order_parcel", f"order_id = '{order['id']}'") == 0
    shipped = client.post(at, json=PARCEL, headers=world.owner_headers(shop))
    assert shipped.json["status"] == "shipped"
    seller = client.put(
        f"{SUPPLIES}/orders/{order['id']}/parcel", json=PARCEL, headers=world.owner_headers(shop)
    )
    assert refused(seller) == (404, "order_unknown")


def test_cashiers_of_some_of_the_suppliers_stores_do_not_ship_for_all(client, supplier, offer):
    _, order = bought(client, offer)
    first, second = (world.store(supplier.merchant_id) for _ in range(2))
    at = f"{SUPPLIES}/orders/{order['id']}/parcel"
    some = world.staff_headers("cashier", **named(supplier, first))
    assert desk(client, some) == []
    for method in (client.post, client.put):
        assert refused(method(at, json=PARCEL, headers=some)) == (404, "order_unknown")
    assert world.count("alliance_order_parcel", f"order_id = '{order['id']}'") == 0
    everywhere = world.staff_headers("cashier", **named(supplier, first, second))
    assert [each["id"] for each in desk(client, everywhere)] == [order["id"]]
    assert client.post(at, json=PARCEL, headers=everywhere).json["status"] == "shipped"


def named(supplier, *store_ids):
    return {"merchant_id": supplier.merchant_id, "store_ids": frozenset(store_ids)}
