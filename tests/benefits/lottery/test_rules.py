"""Chances, odds and the chain of draws."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given as having
from hypothesis import strategies as st

from app.benefits.lottery import rules
from app.benefits.lottery.rules import NOTHING, WHOLE, Odds

SEED = "11" * 32
PRIZES = [Odds(1, 1_000, 1), Odds(2, 100_000, 2)]
CONSOLATION = Odds(3, 0, 1)


def count(*conceded, is_cumulative=True, per_purchase=1, per_member=1_000):
    return rules.chances(
        conceded,
        threshold_fen=1_000,
        is_cumulative=is_cumulative,
        most_per_purchase=per_purchase,
        most_per_member=per_member,
    )


@pytest.mark.parametrize(
    ("conceded", "together", "each"),
    [((), 0, 0), ((999,), 0, 0), ((1_000,), 1, 1), ((600, 600), 1, 0), ((400, 1_000, 600), 2, 1)],
)
def test_a_chance_is_for_each_whole_threshold(conceded, together, each):
    assert count(*conceded) == together
    assert count(*conceded, is_cumulative=False) == each


def test_a_purchase_gives_no_more_than_its_most_and_carries_no_whole_threshold_on():
    assert count(5_000) == 1
    assert count(5_000, 1) == 2  # 999 fen were carried on
    assert count(5_000, 1, per_purchase=3) == 4
    assert count(5_000, per_purchase=3, is_cumulative=False) == 3


def test_a_member_has_no_more_chances_than_the_most():
    assert count(*[1_000] * 9, per_member=4) == 4


@having(
    st.lists(st.integers(0, 5_000), max_size=6),
    st.integers(0, 5),
    st.integers(0, 5_000),
    st.booleans(),
    st.integers(1, 4),
)
def test_a_refund_never_adds_a_chance(conceded, place, less, is_cumulative, most):
    refunded = [
        max(0, fen - less) if number == place else fen for number, fen in enumerate(conceded)
    ]
    assert count(*refunded, is_cumulative=is_cumulative, per_purchase=most) <= count(
        *conceded, is_cumulative=is_cumulative, per_purchase=most
    )


@pytest.mark.parametrize(
    ("rolled", "prize"), [(0, 1), (999, 1), (1_000, 2), (100_999, 2), (101_000, 0), (999_999, 0)]
)
def test_a_draw_falls_on_the_prize_within_whose_odds_it_lies(rolled, prize):
    assert rules.picked(PRIZES, rolled) == prize


def test_a_prize_that_is_gone_gives_the_consolation_and_then_nothing():
    assert rules.given(PRIZES, CONSOLATION, {}, 1) == 1
    assert rules.given(PRIZES, CONSOLATION, {1: 1}, 1) == 3
    assert rules.given(PRIZES, CONSOLATION, {1: 1, 3: 1}, 1) == NOTHING
    assert rules.given(PRIZES, None, {1: 1}, 1) == NOTHING
    assert rules.given(PRIZES, CONSOLATION, {}, NOTHING) == NOTHING


def test_rolls_are_even_over_the_whole():
    rolls = [rules.roll(SEED, rules.first_head({"n": n}, "c"), n) for n in range(1, 4_001)]
    assert min(rolls) >= 0
    assert max(rolls) < WHOLE
    assert 1_850 < sum(roll < WHOLE // 2 for roll in rolls) < 2_150
    assert 320 < sum(roll < WHOLE // 10 for roll in rolls) < 480


def test_ones_own_nonce_changes_later_draws_and_not_ones_own():
    head = rules.first_head({}, rules.commitment(SEED))
    one, other = (rules.next_head(head, 1, nonce, 0) for nonce in ("a" * 16, "b" * 16))
    assert one != other
    assert rules.roll(SEED, one, 2) != rules.roll(SEED, other, 2)


def test_the_commitment_is_the_plain_hash_of_the_seed():
    assert rules.commitment(SEED) == sha256(b"\x11" * 32).hexdigest()
    assert rules.rules_hash({"b": 1, "a": "奖"}) == sha256('{"a":"奖","b":1}'.encode()).hexdigest()
