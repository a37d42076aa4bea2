"""An order is paid into escrow, and becomes a sale when it is handed over."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from app.alliance import service
from app.alliance.distribution import distribute
from app.alliance.netting import reading
from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.offers.stall import refused
from tests.alliance.orders import market
from tests.alliance.policies.test_routes import OTHER, policy_of, published, shop_with
from tests.wallet.people import moved

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shop():
    return world.shop()


def test_what_is_paid_lies_in_escrow_until_the_order_is_picked_up(client, shop):
    buyer = world.rich(20_000)
    order = market.bought(client, buyer, shop, n=2)
    assert market.escrow(buyer) == 10_000
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == 10_000
    assert world.balance(shop.merchant_id, Account.PENDING) == 0
    done = market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    assert (done.status_code, done.json["status"]) == (200, "completed"), done.json
    assert market.escrow(buyer) == 0
    assert world.balance(shop.merchant_id, Account.PENDING) == 9_000
    sale = client.get(f"/api/v1/payments/{order['id']}", headers=world.headers(buyer)).json
    assert (sale["status"], sale["amount_fen"], sale["merchant_share_fen"]) == (
        "paid",
        10_000,
        9_000,
    )
    distribute()
    sale_id = UUID(order["id"])
    assert moved(Account.CONCESSION_CLEARING, sale_id) == 0
    assert moved(Account.OPERATIONS, sale_id) > 0


def test_a_sale_is_split_under_the_terms_of_the_time_the_order_was_placed(client, shop):
    buyer = world.rich()
    order = market.bought(client, buyer, shop)
    dearer = world.policy({"operations": 10_000})
    world.contract(shop.merchant_id, dearer, concession_bp=5_000)
    service.let_go_round()
    market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    assert world.balance(shop.merchant_id, Account.PENDING) == 4_500
    where = f"id = '{order['id']}' AND policy_id = '{shop.policy_id}'"
    assert world.count("alliance_sale", where) == 1


def test_a_policy_version_that_comes_between_is_for_later_orders_only(client):
    author, reviewer = world.staff_headers("operator"), world.staff_headers("finance")
    name = f"方案 {new_id()}"
    first = published(client, author, reviewer, name)
    shop, buyer = shop_with(first["id"]), world.rich()
    early = market.bought(client, buyer, shop)
    second = published(client, author, reviewer, name, OTHER)
    late = market.bought(client, buyer, shop)
    for order in (early, late):
        market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    assert [policy_of(early), policy_of(late)] == [first["id"], second["id"]]


def test_the_member_price_is_for_who_pays_with_prepaid_money_alone(client, shop):
    offer = stall.displayed(client, shop, price_fen=5_000, member_price_fen=4_000)
    prepaid, mixed = world.rich(4_000), world.rich(1_000)
    world.give(mixed, Account.REBATE, 9_000)
    first = market.placed(client, prepaid, (offer, 1))
    dear = market.pay(client, prepaid, first)
    assert refused(dear) == (409, "price_changed")
    assert dear.json["amount_fen"] == 4_000
    paid = market.pay(client, prepaid, first, expected_fen=4_000).json
    assert (paid["amount_fen"], paid["is_member_price"]) == (4_000, True)
    second = market.placed(client, mixed, (offer, 1))
    cheap = market.pay(client, mixed, second, expected_fen=4_000)
    assert refused(cheap) == (409, "price_changed")
    paid = market.pay(client, mixed, second).json
    assert (paid["amount_fen"], paid["is_member_price"]) == (5_000, False)
    alone = market.placed(client, mixed, (offer, 1))
    short = market.pay(client, mixed, alone, purses=["prepaid"], expected_fen=4_000)
    assert refused(short) == (409, "not_enough")


def test_who_has_too_little_pays_nothing(client, shop):
    buyer = world.rich(100)
    order = market.placed(client, buyer, (stall.displayed(client, shop), 1))
    assert refused(market.pay(client, buyer, order)) == (409, "not_enough")
    assert market.look(client, buyer, order)["status"] == "unpaid"
    assert (market.escrow(buyer), world.balance(buyer, Account.PREPAID_PRINCIPAL)) == (0, 100)


def test_an_order_is_paid_once_also_by_many_requests_at_once(app, client, shop):
    buyer = world.rich(50_000)
    order = market.placed(client, buyer, (stall.displayed(client, shop), 1))
    wish = {"expected_fen": 5_000, "purses": ["prepaid"]}
    heads = [world.headers(buyer) for _ in range(8)]

    def attempt(who):
        with app.app_context():
            at = f"{market.ORDERS}/{order['id']}/payment"
            return app.test_client().post(at, json=wish, headers=who)

    with ThreadPoolExecutor(8) as pool:
        codes = [answer.status_code for answer in pool.map(attempt, heads)]
    assert sorted(codes) == [201] + [409] * 7
    assert market.escrow(buyer) == 5_000


def test_nobody_pays_or_cancels_an_order_of_somebody_else(client, shop):
    buyer, other = world.rich(), world.rich()
    order = market.placed(client, buyer, (stall.displayed(client, shop), 1))
    assert refused(market.pay(client, other, order)) == (404, "order_unknown")
    cancelled = market.act(client, order, "cancel", world.headers(other))
    assert refused(cancelled) == (404, "order_unknown")
    assert market.escrow(other) == 0


def test_a_refund_after_the_sale_goes_back_to_the_lots_it_came_from(client, shop):
    buyer = world.member()
    for fen in (3_000, 4_000):
        world.give(buyer, Account.PREPAID_PRINCIPAL, fen)
    before = market.lots(buyer)
    order = market.bought(client, buyer, shop)
    market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    operations = world.balance(PLATFORM_ID, Account.OPERATIONS)
    refund = client.post(
        f"/api/v1/payments/{order['id']}/refunds", json={}, headers=world.owner_headers(shop)
    )
    assert (refund.status_code, refund.json["status"]) == (201, "done"), refund.json
    assert market.lots(buyer) == before
    assert world.balance(shop.merchant_id, Account.PENDING) == 0
    assert world.balance(PLATFORM_ID, Account.OPERATIONS) <= operations


def test_netting_counts_of_an_order_what_had_not_gone_back(client, shop):
    buyer = world.rich()
    offer = stall.displayed(client, shop, price_fen=1_000)
    order = market.placed(client, buyer, (offer, 3))
    market.pay(client, buyer, order)
    code = market.look(client, buyer, order)["pickup_code"]
    one = [{"number": 1, "quantity": 1}]
    market.act(client, order, "returns", world.owner_headers(shop), lines=one, reason="缺货")
    begin = now()
    market.hand_over(client, world.owner_headers(shop), code)
    found = in_transaction(lambda: reading.period(begin, now()))
    mine = {cell: spent for cell, spent in found.matrix.items() if cell[1] == shop.merchant_id}
    assert [spent.spent_fen for spent in mine.values()] == [2_000]
