"""A campaign is drafted, published by somebody else with its money put aside, and ends."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.alliance import distribution
from app.benefits import audience, campaigns, pots, registry
from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, SYSTEM_ID, new_id, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.stage import API, draft, published, read_letters
from tests.wallet.people import moved
from tests.wallet.racing import at_once

SETTINGS = {"gift_fen": 100}


@pytest.fixture
def shop(context):
    return world.shop()


def ask(client, path, headers, body=None, method="POST"):
    answer = client.open(f"{API}{path}", method=method, json=body, headers=headers)
    return answer.status_code, answer.json


def operator():
    return world.staff_headers("operator")


def drafted(client, bare, headers=None, **differs):
    body = draft(bare, SETTINGS, budget_fen=1_000, **differs)
    status, told = ask(client, "/campaigns", headers or operator(), body)
    assert status == 201, told
    return told["id"]


def state(client, campaign_id):
    told = ask(client, f"/campaigns/{campaign_id}", operator(), method="GET")[1]
    return told["status"], told["left_fen"]


def publish(client, campaign_id, headers=None, revision=1):
    path = f"/campaigns/{campaign_id}/publish?revision={revision}"
    return ask(client, path, headers or operator())


def test_publishing_puts_the_whole_budget_aside(client, bare):
    campaign_id = published(client, bare, SETTINGS, 1_000)
    assert state(client, campaign_id) == ("published", 1_000)
    assert moved(Account.CAMPAIGN_FUND, campaign_id) == -1_000


def test_without_the_money_nothing_is_published(client, bare, shop):
    owner = world.owner_headers(shop)
    mine = {"funder": "offer_budget", "merchant_id": str(shop.merchant_id)}
    campaign_id = drafted(client, bare, owner, **mine)
    status, told = publish(client, campaign_id)
    assert (status, told["code"], told["budget_fen"]) == (409, "campaign_unfunded", 1_000)
    assert state(client, campaign_id) == ("draft", 0)
    world.give(shop.merchant_id, Account.OFFER_BUDGET, 1_000)
    assert publish(client, campaign_id)[0] == 200
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 0


def test_who_drafted_or_rewrote_it_last_does_not_publish_it(client, bare):
    author, second = operator(), operator()
    campaign_id = drafted(client, bare, author)
    assert publish(client, campaign_id, author)[1]["code"] == "second_person_needed"
    body = draft(bare, SETTINGS, budget_fen=2_000)
    assert ask(client, f"/campaigns/{campaign_id}", second, body, "PUT")[0] == 200
    for who in (author, second):
        again = {**who, "Idempotency-Key": new_id().hex}
        assert publish(client, campaign_id, again, 2)[1]["code"] == "second_person_needed"
    assert state(client, campaign_id) == ("draft", 0)


def test_only_what_was_reviewed_is_published(client, bare):
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 2_000)
    distribution.fold()
    author = operator()
    campaign_id = drafted(client, bare, author)
    body = draft(bare, SETTINGS, budget_fen=2_000)
    assert ask(client, f"/campaigns/{campaign_id}", author, body, "PUT")[0] == 200
    status, told = publish(client, campaign_id)
    assert (status, told["code"], told["revision"]) == (409, "campaign_changed", 2)
    assert state(client, campaign_id) == ("draft", 0)
    assert publish(client, campaign_id, revision=2)[0] == 200
    assert state(client, campaign_id) == ("published", 2_000)


def test_the_same_publishing_again_moves_the_money_once(client, bare):
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 2_000)
    distribution.fold()
    campaign_id, headers = drafted(client, bare), operator()
    told = [publish(client, campaign_id, headers) for _ in range(2)]
    assert told[0] == told[1]
    assert state(client, campaign_id) == ("published", 1_000)


def test_of_many_who_publish_at_once_one_does(app, client, bare):
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 20_000)
    distribution.fold()
    campaign_id, heads = drafted(client, bare), [operator() for _ in range(8)]

    def run(number):
        return publish(app.test_client(), campaign_id, heads[number])[0]

    assert sorted(at_once(run, 8)) == [200] + [409] * 7
    assert state(client, campaign_id) == ("published", 1_000)


def test_foreign_merchants_campaigns_do_not_exist(client, bare, shop):
    other = world.owner_headers(world.shop())
    mine = {"funder": "offer_budget", "merchant_id": str(shop.merchant_id)}
    campaign_id = drafted(client, bare, world.owner_headers(shop), **mine)
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", draft(bare, SETTINGS, budget_fen=1, **mine)),
        ("DELETE", "", None),
        ("POST", "/pause", {"reason": "不是我的"}),
        ("POST", "/end", {"reason": "不是我的"}),
        ("POST", "/money", {"amount_fen": 1}),
        ("GET", "/grants", None),
    ):
        status, told = ask(client, f"/campaigns/{campaign_id}{path}", other, body, method)
        assert (status, told["code"]) == (404, "campaign_unknown"), path
    theirs = draft(bare, SETTINGS, budget_fen=1_000, **mine)
    assert ask(client, "/campaigns", other, theirs)[0] == 404
    assert ask(client, "/campaigns", operator(), theirs)[0] == 404  # nor spends the platform it
    assert state(client, campaign_id) == ("draft", 0)


def test_whose_a_draft_is_stays(client, bare, shop):
    mine = {"funder": "offer_budget", "merchant_id": str(shop.merchant_id)}
    campaign_id = drafted(client, bare, world.owner_headers(shop), **mine)
    platforms = draft(bare, SETTINGS, budget_fen=5_000)
    status, told = ask(client, f"/campaigns/{campaign_id}", operator(), platforms, "PUT")
    assert (status, told["code"]) == (404, "campaign_unknown")
    kept = ask(client, f"/campaigns/{campaign_id}", operator(), method="GET")[1]
    assert (kept["merchant_id"], kept["budget_fen"]) == (str(shop.merchant_id), 1_000)


@pytest.mark.parametrize(
    ("differs", "place"),
    [
        ({"settings": {"gift_fen": -1}}, "settings.gift_fen"),
        ({"settings": {"gift_fen": 1, "more": 1}}, "settings.more"),
        ({"funder": "payer", "budget_fen": 0}, "funder"),
    ],
)
def test_settings_that_do_not_fit_the_kind_are_named(client, bare, differs, place):
    body = draft(bare, SETTINGS, budget_fen=1_000) | differs
    status, told = ask(client, "/campaigns", operator(), body)
    assert (status, told["code"]) == (422, "invalid_request")
    assert place in told["errors"]


def test_a_campaign_that_ends_before_it_begins_or_is_over_is_refused(client, bare):
    moment = now()
    past = {"starts_at": (moment - timedelta(days=2)).isoformat()}
    body = draft(bare, SETTINGS, budget_fen=1_000, ends_at=(moment - timedelta(days=3)).isoformat())
    assert ask(client, "/campaigns", operator(), body | past)[0] == 422
    over = drafted(client, bare, ends_at=(moment - timedelta(days=1)).isoformat(), **past)
    assert publish(client, over)[1]["code"] == "campaign_over"


def test_a_paused_campaign_goes_on_and_an_ended_one_does_not(client, bare):
    campaign_id, why = published(client, bare, SETTINGS, 1_000), {"reason": "核对规则"}
    for path, body, expected in (
        ("pause", why, "paused"),
        ("pause", why, "campaign_status_unfit"),
        ("resume", None, "published"),
        ("end", why, "ended"),
        ("end", why, "ended"),
        ("resume", None, "campaign_status_unfit"),
    ):
        _, told = ask(client, f"/campaigns/{campaign_id}/{path}", operator(), body)
        assert expected in (told.get("status"), told.get("code")), path


def test_what_is_left_at_the_end_returns_to_the_funder(client, bare, shop):
    world.give(shop.merchant_id, Account.OFFER_BUDGET, 1_500)
    mine = {"funder": "offer_budget", "merchant_id": str(shop.merchant_id)}
    campaign_id = drafted(client, bare, world.owner_headers(shop), **mine)
    assert publish(client, campaign_id)[0] == 200
    more = ask(
        client, f"/campaigns/{campaign_id}/money", world.owner_headers(shop), {"amount_fen": 500}
    )
    assert (more[0], more[1]["left_fen"]) == (200, 1_500)
    ended = ask(
        client, f"/campaigns/{campaign_id}/end", world.owner_headers(shop), {"reason": "售罄"}
    )
    assert ended[0] == 200
    campaigns.turn()
    assert (
        pots.left_fen(UUID(campaign_id)),
        world.balance(shop.merchant_id, Account.OFFER_BUDGET),
    ) == (0, 1_500)


def test_time_ends_a_campaign(client, bare):
    campaign_id = published(
        client, bare, SETTINGS, 1_000, ends_at=(now() + timedelta(seconds=2.5)).isoformat()
    )
    ends_at = in_transaction(lambda: campaigns.terms(campaign_id).ends_at)
    time.sleep(max(0.0, (ends_at - now()).total_seconds()))
    campaigns.turn()
    read_letters()
    assert state(client, str(campaign_id)) == ("ended", 0)


def test_what_still_promises_something_keeps_no_other_waiting(client, bare, monkeypatch):
    """The clock has so many in hand at a time; whoever was looked at stands behind the others."""
    promising = published(client, bare, SETTINGS, 1_000)
    kind = registry.benefits()[bare]
    promised = {promising: 1_000}
    registry.benefits()[bare] = replace(kind, promised_fen=lambda terms: promised.get(terms.id, 0))
    monkeypatch.setattr(campaigns, "BATCH", 1)
    in_transaction(lambda: campaigns.end(promising))
    campaigns.turn()
    later = published(client, bare, SETTINGS, 1_000)
    in_transaction(lambda: campaigns.end(later))
    campaigns.turn()
    assert (pots.left_fen(promising), pots.left_fen(later)) == (1_000, 0)
    promised.clear()


def test_the_audience_is_who_it_says(client, bare, shop):
    here, elsewhere = world.rich(1_000, world.brought_by_store(shop)), world.rich(1_000)
    campaign_id = published(client, bare, SETTINGS, 100)
    everybody = in_transaction(lambda: campaigns.terms(campaign_id))

    def among(member_id, **wanted):
        asked = audience.Audience(**wanted).model_dump(mode="json", exclude_defaults=True)
        terms = replace(everybody, audience=asked)
        return in_transaction(lambda: audience.includes(terms, member_id))

    assert [among(each) for each in (here, elsewhere)] == [True, True]
    home = {"home_of_merchants": [shop.merchant_id]}
    assert [among(each, **home) for each in (here, elsewhere)] == [True, False]
    late = {"joined_from": now() + timedelta(days=1)}
    early = {"joined_before": now() - timedelta(days=1)}
    assert [among(here, **late), among(here, **early)] == [False, False]


def test_an_audience_of_unknown_merchants_or_levels_is_not_published(client, bare):
    unknown = {"home_of_merchants": [str(new_id())]}
    campaign_id = drafted(client, bare, audience=unknown)
    assert publish(client, campaign_id)[1]["code"] == "audience_unfit"
    levels = drafted(client, bare, audience={"levels": [str(SYSTEM_ID)]})
    assert publish(client, levels)[1]["code"] == "audience_unfit"
    assert state(client, campaign_id) == ("draft", 0)


def test_everybody_sees_what_runs_and_drafts_are_nobodys_business(client, bare):
    campaign_id, hidden = published(client, bare, SETTINGS, 1_000), drafted(client, bare)
    running = [each["id"] for each in client.get(f"{API}/running-campaigns").json["campaigns"]]
    assert str(campaign_id) in running
    assert hidden not in running
    other, found, after = published(client, bare, SETTINGS, 1_000), [], ""
    while after is not None:
        path = f"{API}/running-campaigns?benefit={bare}&limit=1{after and f'&after={after}'}"
        page = client.get(path).json
        found, after = [*found, *page["campaigns"]], page["next"]
    assert [each["id"] for each in found][:2] == [str(other), str(campaign_id)]
    assert {each["benefit"] for each in found} == {bare}
    assert client.get(f"{API}/running-campaigns?benefit=none").json["campaigns"] == []
    member = world.headers(world.member())
    assert ask(client, f"/me/campaigns/{campaign_id}", member, method="GET")[1]["is_for_me"]
    assert ask(client, f"/me/campaigns/{hidden}", member, method="GET")[0] == 404


def test_the_form_of_a_kind_is_drawn_from_its_schema(client, bare):
    told = ask(client, "/benefits", operator(), method="GET")[1]["benefits"]
    found = next(each for each in told if each["name"] == bare)
    assert found["form"]["properties"]["gift_fen"]["minimum"] == 1
    assert found["funders"] == ["campaign_fund", "offer_budget"]
