"""The member price alone: what prepaid money pays is cheaper, to the fen, whatever the mixture."""

from hypothesis import given
from hypothesis import strategies as st

from app.ledger.service import Account
from app.wallet import rules
from app.wallet.errors import NotEnough
from app.wallet.rules import Holding, Purse
from tests.wallet.test_rules import NOON, holding, holdings

DISCOUNTS = st.sampled_from([0, 1, 500, 1_000, 1_234, 3_333, 5_000, 8_800, 9_999])


def plan(list_fen, held, discount_bp, purses=tuple(Purse), cap_fen=10**9):
    return rules.plan(
        list_fen,
        purses,
        held,
        experience_cap_fen=cap_fen,
        moment=NOON,
        discount_bp=discount_bp,
    )


def plan_or_missing(list_fen, held, discount_bp, purses):
    try:
        return plan(list_fen, held, discount_bp, purses)
    except NotEnough as refusal:
        return refusal.extra["missing_fen"]


def given_by(found, *accounts):
    return sum(part.amount_fen for part in found.parts if part.account in accounts)


@given(st.integers(1, 10**7), DISCOUNTS)
def test_the_member_price_is_never_dearer_never_nothing_and_off_by_half_a_fen_at_most(fen, bp):
    price = rules.member_price_fen(fen, bp)
    exact = fen * (10_000 - bp)
    assert 1 <= price <= fen
    assert price == 1 or abs(price * 10_000 - exact) <= 5_000


@given(st.integers(1, 10**6), DISCOUNTS)
def test_a_fen_more_of_list_price_costs_a_fen_more_at_most(fen, bp):
    step = rules.member_price_fen(fen + 1, bp) - rules.member_price_fen(fen, bp)
    assert step in (0, 1)


@given(st.integers(0, 10**6), st.integers(0, 10**6), DISCOUNTS)
def test_what_prepaid_money_settles_has_just_that_as_its_member_price(fen, held, bp):
    paid, settled = rules.at_member_price(fen, held, bp)
    assert paid <= held
    assert paid <= settled <= fen
    assert rules.member_price_fen(settled, bp) == paid
    if settled < fen:
        assert paid == held
        assert abs(settled * (10_000 - bp) - held * 10_000) * 2 <= 10_000 - bp


@given(st.integers(1, 20_000), holdings, DISCOUNTS, st.sets(st.sampled_from(Purse)))
def test_parts_and_wechat_and_discount_come_to_the_list_price(list_fen, held, bp, purses):
    found = plan_or_missing(list_fen, held, bp, purses)
    if isinstance(found, int):
        assert Purse.WECHAT not in purses
        assert 0 < found <= list_fen
        return
    paid = sum(part.amount_fen for part in found.parts) + found.wechat_fen
    assert paid + found.discount_fen == list_fen
    assert paid >= 1
    prepaid = given_by(found, Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS)
    assert (found.discount_fen > 0) <= (prepaid > 0)
    # the discount is that of what prepaid money settled, and of nothing else
    assert rules.member_price_fen(prepaid + found.discount_fen, bp) == prepaid


@given(st.integers(1, 20_000), st.integers(0, 20_000), st.integers(1, 5_000), DISCOUNTS)
def test_more_prepaid_money_never_makes_a_purchase_dearer(list_fen, held, more, bp):
    def cost(fen):
        found = plan(list_fen, [Holding(Account.PREPAID_PRINCIPAL, fen, None)], bp)
        return list_fen - found.discount_fen

    assert cost(held + more) <= cost(held)


def test_a_mixture_gives_the_member_price_to_the_prepaid_part_only():
    held = [holding(Account.PREPAID_PRINCIPAL, 4_500, 1), holding(Account.REBATE, 1_000)]
    found = plan(10_000, held, 1_000)
    # 4,500 are the member price of 5,000; the other 5,000 cost 5,000
    assert (found.discount_fen, found.wechat_fen) == (500, 4_000)


def test_experience_gold_pays_list_price_before_the_member_price_counts():
    held = [
        holding(Account.EXPERIENCE, 1_000, 1, days=3),
        holding(Account.PREPAID_PRINCIPAL, 90_000, 2),
    ]
    found = plan(10_000, held, 1_000, cap_fen=1_000)
    assert [part.amount_fen for part in found.parts] == [1_000, 8_100]
    assert found.discount_fen == 900
