"""Which click brought a purchase, and what it is worth: arithmetic only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.benefits.promotion import rules
from app.benefits.promotion.rules import Click, Purchase, Subject

MIDNIGHT = datetime(2026, 5, 1, 16, tzinfo=UTC)  # a Beijing day begins
STORE, OTHER_STORE, TEA, CUP = (UUID(int=number) for number in range(1, 5))
FRIEND, STRANGER, CAMPAIGN = UUID(int=11), UUID(int=12), UUID(int=21)


def click(at, who=FRIEND, subject=Subject.STORE, target=STORE, number=1):
    return Click(UUID(int=100 + number), CAMPAIGN, who, subject, str(target), at)


def purchase(moment=MIDNIGHT, **more):
    return Purchase(moment, STORE, 10_000, 10_000, **more)


def last(*clicks, of=None, window=15):
    found = rules.last_click(clicks, of or purchase(), lambda each: window)
    return found.promoter_id if found else None


def test_the_last_click_before_the_purchase_counts():
    early = click(MIDNIGHT - timedelta(hours=2))
    late = click(MIDNIGHT - timedelta(hours=1), STRANGER, number=2)
    after = click(MIDNIGHT + timedelta(seconds=1), number=3)
    assert last(early, late, after) == last(after, late, early) == STRANGER


def test_a_click_at_the_very_moment_of_the_purchase_counts():
    assert last(click(MIDNIGHT)) == FRIEND


def test_the_window_ends_to_the_second_whatever_day_it_is():
    window = timedelta(days=15)
    assert last(click(MIDNIGHT - window)) is None
    assert last(click(MIDNIGHT - window + timedelta(microseconds=1))) == FRIEND
    noon = purchase(MIDNIGHT + timedelta(hours=12))
    assert last(click(noon.moment - window), of=noon) is None


def test_of_a_campaign_that_had_nothing_to_give_the_click_before_counts():
    mine = click(MIDNIGHT - timedelta(hours=2))
    dead = click(MIDNIGHT - timedelta(hours=1), STRANGER, number=2)
    windows = {mine.link_id: 15, dead.link_id: None}
    found = rules.last_click([mine, dead], purchase(), lambda each: windows[each.link_id])
    assert found == mine


def test_a_link_promotes_what_it_names_and_a_content_all_of_the_merchants():
    bought = purchase(lines={TEA: 3_000, CUP: 7_000})
    assert rules.base_fen(Subject.STORE, str(STORE), bought) == 10_000
    assert rules.base_fen(Subject.STORE, str(OTHER_STORE), bought) is None
    assert rules.base_fen(Subject.PRODUCT, str(TEA), bought) == 3_000
    assert rules.base_fen(Subject.PRODUCT, str(TEA), purchase()) is None
    assert rules.base_fen(Subject.CONTENT, "spring", bought) == 10_000


def test_of_a_product_only_what_was_really_paid_counts():
    bought = Purchase(MIDNIGHT, STORE, 10_000, 6_001, {TEA: 3_000, CUP: 7_000})
    assert rules.base_fen(Subject.PRODUCT, str(TEA), bought) == 1_800


def test_commission_is_rounded_half_up_and_capped():
    assert rules.commission_fen(110, 500, 2_000) == 6
    assert rules.commission_fen(109, 500, 2_000) == 5
    assert rules.commission_fen(1_000_000, 500, 2_000) == 2_000
    assert rules.commission_fen(0, 500, 2_000) == 0


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**7), st.integers(0, 10**6), st.lists(st.integers(1, 10**6), max_size=8))
def test_refunds_never_take_more_than_their_part_and_all_of_it_at_the_end(sale, amount, steps):
    lost = [0]
    refunded = 0
    for step in [*steps, sale]:
        refunded = min(sale, refunded + step)
        lost.append(rules.lost_fen(amount, sale, refunded))
        assert lost[-1] * sale <= amount * refunded
    assert lost == sorted(lost)
    assert lost[-1] == amount
