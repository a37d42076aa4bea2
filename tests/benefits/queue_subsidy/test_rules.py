"""Targets, payouts and estimates as arithmetic: nothing is given that is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.benefits.queue_subsidy import rules
from app.benefits.queue_subsidy.rules import Estimate, Purchase
from app.benefits.queue_subsidy.schemas import QueueSettings

TERMS = QueueSettings(rate_bp=5_000, cap_fen=20_000, minimum_fen=1_000)
BOUGHT = Purchase(paid_fen=10_000, conceded_fen=1_000, given_fen=100, amount_fen=10_000)
FEN = st.integers(0, 10_000)
LEFTS = st.lists(st.integers(1, 5_000), max_size=12)


@pytest.mark.parametrize(
    ("terms", "bought", "target_fen"),
    [
        ({}, {}, 500),
        ({"basis": "paid", "rate_bp": 300}, {}, 300),
        ({"basis": "paid", "rate_bp": 5_000}, {}, 900),
        ({"rate_bp": 10_000}, {}, 900),
        ({"rate_bp": 10_000, "concession_cap_bp": 2_000}, {}, 200),
        ({"cap_fen": 120}, {}, 120),
        ({}, {"paid_fen": 999}, 0),
        ({}, {"given_fen": 1_200}, 0),
        ({}, {"conceded_fen": 0, "given_fen": 0}, 0),
        ({}, {"refunded_fen": 2_500}, 375),
        ({}, {"refunded_fen": 10_000}, 0),
    ],
    ids=[
        "half of what was conceded",
        "a rate of what was paid",
        "never more than is left of the concession",
        "the whole concession less what people got",
        "a stated part of the concession",
        "the cap",
        "too little paid",
        "people got more than was conceded",
        "nothing was conceded",
        "a quarter refunded",
        "all refunded",
    ],
)
def test_a_target_is_a_rate_within_what_the_purchase_itself_conceded(terms, bought, target_fen):
    said = TERMS.model_copy(update=terms)
    assert rules.target_fen(said, replace(BOUGHT, **bought)) == target_fen


def test_whole_payments_stop_at_the_first_that_the_pot_cannot_pay_and_skip_nobody():
    assert rules.in_full(1_000, [400, 500, 300, 50]) == [400, 500]
    assert rules.in_full(399, [400, 1]) == []


def test_parts_are_even_and_what_one_does_not_need_goes_to_the_others():
    assert rules.in_parts(900, [100, 1_000, 1_000], 50) == [100, 400, 400]
    assert rules.in_parts(1_000, [1_000, 1_000, 1_000], 50) == [334, 333, 333]


def test_a_pot_too_small_for_all_is_given_to_fewer_from_the_front():
    assert rules.in_parts(250, [1_000, 1_000, 1_000], 100) == [125, 125]
    assert rules.in_parts(99, [1_000, 1_000], 100) == []
    assert rules.in_parts(99, [30, 1_000], 100) == [30]


@settings(max_examples=150, deadline=None)
@given(FEN, LEFTS, st.integers(1, 500))
def test_no_rule_gives_more_than_the_pot_holds_or_than_somebody_waits_for(pot, lefts, smallest):
    for parts in (rules.in_full(pot, lefts), rules.in_parts(pot, lefts, smallest)):
        assert sum(parts) <= pot
        assert all(0 < part <= left for part, left in zip(parts, lefts, strict=False))
    shared = rules.in_parts(pot, lefts, smallest)
    assert all(part >= min(smallest, left) for part, left in zip(shared, lefts, strict=False))
    if lefts and pot >= min(smallest, lefts[0]):
        assert shared  # money that suffices for the front never lies idle


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=6), st.data())
def test_whatever_is_taken_back_in_steps_is_exact_and_never_more_than_a_grant(amounts, data):
    taken, total = [0] * len(amounts), 0
    for _ in range(3):
        total = data.draw(st.integers(total, sum(amounts)))
        later = rules.taking_back(list(zip(amounts, taken, strict=True)), total)
        assert sum(later) == total
        assert all(a <= b <= c for a, b, c in zip(taken, later, amounts, strict=True))
        taken = later


def test_only_ripe_money_is_paid_and_nothing_before_the_day_is_closed():
    assert rules.ripe_fen(5_000, 3_000, 1_000) == 2_000
    assert rules.ripe_fen(500, 3_000, 1_000) == 500
    assert rules.ripe_fen(5_000, 3_000, 4_000) == 0
    assert rules.ripe_fen(5_000, None, 0) == 0


def test_an_estimate_is_a_range_from_the_best_and_the_worst_week_of_late():
    assert rules.estimate(7_000, 7_000, [200] * 7 + [100] * 7) == Estimate(35, 70)
    assert rules.estimate(0, 0, [100] * 7) == Estimate(0, 0)


@pytest.mark.parametrize(
    "days",
    [[100] * 6, [0] * 14, [100] * 7 + [0] * 7, [1] * 14],
    ids=["too few days", "nothing came in", "a week without anything", "farther than a year"],
)
def test_where_nothing_can_be_said_nothing_is_said(days):
    assert rules.estimate(7_000, 7_000, days) is None
