"""Commission on orders: expected when they are paid, owed when they are complete."""

from __future__ import annotations

from uuid import UUID

from app.alliance import distribution
from app.benefits.promotion import service
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.benefits.promotion.programme import click, link, operate, programme, state
from tests.benefits.stage import read_letters


def ordered(of, promoter, *offers, **what):
    """Somebody comes by the promoter's link and pays an order: buyer, order."""
    buyer = world.rich(200_000)
    click(of.client, buyer, link(of, promoter, **what)["token"])
    order = market.placed(of.client, buyer, *offers)
    answer = market.pay(of.client, buyer, order)
    assert answer.json["status"] == "paid", answer.json
    return buyer, UUID(order["id"])


def complete(of, buyer, order_id):
    shown = market.look(of.client, buyer, {"id": str(order_id)})
    owner = world.owner_headers(of.shop)
    assert market.hand_over(of.client, owner, shown["pickup_code"]).status_code == 200
    distribution.distribute_sale(order_id)
    read_letters()


def test_an_order_is_expected_when_paid_and_owed_when_complete(of):
    friend = world.member()
    tea = stall.displayed(of.client, of.shop, price_fen=3_000)
    buyer, order = ordered(of, friend, (tea, 2), offer_id=tea["id"])
    read_letters()
    assert state(order) == ("expected", None, 300, 0)
    assert world.balance(friend, Account.REBATE_PENDING) == 0
    complete(of, buyer, order)
    assert state(order) == ("paid", None, 300, 0)
    assert world.balance(friend, Account.REBATE_PENDING) == 300


def test_of_an_order_only_the_promoted_product_counts(of):
    friend = world.member()
    tea = stall.displayed(of.client, of.shop, price_fen=3_000)
    cup = stall.displayed(of.client, of.shop, price_fen=7_000)
    buyer, order = ordered(of, friend, (tea, 1), (cup, 1), offer_id=tea["id"])
    complete(of, buyer, order)
    assert state(order) == ("paid", None, 150, 0)


def test_an_order_that_goes_back_before_it_is_complete_lapses(of):
    friend = world.member()
    tea = stall.displayed(of.client, of.shop, price_fen=3_000)
    buyer, order = ordered(of, friend, (tea, 1), offer_id=tea["id"])
    read_letters()
    answer = market.act(of.client, {"id": str(order)}, "cancel", world.headers(buyer))
    assert answer.status_code in (200, 201), answer.json
    read_letters()
    assert state(order) == ("lapsed", None, 150, 0)
    service.on_order({"order_id": str(order)})
    assert state(order)[0] == "lapsed"


def test_pieces_that_go_back_before_the_sale_lower_what_is_expected(of):
    friend = world.member()
    tea = stall.displayed(of.client, of.shop, price_fen=3_000)
    buyer, order = ordered(of, friend, (tea, 3), offer_id=tea["id"])
    read_letters()
    assert state(order) == ("expected", None, 450, 0)
    wish = {"lines": [{"number": 1, "quantity": 2}], "reason": "缺货"}
    owner = world.owner_headers(of.shop)
    back = market.act(of.client, {"id": str(order)}, "returns", owner, **wish)
    assert back.status_code in (200, 201), back.json
    read_letters()
    assert state(order) == ("expected", None, 150, 0)
    complete(of, buyer, order)
    assert state(order) == ("paid", None, 150, 0)


def test_letters_of_an_order_may_come_in_any_order(of):
    friend = world.member()
    tea = stall.displayed(of.client, of.shop, price_fen=3_000)
    buyer, order = ordered(of, friend, (tea, 1), offer_id=tea["id"])
    shown = market.look(of.client, buyer, {"id": str(order)})
    market.hand_over(of.client, world.owner_headers(of.shop), shown["pickup_code"])
    service.on_sale({"sale_id": str(order)})  # before its shares are given out
    assert state(order) is None
    distribution.distribute_sale(order)
    service.on_sale({"sale_id": str(order)})
    assert state(order)[0] == "paid"
    read_letters()  # paid, picked up, distributed
    assert state(order) == ("paid", None, 150, 0)


def test_an_order_paid_before_the_end_is_owed_though_it_is_complete_after_it(client):
    of = programme(client)
    friend = world.member()
    tea = stall.displayed(of.client, of.shop, price_fen=3_000)
    buyer, order = ordered(of, friend, (tea, 1), offer_id=tea["id"])
    read_letters()
    operate(of, "end", reason="提前结束")
    complete(of, buyer, order)
    assert state(order) == ("paid", None, 150, 0)


def test_a_product_withdrawn_after_the_order_still_pays(of):
    friend = world.member()
    tea = stall.displayed(of.client, of.shop, price_fen=3_000)
    buyer, order = ordered(of, friend, (tea, 1), offer_id=tea["id"])
    owner = world.owner_headers(of.shop)
    assert of.client.post(f"/api/v1/offers/{tea['id']}/pause", headers=owner).status_code == 200
    complete(of, buyer, order)
    assert state(order)[0] == "paid"
