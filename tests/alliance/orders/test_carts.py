"""The cart is kept here, at today's prices."""

import pytest

from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.offers.stall import OFFERS, refused
from tests.alliance.orders import market

pytestmark = pytest.mark.usefixtures("context")
CART = "/api/v1/me/cart"


@pytest.fixture
def shop():
    return world.shop()


def put(client, buyer, offer, quantity):
    return client.put(
        f"{CART}/{offer['id']}", json={"quantity": quantity}, headers=world.headers(buyer)
    )


def shown(client, buyer):
    return client.get(CART, headers=world.headers(buyer)).json["stores"]


def test_a_cart_is_summed_up_by_stores_at_both_prices(client, shop):
    buyer, other = world.member(), world.shop()
    tea = stall.displayed(client, shop, price_fen=1_000, member_price_fen=900)
    cup = stall.displayed(client, shop, price_fen=300)
    soup = stall.displayed(client, other, price_fen=700)
    for offer, quantity in ((tea, 1), (cup, 3), (soup, 1), (tea, 2)):
        assert put(client, buyer, offer, quantity).status_code == 200
    found = {each["store_id"]: each for each in shown(client, buyer)}
    mine = found[str(shop.store_id)]
    assert (mine["amount_fen"], mine["member_amount_fen"]) == (2_900, 2_700)
    assert found[str(other.store_id)]["amount_fen"] == 700
    put(client, buyer, cup, 0)
    put(client, buyer, soup, 0)
    (left,) = shown(client, buyer)
    assert [line["offer_id"] for line in left["lines"]] == [tea["id"]]
    assert shown(client, world.member()) == []


def test_a_cart_says_what_has_become_dearer_sold_out_or_is_not_sold_any_more(client, shop):
    buyer, who = world.member(), world.owner_headers(shop)
    dear, scarce, gone = (stall.displayed(client, shop, stock=5) for _ in range(3))
    for offer in (dear, scarce, gone):
        put(client, buyer, offer, 2)
    changed = client.put(
        f"{OFFERS}/{dear['id']}", json=stall.wording(price_fen=5_500), headers=who
    ).json
    stall.submit(client, shop, changed)
    stall.review(client, changed)
    stock = {"stock": 1, "expected": 5}
    client.put(f"{OFFERS}/{scarce['id']}/stock", json=stock, headers=who)
    client.post(f"{OFFERS}/{gone['id']}/pause", headers=who)
    (store,) = shown(client, buyer)
    lines = {line["offer_id"]: line for line in store["lines"]}
    assert [lines[x["id"]]["is_available"] for x in (dear, scarce, gone)] == [True, False, False]
    assert [lines[x["id"]]["is_price_changed"] for x in (dear, scarce)] == [True, False]
    assert store["amount_fen"] == 11_000


def test_what_is_ordered_leaves_the_cart(client, shop):
    buyer, offer = world.member(), stall.displayed(client, shop)
    put(client, buyer, offer, 1)
    market.placed(client, buyer, (offer, 1))
    assert shown(client, buyer) == []


def test_what_nobody_offers_is_put_into_no_cart(client, shop):
    draft = stall.written(client, shop)
    assert refused(put(client, world.member(), draft, 1)) == (404, "offer_unknown")
