"""The arithmetic of advances: any sequence of spending and giving back ends exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alliance.prepaid import rules

FEN = st.integers(1, 10**9)
FUNDS = st.integers(0, 10**6)


@st.composite
def lots(draw):
    issued = draw(FEN)
    return issued, draw(st.integers(0, issued))


def test_a_share_is_lent_rounded_down_and_only_as_far_as_there_is_room():
    assert rules.advance_fen(9_999, 3_333, 10**6) == 3_332
    assert rules.advance_fen(10_000, 3_000, 2_999) == 2_999
    assert rules.advance_fen(10_000, 3_000, 0) == 0
    assert rules.advance_fen(10_000, 3_000, -5) == 0


@given(lots(), st.data())
def test_of_an_untouched_lot_nothing_is_due_of_an_empty_one_all_and_never_less_of_more(lot, data):
    issued, advanced = lot
    left = data.draw(st.integers(0, issued))
    less = data.draw(st.integers(0, left))
    due = rules.fallen_due_fen(issued, advanced, left)
    assert rules.fallen_due_fen(issued, advanced, issued) == 0
    assert rules.fallen_due_fen(issued, advanced, 0) == advanced
    assert 0 <= due <= min(advanced, issued - left)
    assert due <= rules.fallen_due_fen(issued, advanced, less)
    assert abs(due * issued - advanced * (issued - left)) <= issued


@pytest.mark.parametrize("lot", [(10, 3, 11), (10, 3, -1), (10, 11, 0), (10, -1, 0)])
def test_impossible_lots_are_refused(lot):
    with pytest.raises(ValueError, match="no more"):
        rules.fallen_due_fen(*lot)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1), FUNDS, FUNDS)
def test_lots_are_settled_as_far_as_money_and_room_reach(differences, funds, room):
    settled = rules.settle_lots(differences, funds, room)
    net = sum(differences)
    assert sum(settled) == (min(net, funds) if net >= 0 else max(net, -room))
    for difference, part in zip(differences, settled, strict=True):
        assert 0 <= part <= difference or difference <= part <= 0


def test_earlier_lots_are_settled_first():
    assert rules.settle_lots([5, 5, 5], 7, 0) == [5, 2, 0]
    assert rules.settle_lots([-5, -5], 0, 7) == [-5, -2]
    assert rules.settle_lots([4, -3, 4], 2, 0) == [4, -3, 1]
