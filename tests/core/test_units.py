"""How amounts and parts are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.units import decimal_yuan, money, percent, yuan


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "¥0.00"), (1, "¥0.01"), (1_234_567, "¥12,345.67"), (-50, "-¥0.50")],
)
def test_an_amount_has_its_sign_two_places_and_thousands(fen, text):
    assert money(fen) == text


def test_beside_the_word_yuan_it_has_no_sign_of_its_own():
    assert yuan(-123_456_789) == "-1,234,567.89"


@given(st.integers(-(10**15), 10**15))
def test_what_machines_are_given_reads_as_the_same_fen(fen):
    text = decimal_yuan(fen)
    assert Decimal(text) * 100 == fen
    assert len(text.partition(".")[2]) == 2


@pytest.mark.parametrize(
    ("basis_points", "text"), [(0, "0"), (5, "0.05"), (50, "0.5"), (1_250, "12.5"), (10_000, "100")]
)
def test_parts_are_written_without_noughts_behind(basis_points, text):
    assert percent(basis_points) == text
