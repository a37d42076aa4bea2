"""Killed -9 at any commit, lending, collecting and bonuses end as if nobody had died: once."""

import pytest

from app.alliance.distribution import distribute, fold
from app.alliance.prepaid import advances, plans
from app.alliance.prepaid.duties import collect_due
from app.core.db import in_transaction
from app.core.world import new_id
from app.ledger.service import Account
from app.wallet.topups import top_up as topups
from tests.alliance import shop as world
from tests.alliance.prepaid import counter
from tests.alliance.prepaid.test_plans import budgeted, closed, opened, plan, shown
from tests.processes import killed_at_commit

SIDES = pytest.mark.parametrize("side", ["before", "after"])


@pytest.fixture
def payer(context):
    return world.member()


def bonus(payer, shop):
    """What the funder has, what is set aside, what the member has."""
    return [
        world.balance(shop.merchant_id, Account.OFFER_BUDGET),
        world.balance(payer, Account.BONUS_RESERVED),
        world.balance(payer, Account.PREPAID_BONUS),
    ]


@SIDES
@pytest.mark.parametrize("number", [1, 2])
def test_a_top_up_is_lent_on_once(payer, side, number):
    shop = counter.lending_shop(bp=3_000)
    letter = {"top_up_id": str(counter.paid(counter.opened(payer, shop, 10_000)))}
    killed_at_commit(lambda: advances.lend_for(letter), side, number)
    is_lent = (side, number) == ("after", 2)
    assert counter.lent(shop) == (3_000 if is_lent else 0)
    advances.lend_for(letter)
    advances.lend_for(letter)
    assert counter.lent(shop) == world.balance(shop.merchant_id, Account.AVAILABLE) == 3_000


@SIDES
def test_what_falls_due_is_collected_once(payer, client, side):
    shop, elsewhere = counter.lending_shop(bp=3_000), world.shop()
    counter.caught_up()
    counter.topped_up(payer, shop, 10_000)
    world.paid(client, payer, elsewhere, 5_000, purses=["prepaid"])
    world.paid(client, world.rich(), shop, 10_000)
    while distribute():
        pass
    fold()
    for number in range(1, 4):  # the two looks, then the collection
        killed_at_commit(collect_due, side, number)
        assert counter.standing(shop)[0] in (3_000, 1_500)
    counter.caught_up()
    counter.caught_up()
    assert counter.standing(shop) == (1_500, 0, 1_500)
    assert world.balance(shop.merchant_id, Account.PENDING) == 9_000 - 1_500


@SIDES
def test_a_bonus_is_reserved_with_its_top_up_or_not_at_all(payer, side):
    shop = budgeted(1_000)
    plan_id = plan(shop)
    promise = plans.promise(plan_id, payer, shop.store_id, 10_000)
    wish = topups._Wish(payer, shop.store_id, 10_000, "jsapi", new_id().hex, None, promise)
    killed_at_commit(lambda: in_transaction(lambda: topups._started(wish)), side)
    assert bonus(payer, shop) == ([0, 1_000, 0] if side == "after" else [1_000, 0, 0])
    count = world.count("wallet_top_up", f"member_id = '{payer}' AND bonus_state = 'promised'")
    assert count == (1 if side == "after" else 0)


@SIDES
def test_a_reserved_bonus_comes_with_the_payment_once(payer, side):
    shop = budgeted(1_000)
    top_up_id = opened(payer, shop, plan(shop))
    killed_at_commit(lambda: counter.paid(top_up_id), side)
    assert bonus(payer, shop) == ([0, 0, 1_000] if side == "after" else [0, 1_000, 0])
    counter.paid(top_up_id)
    counter.paid(top_up_id)
    assert bonus(payer, shop) == [0, 0, 1_000]
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 10_000


@SIDES
@pytest.mark.parametrize("number", [1, 2])
def test_an_unpaid_order_gives_its_bonus_back_once(payer, side, number):
    shop = budgeted(1_000)
    top_up_id = opened(payer, shop, plan(shop))
    killed_at_commit(lambda: closed(top_up_id), side, number)
    closed(top_up_id)
    closed(top_up_id)
    assert bonus(payer, shop) == [1_000, 0, 0]
    assert shown(top_up_id).bonus_status == "released"
