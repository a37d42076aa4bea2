"""Levels are what purchases conceded; their gifts are funded and taken once in their time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.alliance import distribution
from app.alliance.levels import service as levels
from app.core.db import in_transaction, read
from app.core.world import PLATFORM_ID, SYSTEM_ID, now
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world
from tests.wallet.racing import at_once

API = "/api/v1"
GIFT = 100


@pytest.fixture
def shop(context):
    return world.shop({"operations": 10_000})


@pytest.fixture
def level(context):
    """A level of ten yuan conceded, the only one, which is over with the test."""
    for other in in_transaction(lambda: [one.id for one in levels.in_force()]):
        in_transaction(lambda other=other: levels.end(other).id)
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 1_000)
    distribution.fold()
    new = levels.NewLevel("银卡", "Silver", 1_000, 30, GIFT, 10 * GIFT)
    level_id = in_transaction(lambda: levels.add(new, SYSTEM_ID).id)
    yield level_id
    in_transaction(lambda: levels.end(level_id).id)


def bought(client, payer, shop, amount_fen=10_000, days_ago=20):
    """A purchase that was shared out some days ago."""
    sale_id = UUID(world.paid(client, payer, shop, amount_fen)["id"])
    distribution.distribute_sale(sale_id)
    past = text("UPDATE alliance_sale SET distributed_at = :t WHERE id = :s RETURNING 1")
    read(past, {"t": now() - timedelta(days=days_ago), "s": sale_id})
    return sale_id


def take(client, payer, level_id, key=None):
    path = f"{API}/me/level-gifts/{level_id}"
    return client.post(path, headers=world.headers(payer, key))


def own(client, payer):
    found = client.get(f"{API}/me/level", headers=world.headers(payer)).json["level"]
    return found and found["id"]


def gold(payer):
    return world.balance(payer, Account.EXPERIENCE)


def test_purchases_whose_freeze_is_over_reach_a_level_and_its_gift_once(client, shop, level):
    payer = world.rich(1_000_000)
    bought(client, payer, shop, 9_000)
    bought(client, payer, shop, 1_000, days_ago=0)
    assert own(client, payer) is None
    refused = take(client, payer, level)
    assert (refused.status_code, refused.json["code"]) == (409, "level_not_reached")
    assert (refused.json["conceded_fen"], gold(payer)) == (900, 0)
    bought(client, payer, shop, 1_000)
    assert own(client, payer) == str(level)
    given = take(client, payer, level, "one key")
    assert (given.status_code, gold(payer)) == (201, GIFT)
    assert take(client, payer, level, "one key").json == given.json
    again = take(client, payer, level)
    assert (again.json["code"], gold(payer)) == ("level_gift_taken", GIFT)


def test_what_is_too_old_or_given_back_does_not_count(client, shop, level):
    payer = world.rich(1_000_000)
    bought(client, payer, shop, days_ago=60)
    sale_id = bought(client, payer, shop)
    assert own(client, payer) == str(level)
    path = f"{API}/payments/{sale_id}/refunds"
    client.post(path, json={"amount_fen": 100}, headers=world.owner_headers(shop))
    assert own(client, payer) is None
    assert take(client, payer, level).json["code"] == "level_not_reached"


def test_asked_for_at_once_the_gift_is_given_once(app, client, shop, level):
    payer = world.rich(1_000_000)
    bought(client, payer, shop)

    def ask(_):
        with app.app_context():
            return take(app.test_client(), payer, level).status_code

    assert sorted(at_once(ask, 4)) == [201, 409, 409, 409]
    assert gold(payer) == GIFT


def test_the_budget_of_a_level_is_kept(client, shop, level):
    small = levels.NewLevel("金卡", "Gold", 1_000, 30, GIFT, GIFT)
    level_id = in_transaction(lambda: levels.add(small, SYSTEM_ID).id)
    try:
        for code in (None, "level_gift_unfunded"):
            payer = world.rich(1_000_000)
            bought(client, payer, shop)
            assert take(client, payer, level_id).json.get("code") == code
        assert gold(payer) == 0
    finally:
        in_transaction(lambda: levels.end(level_id).id)
    assert take(client, payer, level_id).json["code"] == "member_level_unknown"


def test_only_the_operator_defines_levels_and_only_sound_ones(context, client):
    operator = world.staff_headers("operator")
    sound = {"name": "金", "name_en": "Gold", "threshold_fen": 10**9, "period_days": 30}
    for who in (world.staff_headers("finance"), world.headers(world.member())):
        assert client.post(f"{API}/member-levels", json=sound, headers=who).status_code == 403
    before = world.count("alliance_member_level")
    for odd in ({"gift_fen": 10**8 + 1, "budget_fen": 10**9}, {"gift_fen": 1}, {"period_days": 0}):
        answer = client.post(f"{API}/member-levels", json=sound | odd, headers=operator)
        assert answer.status_code == 422
    assert world.count("alliance_member_level") == before
    made = client.post(f"{API}/member-levels", json=sound, headers=operator).json
    listed = client.get(f"{API}/member-levels").json["levels"]
    assert made["id"] in {each["id"] for each in listed}
    ended = client.post(f"{API}/member-levels/{made['id']}/end", headers=operator).json
    assert ended["ended_at"]


def test_who_took_a_gift_by_another_account_of_theirs_waits_for_the_next(client, shop, level):
    one, other = world.rich(1_000_000), world.rich(1_000_000)
    for each in (one, other):
        bought(client, each, shop)
    assert take(client, other, level).status_code == 201
    in_transaction(lambda: members.merge_pasts(one, other, {"kind": "staff"}))
    survivor = members.today(other)
    assert (gold(survivor), own(client, survivor)) == (GIFT, str(level))
    again = take(client, survivor, level)
    assert (again.status_code, again.json["code"]) == (409, "level_gift_taken")
    assert gold(survivor) == GIFT
