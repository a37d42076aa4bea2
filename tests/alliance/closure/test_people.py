"""When a store closes: who goes where, and what becomes of orders that wait there."""

from datetime import datetime
from uuid import UUID

import pytest

from app.alliance.closure import people
from app.alliance.orders import closing, ending
from app.core.db import in_transaction
from app.core.world import start_of_beijing_day
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.orders import market
from tests.alliance.prepaid import counter


@pytest.fixture
def shop(context):
    return world.shop()


def home(member_id):
    return members.binding(member_id).home_store_id


def top_up(client, member_id, store_id):
    wish = {"store_id": str(store_id), "amount_fen": 10_000}
    return client.post("/api/v1/top-ups", json=wish, headers=world.headers(member_id)).json["code"]


def formers(member_id):
    found = in_transaction(lambda: members.evidence(member_id).former)
    return [(each.why, each.binding["home_store_id"]) for each in found]


def test_members_of_a_closed_store_go_to_the_fallback_and_top_up_there(client, shop):
    fallback, third = world.shop(), world.shop()
    theirs, other = world.brought_by_store(shop), world.brought_by_store(third)
    mine, stranger = world.member(theirs), world.member(other)
    desk.closing(client, shop, fallback_store_id=str(fallback.store_id))
    people.move_all()
    assert (home(mine), top_up(client, mine, fallback.store_id)) == (
        shop.store_id, "not_your_home_store",
    )  # fmt: skip
    with desk.later(1):
        people.move_all()
        people.move_all()
        assert top_up(client, mine, shop.store_id) == "store_closed"
        assert top_up(client, mine, third.store_id) == "not_your_home_store"
        in_transaction(lambda: members.choose_home_store(mine, fallback.store_id))
    now = members.binding(mine)
    assert (now.home_store_id, now.recommender_id) == (fallback.store_id, shop.merchant_id)
    assert home(stranger) == third.store_id
    assert formers(mine) == [("store_closed", str(shop.store_id))]


def test_a_fallback_that_closes_too_is_refused_and_takes_nobody(client, shop):
    fallback, own = world.shop(), world.store(shop.merchant_id, "北门店")
    member_id = world.member(world.brought_by_store(shop))
    for given, store_id, code in (
        (own, None, "fallback_unfit"),
        (shop.store_id, shop.store_id, "fallback_unfit"),
        (world.new_id(), None, "store_unknown"),
    ):
        wish = {"fallback_store_id": str(given), "store_id": str(store_id) if store_id else None}
        assert desk.requested(client, shop, **wish).json["code"] == code
    desk.closing(client, shop, fallback_store_id=str(fallback.store_id))
    desk.closing(client, fallback)
    with desk.later(1):
        people.move_all()
    assert home(member_id) == shop.store_id


def everybody(shop):
    """Page by page, one at a time: nobody comes twice."""
    found, after = [], None
    while True:
        last = after
        page, after = in_transaction(
            lambda last=last: people.concerned(shop.merchant_id, None, last, 1)
        )
        found += page
        if after is None:
            assert len(found) == len(set(found))
            return set(found)


def test_who_is_at_home_or_still_holds_prepaid_money_is_concerned(client, context):
    shop, elsewhere = counter.lending_shop(), world.shop()
    holder, spent = (world.member(world.brought_by_store(shop)) for _ in range(2))
    for each in (holder, spent):
        counter.topped_up(each, shop, 10_000)
    assert everybody(shop) == {holder, spent}
    in_transaction(
        lambda: members.move_home([shop.store_id], elsewhere.store_id, world.now(), None, 9)
    )
    world.paid(client, spent, elsewhere, 10_000)
    at_home = world.member(world.brought_by_store(shop))
    assert everybody(shop) == {holder, at_home}


def test_orders_that_wait_at_a_closed_store_are_given_back_after_some_days(client, shop):
    buyer = world.rich(10_000)
    waiting = market.bought(client, buyer, shop)
    held = world.balance(buyer, Account.PREPAID_PRINCIPAL)
    desk.closing(client, shop)
    given_back_at = start_of_beijing_day(desk.day(4))
    closing.hasten()
    assert market.look(client, buyer, waiting)["next_at"] == waiting["next_at"]
    with desk.later(1):
        closing.hasten()
        closing.hasten()
        hastened = market.look(client, buyer, waiting)
        assert datetime.fromisoformat(hastened["next_at"]) == given_back_at
        assert [each["step"] for each in hastened["steps"]].count("store_closed") == 1
        in_transaction(lambda: ending._end(UUID(waiting["id"])))
        assert market.look(client, buyer, waiting)["status"] == "paid"
    with desk.later(5):
        in_transaction(lambda: ending._end(UUID(waiting["id"])))
    assert market.look(client, buyer, waiting)["status"] == "returned"
    assert market.escrow(buyer) == 0
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == held + waiting["paid_fen"] == 10_000
