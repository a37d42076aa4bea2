"""Top-up plans: what is promised is funded, and reserved while an order waits."""

from datetime import date
from uuid import UUID

import pytest

from app.alliance.prepaid import plans
from app.alliance.prepaid.models import PlanClaim, TopUpPlan
from app.alliance.prepaid.plans import NewPlan
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id
from app.ledger.service import Account
from app.wallet import orders
from app.wallet.models import TopUp
from app.wallet.topups import refunds as topup_refunds
from app.wallet.topups import top_up as topups
from tests.alliance import shop as world
from tests.alliance.prepaid import counter
from tests.wallet.racing import at_once

TIERS = ((10_000, 1_000), (50_000, 8_000))


@pytest.fixture
def payer(context):
    return world.member()


def plan(shop, **differs):
    values = {
        "name": f"plan {new_id()}",
        "merchant_id": shop.merchant_id,
        "store_id": None,
        "tiers": TIERS,
        "funder": "store",
        "starts_on": world.ALWAYS,
        "ends_on": None,
        "person_limit": None,
        "budget_fen": 1_000_000,
    }
    plan_id = in_transaction(lambda: plans.add(NewPlan(**(values | differs)), SYSTEM_ID).id)
    if differs.get("funder") == "platform":
        in_transaction(lambda: plans.publish(plan_id, new_id()))
    return plan_id


def budgeted(fen=10_000):
    shop = world.shop()
    world.give(shop.merchant_id, Account.OFFER_BUDGET, fen)
    return shop


def opened(payer, shop, plan_id, amount_fen=10_000):
    """A top-up under a plan that waits for its payment; its id."""
    promise = plans.promise(plan_id, payer, shop.store_id, amount_fen)
    key = new_id().hex
    wish = topups._Wish(payer, shop.store_id, amount_fen, "jsapi", key, None, promise)
    return in_transaction(lambda: topups._started(wish))


def closed(top_up_id):
    def work():
        row = db.session.get_one(TopUp, (bucket_of(top_up_id), top_up_id))
        return row.order_id

    orders.note_closed(in_transaction(work))


def shown(top_up_id):
    return in_transaction(lambda: topups.top_up(top_up_id))


def shown_bonus(payer, shop, plan_id):
    top_up = shown(opened(payer, shop, UUID(plan_id)))
    return top_up.bonus_status, top_up.bonus_fen


def refusal(payer, shop, plan_id, amount_fen=10_000):
    with pytest.raises(plans.TopUpPlanClosed) as refused:
        opened(payer, shop, plan_id, amount_fen)
    return refused.value.extra["reason"]


def test_the_bonus_of_the_tier_comes_with_the_money_as_a_lot_of_its_own(payer):
    shop = budgeted()
    top_up_id = opened(payer, shop, plan(shop), 50_000)
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 2_000
    assert world.balance(payer, Account.BONUS_RESERVED) == 8_000
    assert world.balance(payer, Account.PREPAID_BONUS) == 0
    assert shown(top_up_id).bonus_status == "promised"
    counter.paid(top_up_id)
    assert world.balance(payer, Account.BONUS_RESERVED) == 0
    assert world.balance(payer, Account.PREPAID_BONUS) == 8_000
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 50_000
    assert (shown(top_up_id).bonus_status, shown(top_up_id).bonus_fen) == ("granted", 8_000)


def test_what_was_promised_is_there_though_the_fund_is_spent_before_the_payment(payer):
    shop = budgeted(1_000)
    top_up_id = opened(payer, shop, plan(shop))
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 0
    counter.paid(top_up_id)
    assert world.balance(payer, Account.PREPAID_BONUS) == 1_000


def test_an_order_that_is_never_paid_gives_the_bonus_back_once(payer):
    shop = budgeted(1_000)
    plan_id = plan(shop, person_limit=1)
    top_up_id = opened(payer, shop, plan_id)
    assert refusal(payer, shop, plan_id) == "person_limit"
    closed(top_up_id)
    closed(top_up_id)
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 1_000
    assert world.balance(payer, Account.BONUS_RESERVED) == 0
    assert shown(top_up_id).bonus_status == "released"
    assert opened(payer, shop, plan_id)


@pytest.mark.parametrize(
    ("differs", "amount_fen", "reason"),
    [
        ({}, 9_999, "amount_too_small"),
        ({"starts_on": date(2099, 1, 1)}, 10_000, "ended"),
        ({"ends_on": date(2021, 1, 1)}, 10_000, "ended"),
        ({"budget_fen": 999}, 10_000, "budget"),
        ({}, 50_000, "unfunded"),
    ],
)
def test_a_closed_plan_says_why_and_changes_nothing(payer, differs, amount_fen, reason):
    shop = budgeted(5_000)
    before = world.books()
    assert refusal(payer, shop, plan(shop, **differs), amount_fen) == reason
    assert world.books() == before
    assert world.count("wallet_top_up", f"member_id = '{payer}'") == 0


def test_a_plan_is_for_its_own_stores(payer):
    shop, other = budgeted(), budgeted()
    assert refusal(payer, other, plan(shop)) == "other_store"
    elsewhere = world.store(shop.merchant_id)
    assert refusal(payer, shop, plan(shop, store_id=elsewhere)) == "other_store"
    with pytest.raises(plans.TopUpPlanUnknown):
        opened(payer, shop, new_id())


def test_a_later_version_takes_the_place_of_the_one_before(payer):
    shop = budgeted()
    first = plan(shop, name="春")
    second = plan(shop, name="春", tiers=((10_000, 500),))
    assert refusal(payer, shop, first) == "ended"
    counter.paid(opened(payer, shop, second))
    assert world.balance(payer, Account.PREPAID_BONUS) == 500
    in_transaction(lambda: plans.end(second))
    assert refusal(payer, shop, second) == "ended"


def test_the_platforms_plan_is_paid_by_the_campaign_fund_at_any_store(payer):
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 1_000)
    world.fold()
    before = world.balance(PLATFORM_ID, Account.CAMPAIGN_FUND)
    shop = world.shop()
    plan_id = plan(shop, merchant_id=None, funder="platform")
    counter.paid(opened(payer, shop, plan_id))
    in_transaction(lambda: plans.end(plan_id))
    assert world.balance(payer, Account.PREPAID_BONUS) == 1_000
    assert world.balance(PLATFORM_ID, Account.CAMPAIGN_FUND) == before - 1_000


def test_without_a_budget_the_stores_advance_pays_within_its_limit_and_is_collected(client, payer):
    shop = counter.lending_shop(bp=0, limit=1_500)
    plan_id = plan(shop)
    top_up_id = opened(payer, shop, plan_id)
    assert refusal(world.member(), shop, plan_id) == "unfunded"
    counter.paid(top_up_id)
    assert counter.standing(shop) == (1_000, 0, 0)
    world.give(shop.merchant_id, Account.DEPOSIT, 1_000)
    world.paid(client, payer, world.shop(), 10_250, purses=["prepaid"])
    counter.caught_up()
    assert counter.standing(shop) == (750, 0, 250)


def test_a_refunded_top_up_takes_its_part_of_the_bonus_back_to_the_funder(payer):
    shop = budgeted(1_000)
    top_up_id = counter.paid(opened(payer, shop, plan(shop)))
    in_transaction(lambda: topup_refunds.refund_by_member(top_up_id, 3_333))
    assert world.balance(payer, Account.PREPAID_BONUS) == 1_000 - 333
    in_transaction(lambda: topup_refunds.refund_by_member(top_up_id, None))
    assert world.balance(payer, Account.PREPAID_BONUS) == 0
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 1_000


def test_who_spent_a_part_keeps_that_part_of_the_bonus(client, payer):
    shop = budgeted(1_000)
    top_up_id = counter.paid(opened(payer, shop, plan(shop)))
    world.paid(client, payer, world.shop(), 4_000, purses=["prepaid"])
    made = in_transaction(lambda: topup_refunds.refund_by_member(top_up_id, None))
    assert made.amount_fen == 6_000
    assert world.balance(payer, Account.PREPAID_BONUS) == 400


def test_bonus_that_was_spent_is_kept_of_what_goes_back(client, payer):
    shop, elsewhere = budgeted(1_000), world.shop()
    top_up_id = counter.paid(opened(payer, shop, plan(shop)))
    bought = world.paid(client, payer, elsewhere, 10_000, purses=["prepaid"])
    world.paid(client, payer, elsewhere, 700, purses=["prepaid"])
    address = f"/api/v1/payments/{bought['id']}/refunds"
    counter.caught_up()
    answer = client.post(address, json={}, headers=world.owner_headers(elsewhere))
    assert answer.json["status"] == "done"
    told = foretold(client, payer, top_up_id)
    assert told == {
        "amount_fen": 10_000, "returns_fen": 9_300, "bonus_back_fen": 300, "kept_fen": 700
    }  # fmt: skip
    made = in_transaction(lambda: topup_refunds.refund_by_member(top_up_id, None))
    assert made.amount_fen == told["returns_fen"]
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 0
    assert world.balance(payer, Account.PREPAID_BONUS) == 0
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 1_000


def foretold(client, payer, top_up_id):
    """What a refund of all that is left would come to; asking moves nothing."""
    before = world.balance(payer, Account.PREPAID_PRINCIPAL)
    address = f"/api/v1/top-ups/{top_up_id}/refund-outlook"
    answer = client.get(address, headers=world.headers(payer))
    assert answer.status_code == 200, answer.json
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == before
    return answer.json


def test_a_released_bonus_is_told_where_people_credit_the_late_payment_after_all(payer):
    shop = budgeted(1_000)
    top_up_id = opened(payer, shop, plan(shop))
    closed(top_up_id)

    def credit():
        row = db.session.get_one(TopUp, (bucket_of(top_up_id), top_up_id))
        order = orders.lock(row.order_id)
        orders._credit(order, counter.confirmed(order))

    in_transaction(credit)
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 10_000
    assert world.balance(payer, Account.PREPAID_BONUS) == 0
    assert shown(top_up_id).bonus_status == "released"


def test_many_at_once_never_pass_the_budget_nor_the_fund(app, payer):
    shop = budgeted(3_500)
    plan_id = plan(shop, budget_fen=3_000)
    everybody = [world.member() for _ in range(8)]

    def wish(number):
        with app.app_context():
            try:
                return opened(everybody[number], shop, plan_id)
            except plans.TopUpPlanClosed:
                return None

    assert len([each for each in at_once(wish, 8) if each]) == 3
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 500
    claims = counter.rows(PlanClaim, shop)
    assert sum(claim.bonus_fen for claim in claims) == 3_000


def test_plans_are_published_by_their_owner_and_shown_to_members(client, payer):
    shop, foreign = budgeted(), world.shop()
    wish = {
        "name": "充值送",
        "merchant_id": str(shop.merchant_id),
        "tiers": [{"at_least_fen": 10_000, "bonus_fen": 1_000}],
        "starts_on": "2020-01-01",
        "budget_fen": 1_000,
    }
    address = "/api/v1/top-up-plans"
    assert client.post(address, json=wish, headers=world.owner_headers(foreign)).status_code == 404
    made = client.post(address, json=wish, headers=world.owner_headers(shop))
    assert made.status_code == 201, made.json
    platform = {"funder": "platform"}
    assert (
        client.post(address, json=wish | platform, headers=world.owner_headers(shop)).status_code
        == 403
    )
    upside_down = {"tiers": [*wish["tiers"], {"at_least_fen": 20_000, "bonus_fen": 900}]}
    refused = client.post(address, json=wish | upside_down, headers=world.owner_headers(shop))
    assert refused.status_code == 422
    seen = f"/api/v1/stores/{shop.store_id}/top-up-plans"
    offered = client.get(seen, headers=world.headers(payer)).json["plans"]
    mine = [each for each in offered if each["merchant_id"]]
    assert [(each["name"], each["is_open"], each["reason"]) for each in mine] == [
        ("充值送", True, "")
    ]
    opened(payer, shop, in_transaction(lambda: newest(shop)))
    mine = [
        each
        for each in client.get(seen, headers=world.headers(payer)).json["plans"]
        if each["merchant_id"]
    ]
    assert [(each["is_open"], each["reason"]) for each in mine] == [(False, "budget")]
    ended = client.post(f"{address}/{made.json['id']}/end", headers=world.owner_headers(shop))
    assert ended.json["ended_at"] is not None


def test_an_operator_promises_neither_a_stores_money_nor_the_platforms_alone(client, payer):
    shop, operator = budgeted(), world.staff_headers("operator")
    wish = {
        "name": f"充值送 {new_id()}",
        "merchant_id": str(shop.merchant_id),
        "tiers": [{"at_least_fen": 10_000, "bonus_fen": 5_000}],
        "starts_on": "2020-01-01",
        "budget_fen": 10_000,
    }
    address = "/api/v1/top-up-plans"

    def sent(path, who, body=None):
        who = {**who, "Idempotency-Key": new_id().hex}
        return client.post(address + path, json=body, headers=who)

    assert sent("", operator, wish).json["code"] == "merchant_unknown"
    high = {"funder": "platform", "tiers": [{"at_least_fen": 10_000, "bonus_fen": 5_001}]}
    refused = sent("", operator, wish | high)
    assert (refused.status_code, refused.json["code"]) == (422, "bonus_too_high")
    assert world.count("alliance_top_up_plan", f"merchant_id = '{shop.merchant_id}'") == 0
    made = sent("", operator, wish | {"funder": "platform"}).json
    path = f"/{made['id']}/publish"
    alone = sent(path, operator)
    assert (made["is_draft"], alone.json["code"]) == (True, "second_person_needed")
    assert refusal(payer, shop, UUID(made["id"])) == "ended"
    seen = f"/api/v1/stores/{shop.store_id}/top-up-plans"
    shown = client.get(seen, headers=world.headers(payer)).json["plans"]
    assert made["id"] not in {each["id"] for each in shown}
    other = world.staff_headers("operator")
    assert sent(path, other).json["is_draft"] is False
    shown = client.get(seen, headers=world.headers(payer)).json["plans"]
    assert made["id"] in {each["id"] for each in shown}
    assert sent(path, other).json["code"] == "top_up_plan_published"
    after = f"{UUID(int=UUID(made['id']).int - 1)}"
    told = client.get(address, query_string={"after": after}, headers=other).json
    row = next(each for each in told["plans"] if each["id"] == made["id"])
    assert (row["merchant_name"], row["promised_fen"]) == ("面馆", 0)
    assert row["published_by"] != row["created_by"]
    assert told["bonus_maximum_bp"] == settings().top_up_bonus_maximum_bp
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 10_000)
    world.fold()
    draft = sent("", operator, wish | {"funder": "platform"}).json
    assert shown_bonus(payer, shop, made["id"]) == ("promised", 5_000)
    assert sent(f"/{draft['id']}/end", operator).status_code == 200
    assert shown_bonus(payer, shop, made["id"]) == ("promised", 5_000)
    assert sent(f"/{draft['id']}/publish", other).json["code"] == "top_up_plan_unknown"
    assert sent(f"/{made['id']}/end", other).status_code == 200


def newest(shop):
    return db.session.query(TopUpPlan.id).filter(TopUpPlan.merchant_id == shop.merchant_id).scalar()
