"""Member prices: prepaid money pays less, everything after it counts what was really paid."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alliance import distribution, payments, terms
from app.alliance.distribution import fold
from app.alliance.paying import prices
from app.alliance.settlement import statements
from app.core.db import db
from app.core.world import new_id
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.settlement.books import lines_of, refunded, settled

pytestmark = pytest.mark.usefixtures("context")


def shop(discount_bp=1_000, **terms):
    """A shop whose members pay ten percent less from prepaid money, and which concedes ten."""
    merchant_id, policy_id = world.merchant(), world.policy()
    contract_id = world.contract(merchant_id, policy_id, member_discount_bp=discount_bp, **terms)
    return world.Shop(merchant_id, world.store(merchant_id), policy_id, contract_id)


def previewed(client, payer, at, amount_fen):
    wish = {"store_id": str(at.store_id), "amount_fen": amount_fen}
    who = world.headers(payer)
    answer = client.get("/api/v1/payments/preview", query_string=wish, headers=who)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_prepaid_money_pays_the_member_price_and_the_shop_concedes_on_what_was_paid(client):
    at, payer = shop(), world.rich(20_000)
    body = world.paid(client, payer, at, 10_000)
    assert (body["list_fen"], body["discount_fen"], body["amount_fen"]) == (10_000, 1_000, 9_000)
    assert body["parts"]["prepaid_fen"] == 9_000
    assert body["merchant_share_fen"] == 9_000 - 900
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 11_000
    assert world.balance(at.merchant_id, Account.PENDING) == 8_100
    row = payments.find(world.UUID(body["id"]))
    assert (row.list_fen, row.member_discount_bp, row.concession_fen) == (10_000, 1_000, 900)


def test_rebate_pays_the_list_price(client):
    at, payer = shop(), world.member()
    world.give(payer, Account.REBATE, 10_000)
    body = world.paid(client, payer, at, 10_000)
    assert (body["amount_fen"], body["discount_fen"]) == (10_000, 0)


def test_a_sale_keeps_the_member_price_it_was_sold_at(client):
    at, payer = shop(), world.rich()
    first = world.paid(client, payer, at, 10_000)
    world.contract(at.merchant_id, at.policy_id, member_discount_bp=2_000)
    terms.let_go_round()
    second = world.paid(client, payer, at, 10_000)
    assert second["discount_fen"] == 2_000
    refunded(client, first, at)
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 8_000
    assert payments.find(world.UUID(first["id"])).discount_fen == 1_000


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    list_fen=st.integers(3, 9_999),
    bp=st.sampled_from([1, 777, 3_333, 9_999]),
    prepaid=st.integers(0, 6_000),
    cuts=st.lists(st.integers(1, 3_000), max_size=3),
)
def test_any_refunds_of_a_member_price_sale_leave_every_account_where_it_was(
    client, list_fen, bp, prepaid, cuts
):
    at, payer = shop(bp), world.member()
    for account in (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS):
        if prepaid // 2:
            world.give(payer, account, prepaid // 2)
    world.give(payer, Account.REBATE, 10_000)
    before = _books(at, payer)
    body = world.paid(client, payer, at, list_fen)
    left = body["amount_fen"]
    assert sum(body["parts"].values()) == left == list_fen - body["discount_fen"]
    for cut in [*cuts, left]:
        part = min(cut, left)
        if part:
            fold()
            refunded(client, body, at, part)
            left -= part
    shown = [line["discount_fen"] for line in lines_of(settled(at)[-1])]
    assert sum(shown) == 0  # what the refunds undo of the discount is all of it
    assert _books(at, payer) == before


def _books(at, payer):
    distribution.distribute()
    fold()
    found = world.books().without().items()
    return {key: fen for key, fen in found if key[0] in (at.merchant_id, payer)}


def test_the_receipt_tells_payer_and_shop_the_list_price_and_the_discount(client):
    at, payer = shop(), world.rich()
    body = world.paid(client, payer, at, 10_000)
    for who in (world.headers(payer), world.owner_headers(at)):
        answer = client.get(f"/api/v1/payments/{body['id']}/receipt", headers=who).json
        shown = {line["kind"]: line["amount_fen"] for line in answer["lines"]}
        assert (shown["list"], shown["discount"]) == (10_000, -1_000)
        assert "会员价优惠 -¥10.00" in answer["text"]
        assert answer["amount_fen"] == 9_000


def test_a_statements_line_counts_what_was_paid_and_tells_the_discount(client):
    at, payer = shop(), world.rich()
    body = world.paid(client, payer, at, 10_000)
    refunded(client, body, at, 3_000)
    (statement,) = settled(at)
    sale, back = sorted(lines_of(statement), key=lambda line: line["kind"], reverse=True)
    assert (sale["gross_fen"], sale["discount_fen"], sale["net_fen"]) == (9_000, 1_000, 8_100)
    assert (back["gross_fen"], back["discount_fen"], back["net_fen"]) == (-3_000, -333, -2_700)
    path = f"/api/v1/settlements/{statement.id}"
    who = world.owner_headers(at)
    assert client.get(f"{path}/check", headers=who).json["is_intact"]
    assert "会员优惠" in client.get(f"{path}/statement.csv", headers=who).text
    assert client.get(f"{path}/statement.pdf", headers=who).status_code == 200


def test_a_changed_discount_on_a_statement_shows_in_its_hash(client):
    at, payer = shop(), world.rich()
    world.paid(client, payer, at, 10_000)
    (statement,) = settled(at)
    whole = statements.whole(statement)
    assert statements.is_intact(whole)
    whole.lines[0].discount_fen -= 1
    assert not statements.is_intact(whole)
    db.session.rollback()


def test_the_preview_names_the_best_use_and_what_topping_up_would_save(client):
    at, payer = shop(), world.member()
    world.give(payer, Account.REBATE, 300)
    nothing = previewed(client, payer, at, 10_000)
    assert nothing["reason"] == "top_up_first"
    assert (nothing["top_up_fen"], nothing["top_up_saves_fen"]) == (9_000, 1_000)
    assert nothing["best"]["parts"]["wechat_fen"] == 9_700
    world.give(payer, Account.PREPAID_PRINCIPAL, 4_500)
    half = previewed(client, payer, at, 10_000)
    assert half["reason"] == "member_price_in_part"
    assert (half["best"]["amount_fen"], half["best"]["discount_fen"]) == (9_500, 500)
    assert (half["top_up_fen"], half["top_up_saves_fen"]) == (4_500, 500)
    assert "¥45.00" in half["reason_zh"]
    world.give(payer, Account.PREPAID_PRINCIPAL, 4_500)
    whole = previewed(client, payer, at, 10_000)
    assert (whole["reason"], whole["best"]["amount_fen"]) == ("member_price", 9_000)
    assert whole["top_up_fen"] == 0
    assert previewed(client, payer, world.shop(), 10_000)["reason"] == "no_member_price"


def test_paying_as_the_preview_says_costs_what_it_said_and_no_choice_is_cheaper(client):
    at, payer = shop(1_234), world.rich(5_000)
    world.give(payer, Account.REBATE, 8_000)
    world.give_experience(payer, 700)
    told = previewed(client, payer, at, 9_999)
    best = told["best"]
    body = world.paid(client, payer, at, 9_999, purses=best["purses"])
    assert (body["amount_fen"], body["parts"]) == (best["amount_fen"], best["parts"])

    def own(choice):
        return choice["amount_fen"] - choice["parts"]["experience_fen"]

    assert own(best) == min(own(choice) for choice in told["choices"])
    assert len(told["choices"]) == len(prices.CHOICES)


def test_a_preview_needs_a_member_a_store_and_an_amount(client):
    at = shop()
    wish = {"store_id": str(at.store_id), "amount_fen": 100}
    path = "/api/v1/payments/preview"
    assert client.get(path, query_string=wish).status_code == 401
    who = world.headers(world.member())
    for wrong, status in (
        ({"amount_fen": 0}, 422),
        ({"amount_fen": "x"}, 422),
        ({"store_id": str(new_id())}, 404),
    ):
        assert client.get(path, query_string=wish | wrong, headers=who).status_code == status


@pytest.mark.parametrize("bp", [-1, 10_000, "1000", 12.5])
def test_a_contract_with_an_impossible_discount_is_refused(client, bp):
    at = world.shop()
    wish = {
        "merchant_id": str(at.merchant_id),
        "policy_id": str(at.policy_id),
        "concession_bp": 1_000,
        "starts_on": str(date(2020, 1, 1)),
        "member_discount_bp": bp,
    }
    who = world.staff_headers("operator")
    assert client.post("/api/v1/contracts", json=wish, headers=who).status_code == 422
    assert world.count("alliance_contract", f"merchant_id = '{at.merchant_id}'") == 1


def test_a_contract_states_its_discount_and_later_versions_change_it(client):
    at = world.shop()
    wish = {
        "merchant_id": str(at.merchant_id),
        "policy_id": str(at.policy_id),
        "concession_bp": 1_000,
        "starts_on": "2020-01-01",
        "member_discount_bp": 500,
    }
    made = client.post("/api/v1/contracts", json=wish, headers=world.staff_headers("operator"))
    assert (made.status_code, made.json["member_discount_bp"]) == (201, 500)
    body = world.paid(client, world.rich(), at, 10_000)
    assert body["amount_fen"] == 9_500
