"""Closing takes two people and a day to come; members' money stays good, the rest is wound up."""

import pytest

from app.alliance.closure import winding_up
from app.alliance.distribution import distribute, fold
from app.alliance.orders import supply_returns
from app.alliance.prepaid.duties import collect_due
from app.alliance.settlement import runs
from app.core.db import in_transaction
from app.ledger.service import Account
from app.wallet.topups import refunds as topup_refunds
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.orders.test_supply_returns import Chain
from tests.alliance.prepaid import counter


@pytest.fixture
def shop(context):
    return world.shop()


def pay(client, payer, store_id, fen=1_000):
    wish = {"store_id": str(store_id), "amount_fen": fen}
    return client.post("/api/v1/payments", json=wish, headers=world.headers(payer))


def shares(sale):
    rows = world.read(
        world.text("SELECT party, receiver, owner_id, amount_fen FROM alliance_share"
                   " WHERE sale_id = :sale"),
        {"sale": sale["id"]},
    )  # fmt: skip
    return {row.party: row for row in rows}


def quiet():
    while distribute():
        pass
    fold()


def test_who_asks_does_not_decide_and_until_the_day_everything_goes_on(client, shop):
    who = world.staff_headers("operator")
    closure = desk.requested(client, shop, who).json
    assert closure["status"] == "requested"
    own = desk.decided(client, closure["id"], who=who)
    assert (own.status_code, own.json["code"]) == (403, "second_person_needed")
    assert desk.decided(client, closure["id"]).json["status"] == "approved"
    payer = world.rich()
    assert pay(client, payer, shop.store_id).status_code == 201
    with desk.later(1):
        answer = pay(client, payer, shop.store_id)
        assert (answer.status_code, answer.json["code"]) == (409, "store_closed")
    quiet()


def test_a_closing_is_undone_before_its_day_by_two_people(client, shop):
    closure_id = desk.closing(client, shop)
    who = world.staff_headers("operator")
    path = f"/closures/{closure_id}/undo"
    assert desk.post(client, path, who, reason="续租").json["status"] == "undo_requested"
    assert desk.decided(client, closure_id, who=who).json["code"] == "second_person_needed"
    assert desk.decided(client, closure_id, is_approved=False).json["status"] == "approved"
    assert desk.post(client, path, who, reason="真的续租了").json["status"] == "undo_requested"
    assert desk.decided(client, closure_id).json["status"] == "undone"
    with desk.later(1):
        assert pay(client, world.rich(), shop.store_id).status_code == 201
    quiet()
    reader = world.staff_headers("support")
    history = client.get(f"/api/v1/closures/{closure_id}", headers=reader).json
    assert [step["kind"] for step in history["steps"]] == [
        "requested", "approved", "undo_requested", "undo_refused", "undo_requested", "undone",
    ]  # fmt: skip
    assert history["steps"][0]["reason"] == "租约到期"


def test_an_undo_that_nobody_agrees_to_in_time_closes_all_the_same(client, shop):
    closure_id = desk.closing(client, shop)
    operator = world.staff_headers("operator")
    desk.post(client, f"/closures/{closure_id}/undo", operator, reason="续租")
    with desk.later(1):
        assert pay(client, world.rich(), shop.store_id).json["code"] == "store_closed"
        reviewer = world.staff_headers("reviewer")
        late = desk.decided(client, closure_id, who=reviewer)
        assert (late.status_code, late.json["code"]) == (409, "closure_date_over")


def test_what_cannot_be_closed_is_refused_and_changes_nothing(client, shop):
    first, other = desk.requested(client, shop).json, world.shop()
    before = world.count("alliance_closure"), world.count("alliance_closure_step")
    for body, code in (
        ({}, "closure_open"),
        ({"closes_on": desk.day(0).isoformat()}, "closure_date_over"),
        ({"store_id": str(other.store_id)}, "store_unknown"),
        ({"closes_on": "2026-13-01"}, "invalid_request"),
        ({"reason": ""}, "invalid_request"),
    ):
        assert desk.requested(client, shop, **body).json["code"] == code
    other_operator = world.staff_headers("operator")
    path = f"/closures/{first['id']}/undo"
    foreign = desk.post(client, path, other_operator, reason="不是我")
    assert (foreign.status_code, foreign.json["code"]) == (403, "second_person_needed")
    for who in (world.staff_headers("finance"), world.owner_headers(shop)):
        assert desk.requested(client, other, who).status_code == 403
        assert desk.decided(client, first["id"], who=who).status_code == 403
    assert before == (world.count("alliance_closure"), world.count("alliance_closure_step"))
    assert desk.decided(client, first["id"], is_approved=False).json["status"] == "rejected"
    again = desk.decided(client, first["id"])
    assert (again.json["code"], again.json["closure_status"]) == (
        "closure_not_decidable", "rejected",
    )  # fmt: skip
    assert desk.requested(client, shop).status_code == 201


def test_a_closed_merchants_shares_go_to_the_named_fallback_of_later_sales(client, context):
    home = world.shop()
    names = {"home_store": "charity", "merchant_recommender": "campaign_fund"}
    terms = (f"policy {world.new_id()}", world.SHARES, names, False, world.SYSTEM_ID)
    policy_id = world.in_transaction(lambda: world.alliance.add_policy(*terms).id)
    recommender = world.alliance.Recommender("merchant", home.merchant_id)
    selling_id = world.merchant("书店", recommender=recommender)
    world.contract(selling_id, policy_id)
    selling = world.Shop(selling_id, world.store(selling_id), policy_id, home.contract_id)
    payer = world.rich(100_000, world.brought_by_store(home))
    before = world.paid(client, payer, selling, 10_000)
    desk.closing(client, home)
    quiet()
    with desk.later(1):
        after = world.paid(client, payer, selling, 10_000)
        quiet()
    earlier, later = shares(before), shares(after)
    named = ("home_store", "merchant_recommender", "recommender")
    assert {earlier[each].owner_id for each in named if each in earlier} == {home.merchant_id}
    assert {each: later[each].receiver for each in named} == {
        "home_store": "charity",
        "merchant_recommender": "campaign_fund",
        "recommender": "operations",
    }
    assert sum(row.amount_fen for row in later.values()) == 1_000
    assert home.merchant_id not in {row.owner_id for row in later.values()}


def test_members_of_a_closed_store_spend_elsewhere_and_get_the_rest_back(client, context):
    shop, elsewhere = counter.lending_shop(bp=0), world.shop()
    payer = world.member(world.brought_by_store(shop))
    top_up_id = counter.topped_up(payer, shop, 10_000)
    desk.closing(client, shop)
    with desk.later(1):
        world.paid(client, payer, elsewhere, 3_000)
        finance = world.staff_headers("finance")
        path = f"/top-ups/{top_up_id}/refund-by-staff"
        refund = desk.post(client, path, finance, reason="门店停业")
        assert (refund.status_code, refund.json["amount_fen"]) == (201, 7_000)
        quiet()
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 0
    assert in_transaction(lambda: topup_refunds.refundable(top_up_id)).refundable_fen == 0


def test_a_sale_is_refunded_after_the_closure_and_the_rest_is_settled(client, shop):
    payer = world.rich(10_000)
    first, second = (world.paid(client, payer, shop, 1_000) for _ in range(2))
    quiet()
    desk.closing(client, shop)
    with desk.later(40):
        operator = world.staff_headers("operator")
        refund = desk.post(client, f"/payments/{first['id']}/refunds", operator)
        assert refund.json["status"] == "done"
        fold()
        runs.run()
        assert world.balance(shop.merchant_id, Account.AVAILABLE) == 900
        late = desk.post(client, f"/payments/{second['id']}/refunds", operator)
        assert late.json["status"] == "done"
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 0
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 10_000


def test_all_that_was_lent_falls_due_and_what_is_missing_is_on_the_list(client, context):
    shop = counter.lending_shop(bp=3_000)
    payer = world.member(world.brought_by_store(shop))
    counter.topped_up(payer, shop, 10_000)
    world.give(shop.merchant_id, Account.DEPOSIT, 500)
    sale = world.paid(client, world.rich(), shop, 1_000)
    quiet()
    assert winding_up.fall_due() >= 0
    assert counter.standing(shop) == (3_000, 0, 0)
    desk.closing(client, shop)
    with desk.later(1):
        winding_up.fall_due()
        collect_due()
        assert counter.standing(shop) == (1_600, 1_600, 1_400)  # 900 pending and 500 deposit
        operator = world.staff_headers("operator")
        refund = desk.post(client, f"/payments/{sale['id']}/refunds", operator, amount_fen=100)
        assert refund.json["status"] == "done"  # the advance that was lent lies in `available`
        short = shortage(client, shop)
        assert (short["short_fen"], short["due_fen"], short["available_fen"]) == (
            1_600, 1_600, 3_000 - 90,
        )  # fmt: skip
        world.give(shop.merchant_id, Account.DEPOSIT, 1_600)
        collect_due()
        assert counter.standing(shop) == (0, 0, 3_000)
        assert shortage(client, shop) is None


def shortage(client, shop):
    """What the operators' list says of a merchant, page by page."""
    reader, after = world.staff_headers("finance"), ""
    while True:
        page = client.get(f"/api/v1/closures/shortages{after}", headers=reader).json
        for each in page["shortages"]:
            if each["merchant_id"] == str(shop.merchant_id):
                return each
        if page["next_after"] is None:
            return None
        after = f"?after={page['next_after']}"


def test_what_a_closed_supplier_owes_sellers_for_returned_goods_is_short(client, context):
    chain = Chain(client)
    world.give(chain.seller.merchant_id, Account.DEPOSIT, 6_000)
    chain.spends(5_000)
    chain.refund()
    desk.closing(client, chain.supplier)
    with desk.later(1):
        short = shortage(client, chain.supplier)
        assert (short["short_fen"], short["supplies_owed_fen"]) == (5_000, 5_000)
        world.give(chain.supplier.merchant_id, Account.AVAILABLE, 5_000)
        supply_returns.recover()
        assert shortage(client, chain.supplier) is None


def test_of_a_closed_store_what_its_members_spend_does_not_make_less_due(client, context):
    shop, elsewhere = counter.lending_shop(bp=3_000), world.shop()
    other_store = world.store(shop.merchant_id, "北门店")
    payer = world.member(world.brought_by_store(shop))
    counter.topped_up(payer, shop, 10_000)
    desk.closing(client, shop, store_id=str(shop.store_id))
    with desk.later(1):
        winding_up.fall_due()
        world.paid(client, payer, elsewhere, 1_000)
        counter.caught_up()
        assert counter.standing(shop)[1] == 3_000
        assert pay(client, world.rich(), other_store).status_code == 201
        quiet()


def test_a_closed_merchant_gets_nothing_new_and_brings_nobody(client, shop):
    scene = world.in_transaction(lambda: _scene(shop))
    desk.closing(client, shop)
    with desk.later(1):
        operator = world.staff_headers("operator")
        store = {"name": "x", "address": "x", "category": "x"}
        store |= {"merchant_id": str(shop.merchant_id)}
        assert desk.post(client, "/stores", operator, **store).json["code"] == "merchant_closed"
        contract = {
            "merchant_id": str(shop.merchant_id),
            "policy_id": str(shop.policy_id),
            "concession_bp": 1,
            "starts_on": "2020-01-01",
        }
        answer = desk.post(client, "/contracts", operator, **contract)
        assert answer.json["code"] == "merchant_closed"
        joined = world.in_transaction(
            lambda: world.alliance.join(
                world.MINI_PROGRAM, f"o{world.new_id().hex[:27]}", None, "mini_program", scene,
                world.now(),
            )
        )  # fmt: skip
        assert (joined.store, joined.binding.recommender_kind) == (None, "platform")
        listed, after = set(), ""
        while page := client.get(f"/api/v1/stores{after}").json["stores"]:
            listed |= {each["id"] for each in page}
            after = f"?after={page[-1]['id']}"
        assert str(shop.store_id) not in listed
        assert client.get(f"/api/v1/stores/{shop.store_id}").status_code == 200


def _scene(shop):
    from app.qr import service as qr

    return qr.issue(qr.Kind.STORE, shop.store_id)
