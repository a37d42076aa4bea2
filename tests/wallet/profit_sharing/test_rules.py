"""What may be split, and what follows from how a split ended: arithmetic and tables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.wallet import rules as wallet_rules
from app.wallet.profit_sharing import rules
from app.wallet.profit_sharing.rules import Remedy

FEN = st.integers(min_value=0, max_value=10_000_000)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 10_000_000), st.data())
def test_the_merchants_part_is_never_more_than_its_money_or_wechats(amount, data):
    wechat = data.draw(st.integers(0, amount))
    other = data.draw(st.integers(0, amount - wechat))
    concession = data.draw(st.integers(0, wechat + other))
    left = data.draw(st.integers(0, amount))
    part = rules.merchant_part_fen(wechat, wechat + other, concession, amount, left)
    assert 0 <= part <= wechat * left // amount
    assert part <= amount - concession


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 1_000_000), st.integers(0, 1_000), st.lists(st.integers(1, 50_000)))
def test_refunds_and_splits_never_take_more_than_was_frozen(paid, rate_bp, wishes):
    fee = wallet_rules.fee_fen(paid, rate_bp)
    left, taken, given_out = paid, 0, 0
    for number, wish in enumerate(wishes):
        frozen = rules.frozen_fen(paid, fee, given_out, taken)
        if number % 2:
            given_out += min(wish, frozen)
            continue
        amount = min(wish, left)
        back = wallet_rules.fee_returned_fen(left, amount, rate_bp)
        taken += rules.from_frozen_fen(frozen, amount, back)
        left -= amount
    assert 0 <= taken + given_out <= paid - fee


def test_the_ratio_is_rounded_down():
    assert rules.most_fen(999, 3_000) == 299
    assert rules.most_fen(10_000, 10_000) == 10_000


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("NO_RELATION", Remedy.REGISTER),
        ("PAYER_ACCOUNT_ABNORMAL", Remedy.RETRY),
        ("ACCOUNT_ABNORMAL", Remedy.OTHER_CHANNEL),
        ("RECEIVER_RECEIPT_LIMIT", Remedy.OTHER_CHANNEL),
        ("RECEIVER_REAL_NAME_NOT_VERIFIED", Remedy.OTHER_CHANNEL),
        ("RULE_LIMIT", Remedy.OTHER_CHANNEL),
        ("RECEIVER_HIGH_RISK", Remedy.PEOPLE),
        ("NO_AUTH", Remedy.PEOPLE),
        ("INVALID_REQUEST", Remedy.PEOPLE),
        ("SOMETHING_NEW", Remedy.PEOPLE),
    ],
)
def test_every_reason_of_the_facts_has_its_remedy(reason, expected):
    assert rules.remedy(reason, 1) is expected


def test_what_fails_again_and_again_is_for_people():
    assert rules.remedy("NO_RELATION", rules.MOST_ATTEMPTS) is Remedy.PEOPLE
    assert rules.remedy("ACCOUNT_ABNORMAL", rules.MOST_ATTEMPTS) is Remedy.OTHER_CHANNEL
