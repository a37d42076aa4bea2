"""Each rule fires on what it is for, and not on what nearly looks like it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.alliance.rings import rules, wording
from app.core.world import new_id
from app.members.service import Flock, SuspectedPair
from config.settings import Settings

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMITS = Settings.model_construct(
    ring_burst_count=5,
    ring_burst_minutes=10,
    ring_idle_members=3,
    ring_second_accounts=2,
    ring_card_members=3,
    ring_circle_fen=1_000,
)


def flock(*minutes, kind="member"):
    members = tuple((new_id(), AT + timedelta(minutes=each)) for each in minutes)
    return Flock(kind, new_id(), members)


def ids(count):
    return [new_id() for _ in range(count)]


def pair(one, other, kind="id_number", by=None, other_by=None):
    return SuspectedPair(one, other, kind, "member" if by else None, by, other_by)


def test_five_within_ten_minutes_are_a_burst():
    found = rules.burst(flock(0, 60, 61, 65, 69, 70, 200), LIMITS)
    assert found.figures == {"members": 5, "minutes": 10}
    assert len(found.parties) == 5


@pytest.mark.parametrize("minutes", [(0, 1, 2, 3), (0, 3, 6, 9, 11), (), (0, 20, 40, 60, 80, 100)])
def test_four_or_five_in_eleven_minutes_are_no_burst(minutes):
    assert rules.burst(flock(*minutes), LIMITS) is None


def test_three_who_withdrew_and_never_bought_are_found():
    some = flock(0, 1, 2, 3)
    withdrawn = {member_id: 500 for member_id, _ in some.members}
    buyer = some.members[0][0]
    found = rules.withdraw_only(some, withdrawn, {buyer}, LIMITS)
    assert found.figures == {"members": 3, "amount_fen": 1_500, "days": LIMITS.ring_days}
    assert buyer not in found.parties


def test_two_who_withdrew_and_never_bought_are_not_enough():
    some = flock(0, 1, 2, 3)
    withdrawn = {member_id: 500 for member_id, _ in some.members}
    buyers = {member_id for member_id, _ in some.members[:2]}
    assert rules.withdraw_only(some, withdrawn, buyers, LIMITS) is None
    few = dict(list(withdrawn.items())[:2])
    assert rules.withdraw_only(some, few, set(), LIMITS) is None


@pytest.mark.parametrize("turned", [False, True])
def test_who_brought_their_own_second_account_is_found(turned):
    first, second = ids(2)
    seen = pair(second, first, by=first)
    if turned:
        seen = pair(first, second, other_by=first)
    (found,) = rules.own_second_account([seen])
    assert (found.subject_id, set(found.parties)) == (first, {first, second})
    assert found.figures == {"same": "id_number"}


def test_two_accounts_that_strangers_brought_are_no_second_account_of_the_bringer():
    assert rules.own_second_account([pair(*ids(2), by=new_id(), other_by=new_id())]) == []


def test_two_pairs_of_one_recommender_are_found():
    bringer = new_id()
    seen = [pair(*ids(2), by=bringer, other_by=bringer) for _ in range(2)]
    (found,) = rules.second_accounts(seen, LIMITS)
    assert (found.subject_id, found.figures, len(found.parties)) == (bringer, {"pairs": 2}, 4)


def test_one_pair_or_pairs_of_different_recommenders_are_not_enough():
    bringer, other = ids(2)
    one = pair(*ids(2), by=bringer, other_by=bringer)
    crossing = pair(*ids(2), by=bringer, other_by=other)
    elsewhere = pair(*ids(2), by=other, other_by=other)
    assert rules.second_accounts([one, crossing, elsewhere], LIMITS) == []


def test_three_of_one_tree_with_one_card_are_found():
    owner, one, other, top = ids(4)
    seen = [pair(one, owner, "card"), pair(other, owner, "card")]
    (found,) = rules.one_card(seen, dict.fromkeys((owner, one, other), top), LIMITS)
    assert set(found.parties) == {owner, one, other}
    assert found.figures == {"members": 3, "top": str(top)}


def test_a_couple_with_one_card_or_members_of_two_trees_are_no_ring():
    owner, one, other, top = ids(4)
    tops = dict.fromkeys((owner, one, other), top)
    assert rules.one_card([pair(one, owner, "card")], tops, LIMITS) == []
    seen = [pair(one, owner, "card"), pair(other, owner, "card")]
    assert rules.one_card(seen, tops | {other: new_id()}, LIMITS) == []
    by_phone = [pair(one, owner, "phone"), pair(other, owner, "phone")]
    assert rules.one_card(by_phone, tops, LIMITS) == []


@pytest.mark.parametrize("size", [2, 3, 7])
def test_shops_that_buy_at_each_other_in_a_circle_are_found(size):
    shops = sorted(ids(size))
    person = new_id()
    spent = {(shops[n], shops[(n + 1) % size]): 1_000 for n in range(size)}
    (found,) = rules.mutual_buying(spent, {shops[0]: [person]}, LIMITS)
    assert found.parties == (*shops, person)
    assert found.figures["amount_fen"] == 1_000 * size


def test_a_chain_that_does_not_close_or_small_amounts_are_no_circle():
    a, b, c = ids(3)
    assert rules.mutual_buying({(a, b): 9_000, (b, c): 9_000}, {}, LIMITS) == []
    assert rules.mutual_buying({(a, b): 9_000, (b, a): 999}, {}, LIMITS) == []
    assert rules.mutual_buying({(a, a): 9_000}, {}, LIMITS) == []


def test_two_circles_are_two_findings():
    a, b, c, d = ids(4)
    spent = {(a, b): 1_000, (b, a): 1_000, (c, d): 1_000, (d, c): 1_000, (a, c): 5_000}
    found = rules.mutual_buying(spent, {}, LIMITS)
    assert {frozenset(each.parties) for each in found} == {frozenset({a, b}), frozenset({c, d})}


@pytest.mark.parametrize("rule", sorted(wording.TITLES))
def test_every_rule_says_what_it_saw_in_both_languages(rule):
    figures = {"members": 5, "minutes": 10, "amount_fen": 123_456, "days": 7, "pairs": 2}
    figures |= {"merchants": 3, "same": "card"}
    zh, en = wording.sentence(rules.Finding(rule, "member", new_id(), (), figures))
    assert "None" not in zh + en
    assert zh.endswith("。")
    assert en.endswith(".")
