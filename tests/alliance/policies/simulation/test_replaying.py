"""A sale replayed under its own policy gives what was posted, whatever has changed since."""

from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from app.alliance.parties import receiver_of
from app.alliance.policies.simulation.replaying import (
    Part,
    PastSale,
    difference_fen,
    earners_then,
    replay,
)
from app.alliance.rules import FUNDS, Earner, Party, Policy, refund_parts, share_out
from tests.alliance.test_rules import policies

PEOPLE = [UUID(int=number) for number in range(1, 7)]


@st.composite
def earners(draw):
    """Some parties with owners and the persons behind them; the customer always exists."""
    chosen = draw(st.sets(st.sampled_from([party for party in Party if party not in FUNDS])))
    found = {}
    for party in sorted(chosen | {Party.CONSUMER}):
        owner = draw(st.sampled_from(PEOPLE))
        found[party] = Earner(owner, draw(st.sampled_from([owner, PEOPLE[0]])))
    return found


def posted(policy, then, concession, net, refunds):
    """The parts of a sale as distribution and refunds, one after the other, leave them."""
    shares = sorted(share_out(concession, policy, then), key=lambda share: share.party)
    weights, back, before = [net, 0, *(share.amount_fen for share in shares)], [0] * len(shares), 0
    for wanted in refunds:
        step = min(wanted, sum(weights) - before)
        if step:
            given = refund_parts(weights, before, step)[2:]
            back = [old + more for old, more in zip(back, given, strict=True)]
            before += step
    parts = tuple(
        Part(one.party, one.receiver, receiver_of(one.receiver, then).owner_id, one.amount_fen, fen)
        for one, fen in zip(shares, back, strict=True)
    )
    return PastSale(uuid4(), uuid4(), uuid4(), concession, net, 0, before, parts)


@settings(max_examples=60)
@given(
    policies(),
    earners(),
    earners(),
    st.integers(0, 3_000),
    st.integers(0, 9_000),
    st.lists(st.integers(1, 4_000), max_size=3),
)
def test_the_published_policy_reproduces_its_own_postings(
    policy, then, today, concession, net, refunds
):
    sale = posted(policy, then, concession, net, refunds)
    found = earners_then(sale, policy, today)
    replayed = replay(sale, policy, found)
    assert replayed == sale.parts
    assert difference_fen(sale.parts, replayed) == 0


@settings(max_examples=40)
@given(policies(), policies(), earners(), st.integers(0, 3_000), st.lists(st.integers(1, 900)))
def test_any_other_policy_gives_away_the_same_concession_and_takes_back_within_it(
    policy, draft, then, concession, refunds
):
    sale = posted(policy, then, concession, 900, refunds)
    parts = replay(sale, draft, earners_then(sale, policy, then))
    assert sum(part.amount_fen for part in parts) == concession
    assert all(0 <= part.refunded_fen <= part.amount_fen for part in parts)
    assert abs(sum(p.refunded_fen for p in parts) - sum(p.refunded_fen for p in sale.parts)) <= 10


def test_a_party_without_a_share_then_is_who_they_are_today():
    policy = Policy({Party.CONSUMER: 10_000}, {})
    then = {Party.CONSUMER: Earner(PEOPLE[0], PEOPLE[0])}
    sale = posted(policy, then, 1_000, 9_000, [])
    today = then | {Party.SALESPERSON: Earner(PEOPLE[1], PEOPLE[1])}
    draft = Policy({Party.CONSUMER: 5_000, Party.SALESPERSON: 5_000}, {})
    parts = replay(sale, draft, earners_then(sale, policy, today))
    assert {part.owner_id: part.amount_fen for part in parts} == {PEOPLE[0]: 500, PEOPLE[1]: 500}


def test_a_corrected_binding_leaves_the_past_alone():
    policy = Policy({Party.RECOMMENDER: 10_000}, {})
    then = {Party.RECOMMENDER: Earner(PEOPLE[1], PEOPLE[1])}
    sale = posted(policy, then, 1_000, 9_000, [])
    corrected = {Party.RECOMMENDER: Earner(PEOPLE[2], PEOPLE[2])}
    draft = Policy({Party.RECOMMENDER: 5_000, Party.CHARITY: 5_000}, {})
    parts = replay(sale, draft, earners_then(sale, policy, corrected))
    assert PEOPLE[1] in {part.owner_id for part in parts}
    assert PEOPLE[2] not in {part.owner_id for part in parts}


def test_differences_are_found():
    parts = (Part(Party.CHARITY, Party.CHARITY, PEOPLE[0], 10, 0),)
    other = (Part(Party.CHARITY, Party.CHARITY, PEOPLE[0], 8, 1),)
    assert difference_fen(parts, other) == 3
