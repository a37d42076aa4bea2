"""Every kind of benefit that is found keeps what the room promises: see `app/benefits/contract.py`.

Each brings a rehearsal: how somebody comes to one grant, the shortest way.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from app.benefits import collecting, registry, releasing
from app.benefits import grants as giving
from app.benefits.models import Campaign
from app.core.db import db, in_transaction, read
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.stage import Stage, published
from tests.processes import is_killed_at_commit
from tests.wallet.people import moved
from tests.wallet.racing import at_once

MOST_COMMITS = 12
KINDS = sorted(registry.find())


@pytest.fixture(params=KINDS or ["none"])
def kind(request, context):
    """Each kind in turn, with its rehearsal."""
    if request.param == "none":
        pytest.skip("no kind is installed")
    return request.param, rehearsal(request.param)


def rehearsal(name):
    return import_module(f"app.benefits.{name}.rehearsal").REHEARSAL


def campaign(stage, kind, budget_fen=None):
    name, play = kind
    wish = dict(play.settings)
    funder = registry.find()[name].funders[0].value
    budget_fen = play.budget_fen if budget_fen is None else budget_fen
    campaign_id = published(
        stage.client, name, wish, budget_fen, funder=funder, **owner(stage, funder)
    )
    play.prepare(stage, campaign_id)
    return campaign_id


def owner(stage, funder):
    if funder != "offer_budget":
        return {}
    return {"merchant_id": str(stage.shops[stage.store()].merchant_id)}


def earned(stage, play, campaign_id, number):
    """Somebody new comes to a grant."""
    member_id = stage.member()
    play.ready(stage, campaign_id, member_id, number)
    play.earn(stage, campaign_id, member_id, number)


def grants(campaign_id):
    """What was given: owner, amount, key."""
    rows = read(
        text("SELECT owner_id, amount_fen, key FROM benefits_grant WHERE campaign_id = :c"),
        {"c": campaign_id},
    )
    return [tuple(row) for row in rows]


def pot(campaign_id):
    return world.balance(campaign_id, Account.CAMPAIGN_POT)


def test_the_same_request_again_pays_once(stage, kind):
    _, play = kind
    campaign_id, member = campaign(stage, kind), stage.member()
    play.ready(stage, campaign_id, member, 0)
    play.earn(stage, campaign_id, member, 0)
    stage.turn()
    before = grants(campaign_id)
    assert [each[1] for each in before] == [play.grant_fen]
    play.earn(stage, campaign_id, member, 0)
    stage.turn()
    assert grants(campaign_id) == before


def test_no_more_is_given_than_the_pot_holds(stage, kind):
    _, play = kind
    if not play.budget_fen:
        pytest.skip("each case is paid for by itself: there is no pot")
    budget_fen = max(play.budget_fen, 3 * play.grant_fen)
    campaign_id = campaign(stage, kind, budget_fen)
    for number in range(budget_fen // play.grant_fen + 2):
        earned(stage, play, campaign_id, number)
    stage.turn()
    given = [each[1] for each in grants(campaign_id)]
    funded_fen = moved(Account.CAMPAIGN_POT, campaign_id)
    assert 0 < len(given) <= funded_fen // play.grant_fen
    assert pot(campaign_id) >= 0
    assert sum(given) + pot(campaign_id) == funded_fen


def test_of_many_at_the_same_moment_each_is_paid_once(app, stage, kind):
    _, play = kind
    campaign_id = campaign(stage, kind)
    people = [stage.member() for _ in range(4)]
    for number, member_id in enumerate(people):
        play.ready(stage, campaign_id, member_id, number)

    def run(number):
        with app.app_context():
            own = Stage(app.test_client())
            own.shops = stage.shops
            play.earn(own, campaign_id, people[number // 3], number // 3)

    at_once(run, 12)
    stage.turn()
    keys = [(each[0], each[2]) for each in grants(campaign_id)]
    assert len(keys) == len(set(keys)) <= 4
    assert ledger.verify().findings == []


def test_killed_after_any_commit_and_asked_again_it_is_paid_once(stage, kind):
    """What dies before a commit leaves what it left after the one before."""
    _, play = kind
    campaign_id = campaign(stage, kind)
    for number in range(1, MOST_COMMITS):
        member_id = stage.member()
        play.ready(stage, campaign_id, member_id, number)
        step = partial(play.earn, stage, campaign_id, member_id, number)
        is_killed = is_killed_at_commit(step, "after", number)
        step()
        stage.turn()
        mine = [each for each in grants(campaign_id) if each[0] == member_id]
        assert len(mine) <= 1, number
        if not is_killed:
            break
    else:
        raise AssertionError("it never came to its end")
    given = sum(each[1] for each in grants(campaign_id))
    assert given >= play.grant_fen
    if play.budget_fen:
        assert moved(Account.CAMPAIGN_POT, campaign_id) - given == pot(campaign_id)
    assert ledger.verify().findings == []


def test_what_is_owed_back_and_paid_is_collected_once_by_many_and_after_a_kill(app, stage, kind):
    """Half of it by 64 at once; the rest by one that dies before its commit, then just after it."""
    _, play = kind
    campaign_id = campaign(stage, kind)
    earned(stage, play, campaign_id, 0)
    stage.turn()
    person, place = spent(campaign_id)
    owed_fen = -world.balance(person, Account.CLAWBACK_DUE)
    before = world.balance(*place)
    assert world.balance(campaign_id, Account.CAMPAIGN_CLAIM) == owed_fen > 1

    def settle(_=None):
        with app.app_context():
            return in_transaction(lambda: collecting.settle(person))

    world.give(person, Account.CLAWBACK_DUE, owed_fen // 2)
    assert sum(at_once(settle, 64)) == 1
    assert world.balance(*place) - before == owed_fen // 2
    world.give(person, Account.CLAWBACK_DUE, owed_fen - owed_fen // 2)
    assert is_killed_at_commit(settle, "before", 1)
    assert world.balance(*place) - before == owed_fen // 2
    assert is_killed_at_commit(settle, "after", 1)
    assert (world.balance(*place) - before, settle()) == (owed_fen, 0)
    assert world.balance(campaign_id, Account.CAMPAIGN_CLAIM) == 0


def spent(campaign_id):
    """Takes a grant back whose owner has nothing left: who owes it, and where it is paid
    to."""
    wanted = "SELECT id, owner_id, purse FROM benefits_grant WHERE campaign_id = :c"
    grant_id, person, purse = read(text(wanted), {"c": campaign_id})[0]
    if purse == "rebate_pending":
        in_transaction(lambda: releasing._release([grant_id]))
    if held_fen := world.balance(person, Account.REBATE):
        world.take(person, Account.REBATE, held_fen)
    in_transaction(lambda: giving.take_back(grant_id, giving.find(grant_id).amount_fen))
    leg = in_transaction(lambda: giving.source(giving.find(grant_id), 0))
    return person, (leg.owner_id, leg.account)


def test_an_ended_campaign_gives_nothing_and_returns_its_rest(stage, kind):
    name, play = kind
    campaign_id = campaign(stage, kind)
    earned(stage, play, campaign_id, 0)
    stage.turn()
    given = sum(each[1] for each in grants(campaign_id))
    status, _ = stage.call(
        "operator", "POST", f"/campaigns/{campaign_id}/end", {"reason": "提前结束"}
    )
    assert status == 200
    earned(stage, play, campaign_id, 1)
    stage.turn()
    assert sum(each[1] for each in grants(campaign_id)) == given
    if play.budget_fen:
        promised = registry.find()[name].promised_fen(terms(campaign_id))
        assert pot(campaign_id) == promised
        assert moved(Account.CAMPAIGN_POT, campaign_id) == promised + given


def terms(campaign_id):
    from app.benefits import campaigns

    return campaigns.terms(campaign_id)


def test_published_rules_cannot_change_even_in_the_database(stage, kind):
    campaign_id = campaign(stage, kind)
    with pytest.raises(DBAPIError, match="stay"):
        in_transaction(
            lambda: db.session.execute(
                update(Campaign).where(Campaign.id == campaign_id).values(settings={"other": 1})
            )
        )
    status, told = stage.call(
        "operator", "PUT", f"/campaigns/{campaign_id}", draft_of(stage, campaign_id)
    )
    assert (status, told["code"]) in ((409, "campaign_not_a_draft"), (404, "campaign_unknown"))


def draft_of(stage, campaign_id):
    _, told = stage.call("operator", "GET", f"/campaigns/{campaign_id}")
    kept = ("benefit", "name", "name_en", "funder", "settings", "budget_fen", "merchant_id")
    return {name: told[name] for name in kept} | {
        "starts_at": told["starts_at"],
        "ends_at": told["ends_at"],
    }
