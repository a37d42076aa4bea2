"""Recognising many at once: only those to whom nothing remains to be done."""

from datetime import timedelta

import pytest

from app.core.db import in_transaction
from app.core.world import now
from app.members import service
from app.members.service import Comer
from tests.members.people import OFFICIAL_ACCOUNT, by_store, register, stranger

pytestmark = pytest.mark.usefixtures("context")


def comer(openid, at=None, app_id=OFFICIAL_ACCOUNT):
    return Comer(app_id, openid, at or now())


def follower(openid, introduction=None):
    """Somebody who follows, brought by a store unless they are told to be brought by nobody."""
    made = register(openid, introduction or by_store())
    follow(made.member_id, openid)
    return made


def follow(member_id, openid, at=None):
    in_transaction(lambda: service.note_follow(member_id, OFFICIAL_ACCOUNT, openid, at or now()))


def leave(openid, at=None):
    in_transaction(lambda: service.note_unfollow(OFFICIAL_ACCOUNT, openid, at or now()))


def test_followers_who_are_bound_are_told_with_their_binding():
    people = [stranger() for _ in range(5)]
    bound = [follower(person).binding for person in people]
    found = service.settled([comer(person) for person in reversed(people)])
    assert found == list(reversed(bound))
    assert [each.member_id for each in found] == [each.member_id for each in reversed(bound)]


def test_everybody_else_is_left_to_be_received():
    visitor, unbound, gone, known = (stranger() for _ in range(4))
    register(visitor, by_store())
    follow(register(unbound).member_id, unbound)
    follower(gone)
    leave(gone)
    follower(known)
    others = [comer(person) for person in (stranger(), visitor, unbound, gone)]
    others.append(comer(known, app_id="wxanother"))
    assert service.settled(others) == [None] * 5


def test_an_event_from_before_somebody_left_finds_them_gone_for_good():
    person, moment = stranger(), now()
    follower(person)
    leave(person, moment + timedelta(seconds=60))
    assert service.settled([comer(person, moment)]) == [None]


def test_one_who_came_back_is_known_again():
    person = stranger()
    made = follower(person)
    leave(person)
    follow(made.member_id, person)
    assert service.settled([comer(person)]) == [made.binding]


def test_the_same_person_twice_is_told_twice_and_nobody_is_nobody():
    person = stranger()
    made = follower(person)
    assert service.settled([comer(person), comer(person)]) == [made.binding] * 2
    assert service.settled([]) == []
