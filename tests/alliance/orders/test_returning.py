"""What goes back before the sale goes to where it came from, each fen once."""

from datetime import timedelta

import pytest
import time_machine

from app.alliance.orders import ending
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.offers.stall import OFFERS, refused
from tests.alliance.orders import market

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shop():
    return world.shop()


@pytest.fixture
def buyer():
    """Somebody with money in several lots and purses."""
    member = world.rich(3_000)
    world.give(member, Account.PREPAID_PRINCIPAL, 4_000)
    world.give(member, Account.PREPAID_BONUS, 1_500)
    world.give(member, Account.REBATE, 90_000)
    world.give_experience(member, 600)
    return member


def purses(member):
    return market.lots(member) | {"rebate": world.balance(member, Account.REBATE)}


def test_who_cancels_before_it_is_picked_up_has_everything_back(client, shop, buyer):
    before, offer = purses(buyer), stall.displayed(client, shop, stock=4)
    order = market.placed(client, buyer, (offer, 3))
    market.pay(client, buyer, order)
    code = market.look(client, buyer, order)["pickup_code"]
    assert purses(buyer) != before
    done = market.act(client, order, "cancel", world.headers(buyer)).json
    assert (done["status"], done["returned_fen"]) == ("returned", 15_000)
    assert purses(buyer) == before
    assert market.escrow(buyer) == 0
    assert client.get(f"{OFFERS}/{offer['id']}").json["left"] == 4
    late = market.hand_over(client, world.owner_headers(shop), code)
    assert refused(late) == (422, "pickup_code_invalid")
    again = market.act(client, order, "cancel", world.headers(buyer))
    assert (again.status_code, purses(buyer)) == (200, before)


def test_an_unpaid_order_is_cancelled_without_money(client, shop, buyer):
    offer = stall.displayed(client, shop, stock=4)
    order = market.placed(client, buyer, (offer, 3))
    assert market.act(client, order, "cancel", world.headers(buyer)).json["status"] == "cancelled"
    assert client.get(f"{OFFERS}/{offer['id']}").json["left"] == 4
    assert refused(market.pay(client, buyer, order)) == (409, "order_status_differs")


def test_pieces_go_back_one_by_one_and_the_sale_is_of_the_rest(client, shop, buyer):
    before = purses(buyer)
    tea = stall.displayed(client, shop, price_fen=3_333)
    cup = stall.displayed(client, shop, price_fen=777)
    order = market.placed(client, buyer, (tea, 3), (cup, 2))
    market.pay(client, buyer, order)
    who = world.owner_headers
    lines = {line["offer_id"]: line["number"] for line in order["lines"]}
    first = {"number": lines[tea["id"]], "quantity": 2}
    back = market.act(client, order, "returns", who(shop), lines=[first], reason="缺货")
    assert (back.status_code, back.json["returned_fen"]) == (201, 6_666), back.json
    assert market.escrow(buyer) == 3_333 + 2 * 777
    more = market.act(client, order, "returns", who(shop), lines=[first], reason="缺货")
    assert refused(more) == (409, "nothing_to_return")
    assert more.json["left"] == 1
    code = market.look(client, buyer, order)["pickup_code"]
    assert market.hand_over(client, who(shop), code).status_code == 200
    assert market.escrow(buyer) == 0
    refund = {"reason": "退货"}
    at = f"/api/v1/payments/{order['id']}/refunds"
    answer = client.post(at, json=refund | {"amount_fen": 1_000}, headers=who(shop))
    assert answer.json["status"] == "done", answer.json
    assert client.post(at, json=refund, headers=who(shop)).json["status"] == "done"
    assert purses(buyer) == before
    assert world.balance(shop.merchant_id, Account.PENDING) == 0
    assert world.balance(shop.merchant_id, Account.EXPERIENCE_PENDING) == 0


def test_a_completed_order_is_not_returned_but_its_sale_refunded(client, shop, buyer):
    order = market.bought(client, buyer, shop)
    market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    back = market.act(client, order, "returns", world.owner_headers(shop), reason="退货")
    assert refused(back) == (409, "order_status_differs")
    gone = market.act(client, order, "cancel", world.headers(buyer))
    assert refused(gone) == (409, "order_status_differs")
    assert market.look(client, buyer, order)["returned_fen"] == 0


def test_only_the_store_and_the_operator_give_lines_back(client, shop, buyer):
    order = market.bought(client, buyer, shop)
    foreign = market.act(client, order, "returns", world.owner_headers(world.shop()), reason="无")
    assert refused(foreign) == (404, "order_unknown")
    own = market.act(client, order, "returns", world.headers(buyer), reason="无")
    assert refused(own) == (403, "not_allowed")
    assert market.escrow(buyer) == 5_000
    done = market.act(client, order, "returns", world.staff_headers("operator"), reason="投诉")
    assert done.json["status"] == "returned"


def test_what_is_not_handed_over_in_time_goes_back_by_itself(client, shop, buyer):
    before = purses(buyer)
    order = market.bought(client, buyer, shop)
    with time_machine.travel(now() + timedelta(days=16), tick=True):
        assert ending.end_due() >= 1
    assert market.look(client, buyer, order)["status"] == "returned"
    assert market.escrow(buyer) == 0
    gold = {key for key in before if isinstance(key, tuple) and key[0] is Account.EXPERIENCE}
    assert {k: v for k, v in purses(buyer).items() if k not in gold} == {
        k: v for k, v in before.items() if k not in gold
    }
