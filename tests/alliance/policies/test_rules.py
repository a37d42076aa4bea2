"""What a split policy may say, and what it then comes to."""

from pathlib import Path
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.alliance.policies.rules import Caps, chain, examples, faults, most_bp, totals
from app.alliance.policies.wording import FAULTS, PARTIES
from app.alliance.rules import FUNDS, Earner, Party, Policy, share_out
from tests.alliance.test_rules import amounts, earners_of, policies

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "policies.md"
CAPS = Caps(recommender_bp=5_000, promoter_bp=3_000)


def codes(policy, caps=None):
    return [fault.code for fault in faults(policy, caps)]


def test_each_fault_has_its_own_code():
    circle = {Party.CONSUMER: Party.RECOMMENDER, Party.RECOMMENDER: Party.CONSUMER}
    whole = {Party.OPERATIONS: 10_000}
    assert codes(Policy({Party.OPERATIONS: 9_999}, {})) == ["shares_sum"]
    assert codes(Policy({Party.OPERATIONS: 10_001, Party.CHARITY: -1}, {})) == ["share_negative"]
    assert codes(Policy(whole, circle), CAPS) == ["fallback_circle", "fallback_circle"]
    assert codes(Policy(whole, {Party.CHARITY: Party.CONSUMER})) == ["fallback_of_fund"]
    assert codes(Policy(whole, {}), CAPS) == []


def test_every_fault_and_limit_is_documented_and_worded():
    text = DOCUMENT.read_text()
    assert [code for code in FAULTS if f"`{code}`" not in text] == []
    assert set(PARTIES) == set(Party)
    for code in FAULTS:
        shown = [fault.view() for fault in faults(Policy({Party.OPERATIONS: 1}, {}))]
        assert all(each["text"] and each["text_en"] for each in shown), code


def test_the_cap_counts_what_falls_to_a_recommender():
    rest = {Party.OPERATIONS: 5_000}
    shares = {Party.RECOMMENDER: 3_000, Party.HOME_STORE: 2_000, **rest}
    assert codes(Policy(shares, {}), CAPS) == []
    falling = Policy(shares, {Party.HOME_STORE: Party.RECOMMENDER})
    assert codes(falling, CAPS) == []
    more = {Party.RECOMMENDER: 3_001, Party.HOME_STORE: 2_000, Party.OPERATIONS: 4_999}
    (fault,) = faults(Policy(more, {Party.HOME_STORE: Party.RECOMMENDER}), CAPS)
    assert (fault.code, fault.found_bp, fault.allowed_bp) == ("recommender_above_cap", 5_001, 5_000)


def test_where_one_person_may_have_several_shares_the_cap_counts_them_together():
    shares = {Party.RECOMMENDER: 3_000, Party.SALESPERSON: 3_000, Party.OPERATIONS: 4_000}
    assert codes(Policy(shares, {}), CAPS) == []
    assert codes(Policy(shares, {}, is_one_share_per_person=False), CAPS) == [
        "recommender_above_cap"
    ]


def test_a_promoter_has_a_cap_too():
    shares = {Party.PROMOTER: 3_001, Party.OPERATIONS: 6_999}
    assert codes(Policy(shares, {}), CAPS) == ["promoter_above_cap"]


def test_there_is_no_second_level_of_recommendation():
    bringing = {party for party in Party if "recommender" in party.value}
    assert bringing == {Party.RECOMMENDER, Party.MERCHANT_RECOMMENDER}


@given(policies(), amounts, earners_of())
def test_nobody_ever_gets_more_than_the_stated_most(policy, total, earners):
    """Within the fen that rounding may add to each share."""
    got = {}
    for share in share_out(total, policy, earners):
        got[share.receiver] = got.get(share.receiver, 0) + share.amount_fen
    for party, fen in got.items():
        assert fen * 10_000 <= most_bp(policy, {party}) * total + len(Party) * 10_000


@given(policies())
def test_totals_of_a_hundred_yuan_are_its_shares_and_end_in_funds(policy):
    stated = totals(policy)
    assert sum(each["amount_fen"] for each in stated) == 10_000
    for each in stated:
        assert each["amount_fen"] == each["share_bp"]
        party = Party(each["party"])
        assert party in FUNDS or Party(each["falls_to"][-1]) in FUNDS
        assert chain(policy, party) is not None


@given(policies(), st.integers(0, 100_000))
def test_examples_are_what_the_allocator_gives(policy, concession):
    cases = examples(policy, concession)
    assert {"everybody", "nobody_else", "brought_by_platform"} <= {each["case"] for each in cases}
    for each in cases:
        assert sum(share["amount_fen"] for share in each["shares"]) == concession
        absent = each["case"].removeprefix("without_")
        assert all(share["receiver"] != absent for share in each["shares"])


def test_nothing_is_shared_where_nothing_was_sold():
    everybody = {party: Earner(UUID(int=1), UUID(int=1)) for party in Party}
    assert share_out(0, Policy({Party.RECOMMENDER: 10_000}, {}), everybody) == ()
