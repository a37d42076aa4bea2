"""A recommender is paid once, when what they brought has conceded enough, and only then."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import text, update

from app.alliance import distribution
from app.alliance.rewards import service as rewards
from app.alliance.rewards.models import Reward
from app.core.db import db, in_transaction, read
from app.core.world import PLATFORM_ID, SYSTEM_ID, beijing_day, new_id, now
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world
from tests.wallet.people import moved
from tests.wallet.racing import at_once

N, M = 1_000, 300  # conceded, rewarded (fen): a purchase of 100 yuan at ten percent


@pytest.fixture
def shop(context):
    """A shop whose own budget pays, so that no other test's purchases count."""
    found = world.shop({"consumer": 5_000, "operations": 5_000})
    world.give(found.merchant_id, Account.OFFER_BUDGET, 10_000)
    return found


def rule(shop, kind="cumulative", **differs):
    day = beijing_day(now())
    values = {
        "name": "推荐有礼",
        "kind": kind,
        "threshold_fen": N,
        "reward_fen": M,
        "budget_fen": 10 * M,
        "starts_on": day - timedelta(days=1),
        "ends_on": day + timedelta(days=1),
        "merchant_id": shop and shop.merchant_id,
    }
    new = rewards.NewRule(**(values | differs))
    return in_transaction(lambda: rewards.add_rule(new, SYSTEM_ID).id)


@pytest.fixture
def friends(context):
    """Who brings, and who is brought with money to spend."""
    recommender = world.member()
    return recommender, world.rich(1_000_000, world.brought_by_member(recommender))


def buy(client, payer, shop, amount_fen=10_000):
    """A purchase that is shared out, and its letter read; its id."""
    sale_id = UUID(world.paid(client, payer, shop, amount_fen)["id"])
    distribution.distribute_sale(sale_id)
    told(sale_id)
    return sale_id


def told(sale_id):
    rewards.on_sale({"sale_id": str(sale_id)})


def refund(client, shop, sale_id, amount_fen=None):
    body = {"reason": "退货"} | ({"amount_fen": amount_fen} if amount_fen else {})
    path = f"/api/v1/payments/{sale_id}/refunds"
    answer = client.post(path, json=body, headers=world.owner_headers(shop))
    assert (answer.status_code, answer.json["status"]) == (201, "done"), answer.json
    told(sale_id)


def frozen(owner_id):
    return world.balance(owner_id, Account.REBATE_PENDING)


def state(rule_id):
    rows = read(text("SELECT status FROM alliance_reward WHERE rule_id = :r"), {"r": rule_id})
    return [row.status for row in rows]


def test_purchases_reach_the_threshold_together_and_pay_once(client, shop, friends):
    recommender, payer = friends
    rule_id = rule(shop)
    buy(client, payer, shop, 6_000)
    assert (state(rule_id), frozen(recommender)) == ([], 0)
    buy(client, payer, shop, 4_000)
    assert (state(rule_id), frozen(recommender)) == (["paid"], M)
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 10_000 - M
    again = buy(client, payer, shop)
    told(again)
    assert frozen(recommender) == M


def test_the_first_purchase_alone_counts_where_the_rule_says_so(client, shop, friends):
    recommender, payer = friends
    rule_id = rule(shop, "first")
    buy(client, payer, shop, 9_990)
    buy(client, payer, shop, 50_000)
    assert (state(rule_id), frozen(recommender)) == ([], 0)
    other = world.rich(100_000, world.brought_by_member(recommender))
    buy(client, other, shop, 10_000)
    assert frozen(recommender) == M


def test_registering_alone_or_elsewhere_or_too_late_pays_nothing(client, shop, friends):
    recommender, payer = friends
    past = beijing_day(now()) - timedelta(days=9)
    ended, over = rule(shop), rule(shop, starts_on=past, ends_on=past)
    here = rule(shop)
    in_transaction(lambda: rewards.end_rule(ended).id)
    assert state(here) == []
    buy(client, payer, world.shop({"operations": 10_000}))
    assert state(here) == []
    buy(client, payer, shop)
    assert (state(ended), state(over), state(here)) == ([], [], ["paid"])
    assert frozen(recommender) == M


def test_nobody_is_paid_for_who_came_by_themselves(client, shop):
    rule_id = rule(shop)
    buy(client, world.rich(100_000), shop)
    assert state(rule_id) == []


def test_a_merchant_pays_itself_no_reward_from_its_own_budget(client, shop):
    rule_id = rule(shop)
    buy(client, world.rich(100_000, world.brought_by_store(shop)), shop)
    assert state(rule_id) == []
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 10_000


def test_other_staff_of_the_platform_apply_no_change_of_a_rule(client, shop):
    rule_id = rule(shop)
    mixed = world.staff_headers("finance", "merchant_owner", merchant_id=new_id())
    assert post(client, mixed, {}, f"/{rule_id}/end").status_code == 404
    assert post(client, mixed, wish()).json["code"] == "merchant_unknown"


def test_letters_at_once_and_again_pay_once(app, client, shop, friends):
    recommender, payer = friends
    rule_id = rule(shop)
    sale_id = UUID(world.paid(client, payer, shop, 10_000)["id"])
    distribution.distribute_sale(sale_id)

    def letter(_):
        with app.app_context():
            told(sale_id)

    at_once(letter, 4)
    assert (state(rule_id), frozen(recommender)) == (["paid"], M)
    assert moved(Account.OFFER_BUDGET, *_ids(rule_id)) == -M


def _ids(rule_id):
    rows = read(text("SELECT id FROM alliance_reward WHERE rule_id = :r"), {"r": rule_id})
    return [row.id for row in rows]


def test_the_budget_is_kept_also_by_those_who_come_at_once(app, client, shop, friends):
    recommender, payer = friends
    rule_id = rule(shop, budget_fen=2 * M)
    sales = []
    for payer_id in (payer, *(world.rich(100_000, _by(recommender)) for _ in range(3))):
        sales.append(UUID(world.paid(client, payer_id, shop, 10_000)["id"]))
        distribution.distribute_sale(sales[-1])

    def letter(number):
        with app.app_context():
            told(sales[number])

    at_once(letter, len(sales))
    assert sorted(state(rule_id)) == ["closed", "closed", "paid", "paid"]
    assert frozen(recommender) == 2 * M
    for sale_id in sales:
        told(sale_id)
    assert sorted(state(rule_id)) == ["closed", "closed", "paid", "paid"]


def _by(recommender):
    return world.brought_by_member(recommender)


def test_without_money_it_waits_visibly_and_is_paid_when_there_is_some(client, shop, friends):
    recommender, payer = friends
    world.take(shop.merchant_id, Account.OFFER_BUDGET, 10_000 - M + 1)
    rule_id = rule(shop)
    waiting = rewards.waiting_count()
    sale_id = buy(client, payer, shop)
    assert (state(rule_id), frozen(recommender)) == (["waiting"], 0)
    assert rewards.waiting_count() == waiting + 1
    world.give(shop.merchant_id, Account.OFFER_BUDGET, 1)
    told(sale_id)
    assert (state(rule_id), frozen(recommender)) == (["paid"], M)


def test_a_refund_below_the_threshold_takes_it_back_and_more_purchases_earn_it_again(
    client, shop, friends
):
    recommender, payer = friends
    rule_id = rule(shop)
    sale_id = buy(client, payer, shop, 11_000)
    refund(client, shop, sale_id, 1_000)
    assert (state(rule_id), frozen(recommender)) == (["paid"], M)
    refund(client, shop, sale_id, 100)
    assert (state(rule_id), frozen(recommender)) == (["taken_back"], 0)
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 10_000
    buy(client, payer, shop, 100)
    assert (state(rule_id), frozen(recommender)) == (["paid"], M)


def ripe(rule_id):
    past = update(Reward).where(Reward.rule_id == rule_id).values(release_at=now())
    in_transaction(lambda: db.session.execute(past).close())


def test_released_and_spent_it_is_owed_back_and_taken_from_the_next_reward(client, shop, friends):
    recommender, payer = friends
    rule_id = rule(shop)
    sale_id = buy(client, payer, shop)
    ripe(rule_id)
    rewards.release()
    assert (frozen(recommender), world.balance(recommender, Account.REBATE)) == (0, M)
    world.take(recommender, Account.REBATE, M - 50)
    refund(client, shop, sale_id)
    assert world.balance(recommender, Account.REBATE) == 0
    assert world.balance(recommender, Account.CLAWBACK_DUE) == -(M - 50)
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 10_000
    buy(client, world.rich(100_000, _by(recommender)), shop)
    assert world.balance(recommender, Account.CLAWBACK_DUE) == 0
    assert frozen(recommender) == 50


def test_a_rule_of_the_platform_counts_everywhere_and_its_campaign_fund_pays(client, friends):
    recommender, payer = friends
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, M)
    distribution.fold()
    shares = {"operations": 10_000}
    rule_id = rule(None, threshold_fen=N, merchant_id=None)
    try:
        buy(client, payer, world.shop(shares), 5_000)
        buy(client, payer, world.shop(shares), 5_000)
        assert (state(rule_id), frozen(recommender)) == (["paid"], M)
        assert moved(Account.CAMPAIGN_FUND, *_ids(rule_id)) == -M
    finally:
        in_transaction(lambda: rewards.end_rule(rule_id).id)


@pytest.fixture
def operator(context):
    return world.staff_headers("operator")


def wish(**differs):
    day = str(beijing_day(now()))
    body = {"name": "奖", "kind": "first", "threshold_fen": N, "reward_fen": M}
    return body | {"budget_fen": 10 * M, "starts_on": day, "ends_on": day} | differs


def post(client, who, body, path=""):
    return client.post(f"/api/v1/reward-rules{path}", json=body, headers=who)


def test_rules_are_made_reported_and_ended_by_whose_money_it_is(client, shop, friends, operator):
    recommender, payer = friends
    owner, stranger = world.owner_headers(shop), world.owner_headers(world.shop())
    mine = wish(merchant_id=str(shop.merchant_id))
    made = post(client, owner, mine)
    assert made.status_code == 201
    for other in (stranger, operator):
        assert post(client, other, mine).json["code"] == "merchant_unknown"
    assert post(client, owner, wish()).json["code"] == "merchant_unknown"
    later = wish(starts_on="2098-01-01", ends_on="2098-01-02")
    assert post(client, operator, later).status_code == 201
    path = f"/api/v1/reward-rules/{made.json['id']}"
    buy(client, payer, shop)
    report = client.get(path, headers=owner).json
    assert report["totals"] == [{"status": "paid", "count": 1, "amount_fen": M}]
    assert client.get(path, headers=stranger).status_code == 404
    assert client.get(f"{path}/rewards", headers=owner).status_code == 403
    given = client.get(f"{path}/rewards", headers=operator).json["rewards"]
    assert [each["recommender_id"] for each in given] == [str(recommender)]
    own = client.get("/api/v1/me/rewards", headers=world.headers(recommender)).json["rewards"]
    assert [(each["amount_fen"], "member_id" in each) for each in own] == [(M, False)]
    assert client.get("/api/v1/me/rewards", headers=world.headers(payer)).json["rewards"] == []
    assert post(client, stranger, {}, f"/{made.json['id']}/end").status_code == 404
    assert post(client, owner, {}, f"/{made.json['id']}/end").json["ended_at"]
    rules = client.get("/api/v1/reward-rules", headers=stranger).json["rules"]
    assert made.json["id"] not in {each["id"] for each in rules}


@pytest.mark.parametrize(
    "differs",
    [
        {"reward_fen": N + 1},
        {"budget_fen": M - 1},
        {"threshold_fen": 0},
        {"kind": "always"},
        {"ends_on": "2020-01-01"},
        {"starts_on": "9999-12-31"},
        {"merchant_id": str(new_id())},
    ],
)
def test_unsound_rules_are_refused(client, operator, differs):
    before = world.count("alliance_reward_rule")
    assert post(client, operator, wish(**differs)).status_code in (404, 422)
    assert world.count("alliance_reward_rule") == before


def test_two_accounts_that_are_one_person_are_rewarded_once_and_nothing_is_lost(
    client, shop, friends
):
    recommender, payer = friends
    other_recommender = world.member()
    twin = world.rich(1_000_000, world.brought_by_member(other_recommender))
    rule_id = rule(shop)
    buy(client, payer, shop)
    second = buy(client, twin, shop)
    assert (state(rule_id), frozen(recommender), frozen(other_recommender)) == (["paid"] * 2, M, M)
    merged(payer, twin)
    for _ in range(2):
        rewards.on_merged({"member_id": str(twin)})
    assert sorted(state(rule_id)) == ["paid", "taken_back"]
    assert (frozen(recommender), frozen(other_recommender)) == (M, 0)
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 10_000 - M
    refund(client, shop, second)  # what the other account conceded still reaches the threshold
    assert frozen(recommender) == M


def test_what_a_recommender_got_by_another_account_is_given_back(client, shop):
    survivor, recommender = world.member(), world.member()
    payer = world.rich(1_000_000, world.brought_by_member(recommender))
    rule(shop)
    sale_id = buy(client, payer, shop)
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        rewards.release()
        merged(survivor, recommender)
        assert world.balance(survivor, Account.REBATE) == M
        refund(client, shop, sale_id)
    held = [world.balance(survivor, account) for account in (Account.REBATE, Account.CLAWBACK_DUE)]
    assert held == [0, 0]
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 10_000


def test_what_a_merged_recommender_has_spent_is_owed_by_who_they_are_today(client, shop):
    survivor, recommender = world.member(), world.member()
    payer = world.rich(1_000_000, world.brought_by_member(recommender))
    rule(shop)
    sale_id = buy(client, payer, shop)
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        rewards.release()
        merged(survivor, recommender)
        world.take(survivor, Account.REBATE, M - 1)
        refund(client, shop, sale_id)
    held = [world.balance(survivor, account) for account in (Account.REBATE, Account.CLAWBACK_DUE)]
    assert held == [0, -(M - 1)]
    assert world.balance(recommender, Account.CLAWBACK_DUE) == 0
    buy(client, world.rich(1_000_000, world.brought_by_member(survivor)), shop)
    assert (world.balance(survivor, Account.CLAWBACK_DUE), frozen(survivor)) == (0, 1)


def test_nobody_is_paid_for_who_they_turned_out_to_be(client, shop, friends):
    recommender, payer = friends
    rule_id = rule(shop)
    world.take(shop.merchant_id, Account.OFFER_BUDGET, 10_000)
    sale_id = buy(client, payer, shop)
    assert state(rule_id) == ["waiting"]
    merged(recommender, payer)
    world.give(shop.merchant_id, Account.OFFER_BUDGET, 10_000)
    told(sale_id)
    assert (state(rule_id), frozen(recommender)) == (["taken_back"], 0)


def merged(one, other):
    return in_transaction(lambda: members.merge_pasts(one, other, {"kind": "staff"}))
