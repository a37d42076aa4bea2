"""The rules alone: which purse gives how much, and what may happen to a withdrawal."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.service import Account
from app.wallet import rules
from app.wallet.errors import NotEnough
from app.wallet.rules import Holding, Part, Purse
from app.wallet.withdrawals import rules as withdrawal_rules
from app.wallet.withdrawals.rules import FINAL, Step, WithdrawalState

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
PAYABLE = list(rules.PURSE_OF)


def lot(number: int) -> UUID:
    return UUID(int=number)


def holding(account, amount_fen, number=1, *, days=None, cap_bp=None):
    lot_id = lot(number) if account.uses_lots else None
    ends = NOON + timedelta(days=days) if days is not None else None
    return Holding(account, amount_fen, lot_id, ends, cap_bp)


def plan(amount_fen, holdings, purses=tuple(Purse), cap_fen=10**9):
    return rules.plan(amount_fen, purses, holdings, experience_cap_fen=cap_fen, moment=NOON)


def plan_or_missing(amount_fen, held, purses, cap_fen):
    """The plan, or how much is missing for one."""
    try:
        return plan(amount_fen, held, purses, cap_fen)
    except NotEnough as refusal:
        return refusal.extra["missing_fen"]


holdings = st.lists(
    st.builds(
        holding,
        st.sampled_from([account for account in PAYABLE if account.uses_lots]),
        st.integers(0, 5_000),
        st.integers(1, 6),
        days=st.none() | st.integers(-2, 5),
        cap_bp=st.none() | st.integers(0, 10_000),
    )
    | st.builds(holding, st.just(Account.REBATE), st.integers(0, 5_000)),
    max_size=8,
    unique_by=lambda each: (each.account, each.lot_id),
)


@given(st.integers(1, 20_000), holdings, st.sets(st.sampled_from(Purse)), st.integers(0, 6_000))
def test_a_plan_takes_exactly_the_amount_and_never_more_than_there_is(amount, held, purses, cap):
    there = {(each.account, each.lot_id): each for each in held}
    found = plan_or_missing(amount, held, purses, cap)
    if isinstance(found, int):
        assert Purse.WECHAT not in purses
        assert 0 < found <= amount
        return
    assert sum(part.amount_fen for part in found.parts) + found.wechat_fen == amount
    assert found.wechat_fen == 0 or Purse.WECHAT in purses
    for part in found.parts:
        source = there.pop((part.account, part.lot_id))  # each at most once
        assert 0 < part.amount_fen <= source.amount_fen
        assert rules.PURSE_OF[part.account] in purses
        assert source.expires_at is None or source.expires_at > NOON
        if source.sale_cap_bp is not None:
            assert part.amount_fen <= amount * source.sale_cap_bp / 10_000
    spent = sum(part.amount_fen for part in found.parts if part.account is Account.EXPERIENCE)
    assert spent <= cap


@given(st.integers(1, 20_000), holdings)
def test_wechat_pays_only_what_the_purses_do_not(amount, held):
    uncapped = [
        Holding(each.account, each.amount_fen, each.lot_id) for each in held if each.amount_fen
    ]
    found = plan(amount, uncapped)
    assert found.wechat_fen == max(0, amount - sum(each.amount_fen for each in uncapped))


def test_purses_give_in_their_order():
    held = [
        holding(Account.REBATE, 100),
        holding(Account.PREPAID_BONUS, 100, 1),
        holding(Account.PREPAID_PRINCIPAL, 100, 3),
        holding(Account.PREPAID_PRINCIPAL, 100, 2),
        holding(Account.EXPERIENCE, 100, 4, days=9),
        holding(Account.EXPERIENCE, 100, 5, days=2),
    ]
    assert plan(650, held) == rules.PaymentPlan(
        (
            Part(Account.EXPERIENCE, 100, lot(5)),
            Part(Account.EXPERIENCE, 100, lot(4)),
            Part(Account.PREPAID_PRINCIPAL, 100, lot(2)),
            Part(Account.PREPAID_PRINCIPAL, 100, lot(3)),
            Part(Account.PREPAID_BONUS, 100, lot(1)),
            Part(Account.REBATE, 100),
        ),
        50,
    )


def test_experience_is_capped_by_the_sale_and_by_each_lot():
    held = [
        holding(Account.EXPERIENCE, 500, 1, days=1, cap_bp=1_000),
        holding(Account.EXPERIENCE, 500, 2, days=2, cap_bp=5_000),
    ]
    found = plan(1_000, held, cap_fen=400)
    assert [part.amount_fen for part in found.parts] == [100, 300]
    assert found.wechat_fen == 600


def test_a_lot_gives_nothing_from_the_moment_of_its_end():
    assert plan(100, [holding(Account.EXPERIENCE, 100, days=0)]).wechat_fen == 100


@pytest.mark.parametrize(
    ("amount_fen", "fee"), [(1, 0), (83, 0), (84, 1), (10_000, 60), (12_345, 74), (12_425, 75)]
)
def test_the_fee_is_rounded_half_up(amount_fen, fee):
    assert rules.fee_fen(amount_fen, 60) == fee


@given(st.lists(st.integers(1, 9_999), min_size=1, max_size=9), st.integers(0, 500))
def test_any_sequence_of_refunds_gives_the_whole_fee_back(refunds, rate_bp):
    left, returned = sum(refunds), 0
    for refund in refunds:
        part = rules.fee_returned_fen(left, refund, rate_bp)
        assert 0 <= part <= refund
        returned += part
        left -= refund
    assert returned == rules.fee_fen(sum(refunds), rate_bp)


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_no_sequence_of_steps_leaves_a_final_state(steps):
    state = WithdrawalState.HELD
    for step in steps:
        following = withdrawal_rules.follow(state, step) or state
        assert state not in FINAL or following is state
        state = following


def test_only_steps_of_wechat_end_a_withdrawal_that_was_sent():
    for (state, step), following in withdrawal_rules.TRANSITIONS.items():
        if following in (WithdrawalState.PAID, WithdrawalState.RETURNED) and state not in FINAL:
            assert state in withdrawal_rules.AT_WECHAT
            assert step in (Step.SUCCEEDED, Step.FAILED)


def test_a_success_after_a_return_and_a_failure_after_a_payment_contradict():
    assert withdrawal_rules.follow(WithdrawalState.RETURNED, Step.SUCCEEDED) is None
    assert withdrawal_rules.follow(WithdrawalState.PAID, Step.FAILED) is None
    for step in (Step.SEND, Step.SUCCEEDED, Step.FAILED, Step.APPROVE):
        assert withdrawal_rules.follow(WithdrawalState.REJECTED, step) is None


def test_pauses_grow_and_end():
    pauses = [rules.pause_seconds(looks) for looks in range(1_001)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (60, 240)
    assert (rules.retry_seconds(0), rules.retry_seconds(1_000)) == (5, 60)
