"""A merchant's deposit and budget: settled money at once, bank money and releases by two people."""

import pytest

from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.prepaid import counter


@pytest.fixture
def shop(context):
    return counter.lending_shop(deposit=2_000)


@pytest.fixture
def finance(context):
    return [world.staff_headers("finance") for _ in range(2)]


def again(who):
    """The same person with another Idempotency-Key."""
    return {**who, "Idempotency-Key": world.new_id().hex}


def asked(client, shop, who, **differs):
    wish = {
        "kind": "paid_in",
        "target": "deposit",
        "amount_fen": 5_000,
        "reference": world.new_id().hex,
    }
    address = f"/api/v1/merchants/{shop.merchant_id}/fund-movements"
    return client.post(address, json=wish | differs, headers=again(who))


def decided(client, movement, who, *, is_approved=True):
    address = f"/api/v1/fund-movements/{movement.json['id']}/decision"
    return client.post(address, json={"is_approved": is_approved}, headers=again(who))


def test_settled_money_moves_to_the_merchants_own_funds_once(client, shop):
    world.give(shop.merchant_id, Account.AVAILABLE, 3_000)
    address = f"/api/v1/merchants/{shop.merchant_id}/funds"
    mine = world.owner_headers(shop)
    wish = {"target": "offer_budget", "amount_fen": 2_500}
    first = client.post(address, json=wish, headers=mine)
    assert (first.status_code, first.json) == (
        201,
        client.post(address, json=wish, headers=mine).json,
    )
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 2_500
    short = client.post(address, json=wish, headers=again(mine))
    assert (short.status_code, short.json["code"]) == (409, "insufficient_funds")
    foreign = world.owner_headers(world.shop())
    assert client.post(address, json=wish, headers=foreign).status_code == 404
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 500


def test_bank_money_is_booked_once_and_only_by_a_second_person(client, shop, finance):
    movement = asked(client, shop, finance[0], reference="B-1")
    assert asked(client, shop, finance[1], reference="B-1").json["code"] == "movement_booked"
    assert decided(client, movement, finance[0]).json["code"] == "second_person_needed"
    assert world.balance(shop.merchant_id, Account.DEPOSIT) == 0
    done = decided(client, movement, finance[1])
    assert (done.status_code, done.json["status"]) == (200, "done")
    assert decided(client, movement, finance[1]).json["code"] == "movement_decided"
    assert world.balance(shop.merchant_id, Account.DEPOSIT) == 5_000


def test_what_is_rejected_moves_nothing_and_may_be_asked_for_again(client, shop, finance):
    movement = asked(client, shop, finance[0], reference="B-2")
    assert decided(client, movement, finance[1], is_approved=False).json["journal_id"] is None
    assert world.balance(shop.merchant_id, Account.DEPOSIT) == 0
    assert asked(client, shop, finance[0], reference="B-2").status_code == 201


def test_a_deposit_is_released_as_far_as_nothing_lent_needs_it(client, shop, finance):
    world.give(shop.merchant_id, Account.DEPOSIT, 5_000)
    counter.topped_up(world.member(), shop, 10_000)
    much = asked(client, shop, finance[0], kind="released", amount_fen=3_001)
    refused = decided(client, much, finance[1])
    assert (refused.status_code, refused.json["code"]) == (409, "deposit_needed")
    assert refused.json["needed_fen"] == 2_000
    assert world.balance(shop.merchant_id, Account.DEPOSIT) == 5_000
    less = asked(client, shop, finance[0], kind="released", amount_fen=3_000)
    assert decided(client, less, finance[1]).json["status"] == "done"
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 3_000 + 3_000
    seen = f"/api/v1/merchants/{shop.merchant_id}/advances"
    body = client.get(seen, headers=world.owner_headers(shop)).json
    assert (body["lent_fen"], body["deposit_fen"]) == (3_000, 2_000)
    assert client.get(seen, headers=world.owner_headers(world.shop())).status_code == 404
