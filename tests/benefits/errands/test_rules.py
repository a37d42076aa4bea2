"""The table of steps, and how a reward is divided: pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from app.benefits.errands import rules
from app.benefits.errands.rules import BY_TIME, ENDED, MOVES, Status, Who
from app.benefits.errands.schemas import EXAMPLE, ErrandSettings
from app.wallet.topups.bonuses import share_back_fen

SETTINGS = ErrandSettings.model_validate(EXAMPLE)
NOW = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # a minute before a Beijing day ends


def test_four_states_are_ends_and_all_others_lead_on():
    assert {each.value for each in ENDED} == {"completed", "decided", "cancelled", "expired"}
    reached = {move.after for move in MOVES.values()} | {Status.OPEN}
    assert reached == set(Status)


def test_time_decides_in_every_state_but_a_dispute():
    waiting = set(Status) - ENDED - {Status.DISPUTED}
    assert set(BY_TIME) == waiting
    for status, step in BY_TIME.items():
        assert status in MOVES[step].before
        assert Who.TIME in MOVES[step].who
        assert rules.ends_at(status, SETTINGS, NOW) > NOW
    assert rules.ends_at(Status.DISPUTED, SETTINGS, NOW) is None


def test_a_stage_lasts_its_minutes_whatever_day_begins_meanwhile():
    assert rules.ends_at(Status.TAKEN, SETTINGS, NOW) == NOW + timedelta(minutes=60)


def test_only_an_operator_ends_a_dispute_and_only_a_poster_confirms():
    assert MOVES["decided"].who == {Who.OPERATOR}
    assert MOVES["confirmed"].who == {Who.POSTER}
    assert all(Who.RUNNER not in move.who for move in MOVES.values() if move.after in ENDED)


@given(some.integers(2, 10**7), some.integers(0, 9_999), some.integers(0, 5_000), some.data())
def test_runner_platform_and_poster_share_exactly_the_reward(reward, rate, least, data):
    fee = rules.fee_fen(reward, rate, least, 5_000)
    assert 0 <= fee < reward
    part = data.draw(some.integers(0, reward))
    charged = rules.fee_of_part(part, reward, fee)
    assert 0 <= charged <= max(0, part - 1)
    assert rules.fee_of_part(reward, reward, fee) == fee


def test_the_fee_keeps_its_bounds_and_rounds_half_up():
    fees = [SETTINGS.fee_of(fen) for fen in (300, 505, 1_005, 40_000)]
    assert fees == [50, 51, 101, 4_000]
    assert rules.fee_fen(100_000, 1_000, 50, 5_000) == 5_000


@dataclass
class Part:
    amount_fen: int


def test_what_was_taken_last_goes_back_first():
    parts = [Part(300), Part(500), Part(200)]
    back = rules.last_of(parts, 600)
    assert [(part.amount_fen, fen) for part, fen in back] == [(200, 200), (500, 400)]
    assert sum(fen for _, fen in rules.last_of(parts, 1_000)) == 1_000
    with pytest.raises(ValueError, match="more"):
        rules.last_of(parts, 1_001)


def test_a_place_is_told_to_half_a_kilometre():
    assert rules.roughly(30.24123) == 30.24
    assert rules.metres((30.24, 120.17), (30.25, 120.17)) == 1_112
    assert rules.metres((30.24123, 120.0), (rules.roughly(30.24123), 120.0)) < 300


@pytest.mark.parametrize(
    "wrong",
    [
        {"reward_minimum_fen": 60_000},
        {"fee_minimum_fen": 300},
        {"fee_bp": 10_000},
        {"fee_minimum_fen": 60, "fee_maximum_fen": 50},
        {"categories": []},
        {"categories": EXAMPLE["categories"] * 2},
        {"open_minutes": 1},
    ],
)
def test_settings_that_leave_a_runner_nothing_or_contradict_are_refused(wrong):
    with pytest.raises(ValidationError):
        ErrandSettings.model_validate(EXAMPLE | wrong)


@dataclass
class TopUp:
    """A top-up as its payer sees it: what is left of it, and what of the principal was refunded."""

    paid_fen: int
    bonus_fen: int
    amount_fen: int = 0
    bonus_left_fen: int = 0
    refunded_fen: int = 0

    def __post_init__(self):
        self.amount_fen, self.bonus_left_fen = self.paid_fen, self.bonus_fen

    def refund(self, wanted_fen):
        """What is sent to the payer: spent bonus is kept of it."""
        back = share_back_fen(self.paid_fen, self.bonus_fen, self.refunded_fen, wanted_fen)
        missing_fen = back - min(back, self.bonus_left_fen)
        if wanted_fen <= missing_fen:
            return 0
        self.amount_fen -= wanted_fen
        self.refunded_fen += wanted_fen
        self.bonus_left_fen -= back - missing_fen
        return wanted_fen - missing_fen


@given(
    some.lists(some.tuples(some.integers(1, 500), some.integers(0, 500)), min_size=1, max_size=3),
    some.lists(some.tuples(some.sampled_from("ers"), some.integers(1, 600)), max_size=12),
)
def test_no_sequence_of_errands_refunds_and_purchases_makes_money_of_a_bonus(paid_in, moves):
    """Neither more money than was paid in, nor that money and the bonus, too."""
    top_ups = [TopUp(paid, min(bonus, paid)) for paid, bonus in paid_in]
    money = bought_with_bonus = 0
    for move, fen in moves:
        if move == "e":
            untied = [each for each in top_ups if not each.bonus_fen]
            for each, taken in rules.first_of(untied, fen):
                each.amount_fen -= taken
                money += taken
        elif move == "r":
            each = max(top_ups, key=lambda one: one.amount_fen)
            money += each.refund(min(fen, each.amount_fen)) if each.amount_fen else 0
        else:
            for each, taken in rules.first_of(top_ups, fen):
                each.amount_fen, fen = each.amount_fen - taken, fen - taken
            for each in top_ups:
                taken = min(fen, each.bonus_left_fen)
                each.bonus_left_fen, fen = each.bonus_left_fen - taken, fen - taken
                bought_with_bonus += taken
    paid_fen = sum(each.paid_fen for each in top_ups)
    assert money <= paid_fen
    assert money + bought_with_bonus <= paid_fen
