"""A part of each top-up is lent to the issuing store and comes back as the money is spent."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from app.alliance import distribution, merging
from app.alliance.models import Contract
from app.alliance.prepaid import advances, looks
from app.alliance.prepaid.models import AdvanceCollection, LotAdvance
from app.core.db import db, in_transaction
from app.core.world import SYSTEM_ID, now
from app.ledger.service import Account
from app.wallet import merging as wallet_merging
from app.wallet.topups import refunds as topup_refunds
from tests.alliance import shop as world
from tests.alliance.prepaid import counter

PREPAID = {"purses": ["prepaid"]}


@pytest.fixture
def payer(context):
    return world.member()


@pytest.fixture
def elsewhere(context):
    return world.shop()


def refunded(client, payment, at, **part):
    address = f"/api/v1/payments/{payment['id']}/refunds"
    return client.post(address, json=part, headers=world.owner_headers(at)).json


def test_the_contracted_share_is_available_at_once_and_the_member_has_the_whole(payer):
    shop = counter.lending_shop(bp=3_000)
    counter.topped_up(payer, shop, 9_999)
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 9_999
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 2_999
    assert counter.standing(shop) == (2_999, 0, 0)


def test_the_same_letter_again_lends_nothing(payer):
    shop = counter.lending_shop()
    top_up_id = counter.topped_up(payer, shop, 10_000)
    advances.lend_for({"top_up_id": str(top_up_id)})
    assert counter.lent(shop) == 3_000


def test_a_top_up_is_credited_with_its_letter_and_lends_nothing_before_it_is_paid(payer):
    shop = counter.lending_shop()
    top_up_id = counter.opened(payer, shop, 10_000)
    advances.lend_for({"top_up_id": str(top_up_id)})
    assert counter.lent(shop) == 0
    counter.paid(top_up_id)
    told = f"reader = 'alliance.lend_advance' AND payload->>'top_up_id' = '{top_up_id}'"
    assert world.count("core_outbox", told) == 1


def test_a_short_limit_makes_the_advance_smaller_and_never_refuses_the_top_up(payer):
    shop = counter.lending_shop(limit=4_000)
    counter.topped_up(payer, shop, 10_000)
    counter.topped_up(payer, shop, 10_000)
    counter.topped_up(payer, shop, 10_000)
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 30_000
    assert counter.lent(shop) == 4_000


def test_a_limit_lowered_below_what_is_lent_lends_no_more(payer):
    shop = counter.lending_shop(limit=4_000)
    counter.topped_up(payer, shop, 10_000)
    less = {"advance_bp": 3_000, "advance_limit_fen": 1_000}
    world.contract(shop.merchant_id, shop.policy_id, **less)
    world.alliance.let_go_round()
    counter.topped_up(payer, shop, 10_000)
    assert counter.lent(shop) == 3_000


def test_without_the_deposit_the_contract_asks_for_nothing_is_lent(payer):
    shop = counter.lending_shop(deposit=5_000)
    world.give(shop.merchant_id, Account.DEPOSIT, 4_999)
    counter.topped_up(payer, shop, 10_000)
    assert counter.lent(shop) == 0
    world.give(shop.merchant_id, Account.DEPOSIT, 1)
    counter.topped_up(payer, shop, 10_000)
    assert counter.lent(shop) == 3_000


def test_without_a_contract_in_force_nothing_is_lent(payer):
    shop = counter.lending_shop()
    top_up_id = counter.paid(counter.opened(payer, shop, 10_000))
    ended = update(Contract).where(Contract.merchant_id == shop.merchant_id)
    earlier = ended.values(ended_at=now() - timedelta(days=1))
    in_transaction(lambda: db.session.execute(earlier))
    advances.lend_for({"top_up_id": str(top_up_id)})
    assert counter.lent(shop) == 0


def test_what_is_spent_anywhere_falls_due_and_is_taken_from_the_issuers_pending(
    client, payer, elsewhere
):
    shop = counter.lending_shop(bp=3_000)
    counter.topped_up(payer, shop, 10_000)
    world.paid(client, world.rich(), shop, 5_000)
    world.paid(client, payer, elsewhere, 1_000, **PREPAID)
    counter.caught_up()
    assert counter.standing(shop) == (2_700, 0, 300)
    assert world.balance(shop.merchant_id, Account.PENDING) == 4_500 - 300
    assert world.balance(elsewhere.merchant_id, Account.PENDING) == 900
    collection = counter.rows(AdvanceCollection, shop)[0]
    assert (collection.from_pending_fen, collection.from_deposit_fen) == (300, 0)
    assert collection.settlement_id is None


def test_pending_pays_first_then_the_deposit_and_the_rest_stays_visible(client, payer, elsewhere):
    shop = counter.lending_shop(bp=5_000)
    counter.topped_up(payer, shop, 10_000)
    world.give(shop.merchant_id, Account.DEPOSIT, 1_000)
    world.paid(client, world.rich(), shop, 1_000)
    before = advances.uncollected_fen()
    world.paid(client, payer, elsewhere, 8_000, **PREPAID)
    counter.caught_up()
    assert counter.standing(shop) == (3_100, 2_100, 1_900)
    assert advances.uncollected_fen() == before + 2_100
    found = counter.rows(AdvanceCollection, shop)
    assert [(each.from_pending_fen, each.from_deposit_fen) for each in found] == [(900, 1_000)]
    counter.caught_up()
    assert len(counter.rows(AdvanceCollection, shop)) == 1
    world.paid(client, world.rich(), shop, 10_000)
    counter.caught_up()
    assert counter.standing(shop) == (1_000, 0, 4_000)


def test_a_refunded_sale_has_the_advance_lent_again_and_a_spent_lot_ends_exact(
    client, payer, elsewhere
):
    shop = counter.lending_shop(bp=3_333)
    counter.topped_up(payer, shop, 9_999)
    world.paid(client, world.rich(), shop, 20_000)
    all_fen = counter.lent(shop)
    bought = world.paid(client, payer, elsewhere, 7_777, **PREPAID)
    counter.caught_up()
    assert refunded(client, bought, elsewhere, amount_fen=1_234)["status"] == "done"
    counter.caught_up()
    assert refunded(client, bought, elsewhere)["status"] == "done"
    counter.caught_up()
    assert counter.lent(shop) == all_fen
    for amount_fen in (1, 3_333, 6_665):
        world.paid(client, payer, elsewhere, amount_fen, **PREPAID)
        counter.caught_up()
    assert counter.standing(shop)[:2] == (0, 0)
    owned = (Account.AVAILABLE, Account.PENDING)
    assert sum(world.balance(shop.merchant_id, account) for account in owned) == 18_000


def test_a_refunded_top_up_falls_due_too(payer):
    shop = counter.lending_shop()
    top_up_id = counter.topped_up(payer, shop, 10_000)
    world.give(shop.merchant_id, Account.DEPOSIT, 10_000)
    in_transaction(lambda: topup_refunds.refund_by_member(top_up_id, 4_000))
    counter.caught_up()
    assert counter.standing(shop) == (1_800, 0, 1_200)
    assert world.balance(shop.merchant_id, Account.DEPOSIT) == 8_800


def test_a_look_comes_round_to_lots_nobody_touched(client, payer, elsewhere):
    shop = counter.lending_shop()
    counter.topped_up(payer, shop, 10_000)
    counter.caught_up()
    lot = counter.rows(LotAdvance, shop)[0]
    world.give(shop.merchant_id, Account.DEPOSIT, 10_000)
    spent = world.Leg(payer, Account.PREPAID_PRINCIPAL, -5_000, lot.lot_id)
    taken = world.Leg(elsewhere.merchant_id, Account.PENDING, 5_000)
    identity = world.new_id()
    moved = world.Journal(identity, "given", identity, SYSTEM_ID, str(identity), (spent, taken))
    in_transaction(lambda: world.ledger.post([moved]))
    assert looks.look() == 0
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        assert looks.look() > 0
    in_transaction(lambda: advances.collect(shop.merchant_id, SYSTEM_ID))
    assert counter.standing(shop) == (1_500, 0, 1_500)


def test_a_merchant_in_trouble_holds_up_nobody_else(client, payer, elsewhere, monkeypatch):
    bad, good = counter.lending_shop(), counter.lending_shop()
    for shop in (bad, good):
        counter.topped_up(payer, shop, 1_000)
        world.give(shop.merchant_id, Account.DEPOSIT, 1_000)
    world.paid(client, payer, elsewhere, 2_000, **PREPAID)
    collect = advances.collect

    def troubled(merchant_id, principal_id):
        if merchant_id == bad.merchant_id:
            raise RuntimeError("trouble")
        return collect(merchant_id, principal_id)

    monkeypatch.setattr(advances, "collect", troubled)
    distribution.distribute()
    counter.caught_up()
    assert counter.standing(good) == (0, 0, 300)
    assert counter.standing(bad) == (300, 300, 0)


def test_a_merged_members_lots_are_still_watched(client, payer, elsewhere):
    shop = counter.lending_shop()
    counter.topped_up(payer, shop, 10_000)
    counter.caught_up()
    survivor = world.rich(1_000)
    in_transaction(lambda: merging.hand_over(None, **merged(survivor, payer)))
    in_transaction(lambda: wallet_merging.hand_over(None, **merged(survivor, payer)))
    world.paid(client, survivor, elsewhere, 6_000, **PREPAID)
    counter.caught_up()
    assert counter.standing(shop) == (3_000, 1_800, 0)


def merged(survivor_id, absorbed_id):
    return {"survivor_id": survivor_id, "absorbed_id": absorbed_id, "had_past": True}
