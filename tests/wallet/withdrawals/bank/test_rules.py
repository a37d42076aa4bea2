"""What the bank's word makes of a line, outcome by outcome."""

import pytest

from app.wallet.withdrawals.bank import rules
from app.wallet.withdrawals.bank.formats import Outcome

STATES = ("sent", "paid", "failed", "returned", "left_out")


def test_an_outcome_moves_a_line_repeats_its_end_or_contradicts_it_and_never_two_of_these():
    moved = {
        (state, outcome.value): rules.end_of(state, outcome)
        for state in STATES
        for outcome in Outcome
        if rules.end_of(state, outcome)
    }
    assert moved == {
        ("sent", "成功"): "paid",
        ("sent", "失败"): "failed",
        ("sent", "退回"): "failed",
        ("paid", "退回"): "returned",
    }
    both = [
        (state, outcome)
        for state in STATES
        for outcome in Outcome
        if rules.is_repeated(state, outcome) and rules.end_of(state, outcome)
    ]
    assert both == []
    assert not any(rules.is_repeated("left_out", outcome) for outcome in Outcome)


@pytest.mark.parametrize("state", STATES)
def test_no_outcome_of_one_person_leaves_money_with_its_owner(state):
    ends = {rules.end_of(state, outcome) for outcome in Outcome if not rules.gives_back(outcome)}
    assert ends <= {"paid", None}
