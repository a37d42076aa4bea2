"""What is granted is paid once, taxed, set against debts, released and taken back to the fen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.alliance import distribution
from app.benefits import campaigns, collecting, grants, releasing
from app.benefits.contract import Award, Purse
from app.core.db import in_transaction, read
from app.core.world import SYSTEM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
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


def claim(campaign_id):
    return world.balance(campaign_id, Account.CAMPAIGN_CLAIM)


def set_back(grant_id, column, days):
    """Lets a moment of a grant be some days ago."""
    past = f"UPDATE benefits_grant SET {column} = :t WHERE id = :g RETURNING 1"
    read(text(past), {"t": now() - timedelta(days=days), "g": grant_id})


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
    assert (pot(campaign), claim(campaign)) == (9 * GIFT, 400)
    in_transaction(lambda: collecting.settle(member))
    assert (pot(campaign), claim(campaign)) == (9 * GIFT, 400)  # nothing was paid of it
    second = grant(campaign, award(member, key="second"))
    assert purses(member) == [600, 0, 0, 0]
    for _ in range(2):
        in_transaction(lambda: collecting.settle(member))
    assert (pot(campaign), claim(campaign)) == (8 * GIFT + 400, 0)
    take_back(second, GIFT)
    assert purses(member) == [0, 0, 0, -400]
    assert (pot(campaign), claim(campaign)) == (9 * GIFT, 400)


def test_other_debts_of_a_person_count_as_paid_before_what_is_claimed(campaign):
    member = world.member()
    first = grant(campaign, award(member, key="first"))
    world.take(member, Account.REBATE, GIFT)
    take_back(first, 400)
    world.take(member, Account.CLAWBACK_DUE, 300)  # owed for a refund of a purchase
    grant(campaign, award(member, 500, key="second"))
    in_transaction(lambda: collecting.settle(member))
    assert (purses(member)[3], claim(campaign)) == (-200, 200)


def test_what_is_owed_to_an_ended_campaign_goes_to_its_funder_when_it_is_paid(client, campaign):
    member = world.member()
    first = grant(campaign, award(member, key="first"))
    world.take(member, Account.REBATE, GIFT)
    in_transaction(lambda: campaigns.end(campaign).id)
    in_transaction(lambda: campaigns.return_rest(campaign))
    take_back(first, GIFT)
    in_transaction(lambda: campaigns.return_rest(campaign))
    assert (pot(campaign), claim(campaign)) == (0, GIFT)
    other = published(client, "bare", {"gift_fen": GIFT}, GIFT)
    grant(other, award(member))
    assert collecting.collect() >= 1
    assert (pot(campaign), claim(campaign)) == (GIFT, 0)
    assert in_transaction(lambda: campaigns.return_rest(campaign)) == GIFT


@pytest.mark.parametrize("purse", [Purse.REBATE, Purse.EXPERIENCE])
def test_it_is_taken_back_from_who_its_owner_was_merged_into(campaign, purse):
    survivor, owner = world.member(), world.member()  # who joined first stays
    grant_id = grant(campaign, award(owner, purse=purse))
    in_transaction(lambda: members.merge_pasts(survivor, owner, {"kind": "staff"}))
    before = purses(survivor)
    take_back(grant_id, GIFT)
    assert (sum(before), purses(survivor), purses(owner)) == (GIFT, [0] * 4, [0] * 4)
    assert (pot(campaign), claim(campaign)) == (10 * GIFT, 0)


def test_tax_withheld_in_an_earlier_month_stays_and_the_pot_bears_it(campaign):
    """What lies there then was withheld from others."""
    member = world.member()
    grant_id = grant(campaign, award(member, is_taxed=True))
    distribution.fold()
    set_back(grant_id, "created_at", 32)
    before = world.balance(world.PLATFORM_ID, Account.TAX_WITHHELD)
    take_back(grant_id, GIFT)
    assert world.balance(world.PLATFORM_ID, Account.TAX_WITHHELD) == before
    assert (purses(member), pot(campaign)) == ([0, 0, 0, 0], 10 * GIFT - 200)
    noted = "SELECT taxable_fen, tax_fen FROM wallet_prize_tax WHERE grant_id = :g"
    rows = read(text(f"{noted} ORDER BY taxable_fen"), {"g": grant_id})
    assert [tuple(row) for row in rows] == [(-GIFT, 0), (GIFT, 200)]


def test_a_debt_collected_by_another_grant_is_no_want_of_money(app, campaign):
    """Each of many grants at once means to collect it; one does, and all are paid."""
    member = world.member()
    first = grant(campaign, award(member, 400, key="first"))
    world.take(member, Account.REBATE, 400)
    take_back(first, 400)

    def run(number):
        with app.app_context():
            return grant(campaign, award(member, 500, key=str(number)))

    assert None not in at_once(run, 6)
    assert purses(member) == [6 * 500 - 400, 0, 0, 0]


def test_what_is_frozen_is_freed_when_its_time_has_come(campaign):
    member = world.member()
    grant_id = grant(campaign, award(member, purse=Purse.REBATE_PENDING))
    take_back(grant_id, 300)
    releasing.release()
    assert purses(member) == [0, 700, 0, 0]
    set_back(grant_id, "release_at", 1)
    releasing.release()
    releasing.release()
    assert purses(member) == [700, 0, 0, 0]
    assert in_transaction(lambda: grants.released_fen(member, ("bare",))) == 700
    take_back(grant_id, GIFT)
    assert purses(member) == [0, 0, 0, 0]


def test_what_cannot_be_freed_holds_up_nobody_else_and_is_counted(campaign, monkeypatch):
    monkeypatch.setattr(releasing, "SLICE_SECONDS", 60.0)
    people = [world.member() for _ in range(2)]
    found = [grant(campaign, award(each, purse=Purse.REBATE_PENDING)) for each in people]
    for grant_id in found:
        set_back(grant_id, "release_at", 1)
    world.take(people[0], Account.REBATE_PENDING, 1)
    late = releasing.overdue()
    releasing.release()
    assert [purses(each)[:2] for each in people] == [[0, GIFT - 1], [GIFT, 0]]
    assert 1 <= releasing.overdue() < late
    world.give(people[0], Account.REBATE_PENDING, 1)
    releasing.release()
    assert purses(people[0])[:2] == [GIFT, 0]


def test_what_fails_for_longer_than_a_turn_lets_others_have_theirs(campaign, monkeypatch):
    """A turn without time: one batch each, and of what has failed one owner."""
    monkeypatch.setattr(releasing, "SLICE_SECONDS", -1.0)
    monkeypatch.setattr(releasing, "BATCH", 1)
    people = [world.member() for _ in range(3)]
    found = [grant(campaign, award(each, purse=Purse.REBATE_PENDING)) for each in people]
    for grant_id in found[:2]:
        set_back(grant_id, "release_at", 999)
    set_back(found[2], "release_at", 998)
    for each in people[:2]:
        world.take(each, Account.REBATE_PENDING, 1)
    for _ in range(3):
        releasing.release()
    assert [purses(each)[:2] for each in people] == [[0, GIFT - 1], [0, GIFT - 1], [GIFT, 0]]
    world.give(people[1], Account.REBATE_PENDING, 1)
    world.give(people[0], Account.REBATE_PENDING, 1)
    monkeypatch.undo()
    monkeypatch.setattr(releasing, "SLICE_SECONDS", 60.0)
    releasing.release()
    assert [purses(each)[:2] for each in people] == [[GIFT, 0]] * 3


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
def test_any_way_back_leaves_the_pot_what_was_really_taken_back_and_a_claim_for_the_rest(
    shared, amount_fen, is_taxed, steps, spent
):
    campaign_id, member = shared, world.member()
    before, claimed = pot(campaign_id), claim(campaign_id)
    grant_id = grant(campaign_id, award(member, amount_fen, is_taxed=is_taxed))
    distribution.fold()
    if fen := min(spent, purses(member)[0]):
        world.take(member, Account.REBATE, fen)
    for total_fen in [*sorted(min(each, amount_fen) for each in steps), amount_fen]:
        take_back(grant_id, total_fen)
    rebate, pending, experience, owed = purses(member)
    assert (rebate, pending, experience, owed) == (0, 0, 0, -fen if fen else 0)
    assert (pot(campaign_id), claim(campaign_id)) == (before + owed, claimed - owed)


@pytest.fixture
def shared(client, bare):
    return published(client, bare, {"gift_fen": GIFT}, 1_000_000)
