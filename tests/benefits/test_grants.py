"""What is granted is paid once, taxed, set against debts, released and taken back to the fen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.alliance import distribution
from app.benefits import campaigns, grants
from app.benefits.contract import Award, Purse
from app.core.db import in_transaction, read
from app.core.world import SYSTEM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.stage import published
from tests.wallet.racing import at_once

GIFT = 1_000
SHARED = [HealthCheck.function_scoped_fixture]  # one campaign for all examples


@pytest.fixture
def campaign(client, bare):
    return published(client, bare, {"gift_fen": GIFT}, 10 * GIFT)


def award(owner_id, amount_fen=GIFT, purse=Purse.REBATE, key="once", **more):
    return Award(key, owner_id, amount_fen, purse, new_id(), **more)


def grant(campaign_id, wanted):
    def work():
        found = grants.grant(campaign_id, wanted)
        return found and found.id

    return in_transaction(work)


def take_back(grant_id, total_fen):
    return in_transaction(lambda: grants.take_back(grant_id, total_fen))


def purses(owner_id):
    wanted = (Account.REBATE, Account.REBATE_PENDING, Account.EXPERIENCE, Account.CLAWBACK_DUE)
    return [world.balance(owner_id, account) for account in wanted]


def pot(campaign_id):
    return world.balance(campaign_id, Account.CAMPAIGN_POT)


def test_the_same_key_pays_once_and_stands_for_one_amount(campaign):
    member = world.member()
    first = grant(campaign, award(member))
    assert grant(campaign, award(member)) == first
    with pytest.raises(ledger.KeyReused):
        grant(campaign, award(member, GIFT - 1))
    assert (purses(member), pot(campaign)) == ([GIFT, 0, 0, 0], 9 * GIFT)


def test_of_many_who_ask_at_once_the_pot_pays_those_it_can(app, campaign):
    people = [world.member() for _ in range(16)]

    def run(number):
        with app.app_context():
            return grant(campaign, award(people[number]))

    assert sum(each is not None for each in at_once(run, 16)) == 10
    assert pot(campaign) == 0
    assert sum(purses(each)[0] for each in people) == 10 * GIFT


def test_the_same_key_at_once_is_one_grant(app, campaign):
    member = world.member()

    def run(number):
        with app.app_context():
            return grant(campaign, award(member))

    assert len(set(at_once(run, 8))) == 1
    assert purses(member)[0] == GIFT


def test_a_prize_is_taxed_as_accidental_income(campaign):
    member = world.member()
    before = world.balance(world.PLATFORM_ID, Account.TAX_WITHHELD)
    grant_id = grant(campaign, award(member, is_taxed=True))
    assert purses(member)[0] == 800
    assert world.balance(world.PLATFORM_ID, Account.TAX_WITHHELD) == before + 200
    distribution.fold()
    take_back(grant_id, GIFT)
    assert (purses(member), pot(campaign)) == ([0, 0, 0, 0], 10 * GIFT)
    assert world.balance(world.PLATFORM_ID, Account.TAX_WITHHELD) == before


def test_an_older_debt_is_paid_first_and_owed_again_when_taken_back(campaign):
    member = world.member()
    grant_id = grant(campaign, award(member, key="first"))
    world.take(member, Account.REBATE, GIFT)
    take_back(grant_id, 400)
    assert purses(member) == [0, 0, 0, -400]
    second = grant(campaign, award(member, key="second"))
    assert purses(member) == [600, 0, 0, 0]
    take_back(second, GIFT)
    assert purses(member) == [0, 0, 0, -400]


def test_what_is_frozen_is_freed_when_its_time_has_come(campaign):
    member = world.member()
    grant_id = grant(campaign, award(member, purse=Purse.REBATE_PENDING))
    take_back(grant_id, 300)
    grants.release()
    assert purses(member) == [0, 700, 0, 0]
    past = "UPDATE benefits_grant SET release_at = :t WHERE id = :g RETURNING 1"
    read(text(past), {"t": now() - timedelta(days=1), "g": grant_id})
    grants.release()
    grants.release()
    assert purses(member) == [700, 0, 0, 0]
    assert in_transaction(lambda: grants.released_fen(member, ("bare",))) == 700
    take_back(grant_id, GIFT)
    assert purses(member) == [0, 0, 0, 0]


def test_experience_gold_that_was_spent_is_let_go(campaign):
    member = world.member()
    grant_id = grant(campaign, award(member, purse=Purse.EXPERIENCE))
    assert (purses(member)[2], pot(campaign)) == (GIFT, 9 * GIFT)
    lot_id = in_transaction(lambda: next(iter(ledger.lots(member, Account.EXPERIENCE))))
    legs = (
        ledger.Leg(member, Account.EXPERIENCE, -600, lot_id),
        ledger.Leg(world.PLATFORM_ID, Account.BANK_CUSTODY, 600),
    )
    identity = new_id()
    spent = ledger.Journal(identity, "taken", identity, SYSTEM_ID, str(identity), legs)
    in_transaction(lambda: ledger.post([spent]))
    take_back(grant_id, GIFT)
    assert (purses(member), pot(campaign)) == ([0, 0, 0, 0], 9 * GIFT + 400)


def test_what_was_earned_before_is_paid_after_the_end_and_nothing_else(campaign):
    in_transaction(lambda: campaigns.end(campaign).id)
    early, late = world.member(), world.member()
    with pytest.raises(campaigns.CampaignNotRunning):
        grant(campaign, award(late))
    grant(campaign, award(early, is_owed=True))
    assert [purses(early)[0], purses(late)[0]] == [GIFT, 0]


def test_what_comes_back_after_the_end_goes_on_to_the_funder(campaign):
    member = world.member()
    grant_id = grant(campaign, award(member))
    in_transaction(lambda: campaigns.end(campaign).id)
    campaigns.turn()
    assert pot(campaign) == 0
    take_back(grant_id, GIFT)
    campaigns.turn()
    assert pot(campaign) == 0
    assert in_transaction(lambda: campaigns.find(campaign).returned_at is not None)


@settings(max_examples=25, deadline=None, suppress_health_check=SHARED)
@given(
    amount_fen=st.integers(1, 5_000),
    is_taxed=st.booleans(),
    steps=st.lists(st.integers(0, 5_000), max_size=4),
    spent=st.integers(0, 5_000),
)
def test_any_way_back_leaves_the_pot_as_if_nothing_had_been_given(
    shared, amount_fen, is_taxed, steps, spent
):
    campaign_id, member = shared, world.member()
    before = pot(campaign_id)
    grant_id = grant(campaign_id, award(member, amount_fen, is_taxed=is_taxed))
    distribution.fold()
    if fen := min(spent, purses(member)[0]):
        world.take(member, Account.REBATE, fen)
    for total_fen in [*sorted(min(each, amount_fen) for each in steps), amount_fen]:
        take_back(grant_id, total_fen)
    rebate, pending, experience, owed = purses(member)
    assert (rebate, pending, experience, owed) == (0, 0, 0, -fen if fen else 0)
    assert pot(campaign_id) == before


@pytest.fixture
def shared(client, bare):
    return published(client, bare, {"gift_fen": GIFT}, 1_000_000)
