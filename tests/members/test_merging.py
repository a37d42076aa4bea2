"""Two members who turn out to be one person become one, or wait visibly for staff."""

import pytest
from blinker import ANY
from sqlalchemy import text

from app.core.db import in_transaction, read
from app.members import service
from app.members.identities import union_key
from app.members.reviews import mark_same_person
from tests.members.people import (
    MINI_PROGRAM,
    OFFICIAL_ACCOUNT,
    by_member,
    by_store,
    member,
    register,
    signed_in,
    stranger,
)

pytestmark = pytest.mark.usefixtures("context")


def agree(sender, *, survivor_id, absorbed_id, had_past):
    """A room that keeps nothing for the absorbed member."""


def refuse(sender, *, survivor_id, absorbed_id, had_past):
    raise service.CannotMerge("there is money")


def merge(one, other):
    return in_transaction(lambda: service.merge(one, other))


def test_the_later_member_becomes_the_earlier_one(client):
    visitor, follower = stranger(), stranger()
    earlier = register(visitor, app_id=MINI_PROGRAM).member_id
    later = register(follower, by_store()).member_id
    headers = signed_in(later)
    with service.merging.connected_to(agree):
        assert merge(later, earlier) == earlier
    assert service.member_of(OFFICIAL_ACCOUNT, follower) == earlier
    assert service.openid_of(earlier, OFFICIAL_ACCOUNT) == follower
    assert register(follower).member_id == earlier
    assert service.binding(earlier).home_store_id == service.binding(later).home_store_id
    assert client.get("/api/v1/me", headers=headers).json["member_id"] == str(earlier)


def test_the_earlier_members_binding_stays():
    earlier = register(app_id=MINI_PROGRAM, introduction=by_store())
    later = register(introduction=by_store()).member_id
    with service.merging.connected_to(agree):
        merge(earlier.member_id, later)
    assert service.binding(earlier.member_id) == earlier.binding


def test_the_code_of_an_absorbed_member_brings_people_to_the_one_who_stayed():
    earlier, later = member(), member()
    with service.merging.connected_to(agree):
        merge(earlier, later)
    assert register(introduction=by_member(later)).binding.recommender_id == earlier


def test_a_recommendation_between_the_two_is_no_self_binding():
    earlier = member()
    later = register(introduction=by_member(earlier)).member_id
    with service.merging.connected_to(agree):
        assert merge(earlier, later) == earlier
    assert service.binding(earlier) is None


def stay_two(earlier, later):
    """Tries to merge and says that it was refused and changed nothing but the mark for staff."""
    before = service.same_person_count()
    with pytest.raises(service.CannotMerge):
        merge(earlier, later)
    assert service.binding(earlier) is None
    in_transaction(lambda: mark_same_person(earlier, later))
    assert service.same_person_count() == before + 1


def test_members_stay_two_where_a_room_refuses():
    follower = stranger()
    earlier, later = member(), register(follower, by_store()).member_id
    with service.merging.connected_to(refuse):
        stay_two(earlier, later)
    assert service.member_of(OFFICIAL_ACCOUNT, follower) == later


def test_members_stay_two_where_both_have_brought_somebody():
    earlier, later = member(), member()
    register(introduction=by_member(earlier))
    register(introduction=by_member(later))
    stay_two(earlier, later)


def test_the_earlier_one_is_absorbed_if_only_the_later_has_brought_somebody():
    earlier, later = member(), member()
    register(introduction=by_member(later))
    assert merge(earlier, later) == later
    assert service.today(earlier) == later


def test_members_stay_two_while_no_room_answers_for_their_money():
    earlier, later = member(), member()
    others = list(service.past_asked.receivers_for(ANY))
    for other in others:
        service.past_asked.disconnect(other)
    try:
        stay_two(earlier, later)
    finally:
        for other in others:
            service.past_asked.connect(other)


def test_a_unionid_that_appears_later_is_reported_with_the_two_members():
    unionid, follower = f"u{stranger()}", stranger()
    earlier = register(app_id=MINI_PROGRAM, unionid=unionid).member_id
    later = register(follower).member_id
    again = register(follower, unionid=unionid)
    assert again.member_id == later
    waiting = text("SELECT payload FROM core_outbox WHERE reader = 'members.merge_same_person'")
    payloads = [row.payload for row in read(waiting)]
    proof = {"kind": "unionid", "key": union_key(unionid).hex()}
    assert {"member_id": str(later), "other_id": str(earlier), "proof": proof} in payloads
