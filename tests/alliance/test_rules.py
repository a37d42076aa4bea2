"""The arithmetic of a sale, for any policy and amount."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alliance.policies.rules import faults
from app.alliance.rules import (
    FUNDS,
    Earner,
    Party,
    Policy,
    allocate,
    concession_fen,
    count_out,
    portion_fen,
    refund_parts,
    share_out,
    split_over,
)

amounts = st.integers(min_value=0, max_value=10_000_000_000)
weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=10).filter(any)


@st.composite
def policies(draw):
    """Any usable policy: cut points make the sum exact; fallbacks only go forward."""
    parties = list(Party)
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=9, max_size=9)))
    points = [0, *cuts, 10_000]
    shares = {p: points[i + 1] - points[i] for i, p in enumerate(parties)}
    fallbacks = {
        party: draw(st.sampled_from(parties[index + 1 :]))
        for index, party in enumerate(parties)
        if party not in FUNDS
    }
    return Policy(shares, fallbacks, draw(st.booleans()))


@st.composite
def earners_of(draw):
    persons = [uuid4() for _ in range(3)]
    found = draw(st.sets(st.sampled_from([party for party in Party if party not in FUNDS])))
    return {party: Earner(uuid4(), draw(st.sampled_from(persons))) for party in found}


def test_the_example_of_the_design_concedes_ten_percent_of_money_really_paid():
    assert concession_fen(1_000, principal_fen=4_000, rebate_fen=0, wechat_fen=4_000) == 800


def test_bonus_is_conceded_on_only_if_the_contract_says_so():
    money = {"principal_fen": 100, "rebate_fen": 0, "wechat_fen": 0, "bonus_fen": 900}
    assert concession_fen(1_000, **money) == 10
    assert concession_fen(1_000, **money, is_bonus_included=True) == 100


@pytest.mark.parametrize(("base", "rate", "expected"), [(5, 1_000, 1), (4, 1_000, 0), (15, 300, 0)])
def test_half_a_fen_is_rounded_up(base, rate, expected):
    assert portion_fen(base, rate) == expected


@given(amounts, weights)
def test_an_allocation_is_exact_and_within_one_fen_of_proportion(total, shares):
    parts = allocate(total, shares)
    assert sum(parts) == total
    whole = sum(shares)
    assert all(
        abs(part * whole - total * share) < whole for part, share in zip(parts, shares, strict=True)
    )


def test_of_equal_remainders_the_earlier_party_wins():
    assert allocate(10, [1, 1, 1]) == [4, 3, 3]
    assert allocate(11, [1, 1, 1]) == [4, 4, 3]


@given(amounts, policies(), earners_of())
def test_shares_come_to_the_concession_for_any_policy(total, policy, earners):
    assert faults(policy) == []
    shares = share_out(total, policy, earners)
    assert sum(share.amount_fen for share in shares) == total
    assert all(share.amount_fen > 0 for share in shares)
    assert {share.receiver for share in shares} <= FUNDS | set(earners)


@given(amounts, policies(), earners_of())
def test_one_person_receives_at_most_one_share_unless_the_policy_says_otherwise(
    total, policy, earners
):
    receivers = {share.receiver for share in share_out(total, policy, earners)} - FUNDS
    persons = [earners[party].person_id for party in receivers]
    if policy.is_one_share_per_person:
        assert len(persons) == len(set(persons))
    else:
        direct = share_out(total, policy, earners)
        assert all(share.reason == "direct" for share in direct if share.party in earners)


def test_an_absent_party_hands_its_share_down_the_chain():
    policy = Policy(
        {Party.RECOMMENDER: 6_000, Party.OPERATIONS: 4_000},
        {Party.RECOMMENDER: Party.SALESPERSON, Party.SALESPERSON: Party.CHARITY},
    )
    somebody = Earner(uuid4(), uuid4())
    to_charity, _ = share_out(100, policy, {})
    assert (to_charity.receiver, to_charity.reason) == (Party.CHARITY, "fallback")
    to_salesperson, _ = share_out(100, policy, {Party.SALESPERSON: somebody})
    assert to_salesperson.receiver is Party.SALESPERSON
    direct, _ = share_out(100, policy, {Party.RECOMMENDER: somebody})
    assert (direct.receiver, direct.reason) == (Party.RECOMMENDER, "direct")


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=7), st.data())
def test_any_sequence_of_refunds_ends_exact_and_never_takes_more_than_a_part(parts, data):
    total = sum(parts)
    taken, before = [0] * len(parts), 0
    for last in (False, False, False, True):
        if before == total:
            break
        step = total - before if last else data.draw(st.integers(1, total - before))
        refund = refund_parts(parts, before, step)
        assert sum(refund) == step
        assert min(refund) >= 0
        taken = [old + new for old, new in zip(taken, refund, strict=True)]
        assert all(0 <= part <= whole for part, whole in zip(taken, parts, strict=True))
        before += step
    assert taken == parts


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_counting_out_takes_from_nobody_what_they_had_and_stays_near_their_due(weights):
    whole, before = sum(weights), [0] * len(weights)
    for total in range(whole + 1):
        parts = count_out(total, weights)
        assert sum(parts) == total
        assert all(early <= late for early, late in zip(before, parts, strict=True))
        for part, weight in zip(parts, weights, strict=True):
            # Each part is a claim rounded to the nearest, all by one divisor: so far, no further.
            assert 2 * abs(part * whole - total * weight) <= whole + weight * (len(weights) - 2)
        before = parts
    assert before == weights


def test_a_refund_beyond_the_sale_is_refused():
    with pytest.raises(ValueError):
        refund_parts([60, 40], 50, 51)
    with pytest.raises(ValueError):
        refund_parts([60, 40], 0, 0)


@given(st.integers(0, 10_000), st.lists(st.integers(-100, 5_000), max_size=4))
def test_what_the_sources_do_not_cover_is_left_over(amount, limits):
    *taken, missing = split_over(amount, limits)
    assert sum(taken) + missing == amount
    assert all(0 <= part <= max(0, limit) for part, limit in zip(taken, limits, strict=True))
    assert missing == 0 or all(
        part == max(0, limit) for part, limit in zip(taken, limits, strict=True)
    )
