"""A person is one member, through whichever door and however often they come."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction, read
from app.core.world import bucket_of, now
from app.members import service
from tests.members.people import MINI_PROGRAM, OFFICIAL_ACCOUNT, by_store, register, stranger

pytestmark = pytest.mark.usefixtures("context")


def in_parallel(app, count, work):
    start = threading.Barrier(count)

    def one(number):
        with app.app_context():
            start.wait(30)
            try:
                return work(number)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_a_stranger_becomes_a_member_once():
    openid = stranger()
    first, second = register(openid), register(openid)
    assert first.is_new
    assert not second.is_new
    assert second.member_id == first.member_id
    assert service.member_of(OFFICIAL_ACCOUNT, openid) == first.member_id


def test_64_parallel_registrations_of_one_person_make_one_member(app):
    openid, introduction = stranger(), by_store()
    found = in_parallel(app, 64, lambda number: register(openid, introduction))
    assert len({registered.member_id for registered in found}) == 1
    assert sum(registered.is_new for registered in found) == 1
    assert sum(registered.is_newly_bound for registered in found) == 1
    member_id = found[0].member_id
    count = text("SELECT count(*) FROM members_member WHERE id = :id")
    assert read(count, {"id": member_id})[0][0] == 1


def test_both_doors_at_once_with_one_unionid_make_one_member(app):
    unionid = f"u{stranger()}"
    people = [(OFFICIAL_ACCOUNT, stranger()), (MINI_PROGRAM, stranger())]

    def come(number):
        app_id, openid = people[number % 2]
        return register(openid, app_id=app_id, unionid=unionid)

    found = in_parallel(app, 32, come)
    assert len({registered.member_id for registered in found}) == 1
    assert sum(registered.is_new for registered in found) == 1


def test_one_person_of_two_apps_is_one_member_when_the_unionid_is_known():
    unionid, follower, visitor = f"u{stranger()}", stranger(), stranger()
    first = register(follower, unionid=unionid)
    second = register(visitor, app_id=MINI_PROGRAM, unionid=unionid)
    assert second.member_id == first.member_id
    assert not second.is_new
    assert service.openid_of(first.member_id, MINI_PROGRAM) == visitor
    assert service.openid_of(first.member_id, OFFICIAL_ACCOUNT) == follower


def test_the_same_openid_text_in_another_app_is_another_person():
    openid = stranger()
    assert register(openid).member_id != register(openid, app_id=MINI_PROGRAM).member_id


def test_the_bucket_is_part_of_the_member_id():
    member_id = register().member_id
    row = read(text("SELECT bucket FROM members_member WHERE id = :id"), {"id": member_id})[0]
    assert row.bucket == bucket_of(member_id)


def test_openid_and_unionid_are_not_readable_in_the_database():
    openid, unionid = stranger(), f"u{stranger()}"
    member_id = register(openid, unionid=unionid).member_id
    for table, column in (("members_identity", "member_id"), ("members_union", "member_id")):
        rows = read(text(f"SELECT * FROM {table} WHERE {column} = :id"), {"id": member_id})
        assert rows
        assert openid not in repr(rows)
        assert unionid not in repr(rows)


def follow(openid, at):
    member_id = service.member_of(OFFICIAL_ACCOUNT, openid)
    return in_transaction(lambda: service.note_follow(member_id, OFFICIAL_ACCOUNT, openid, at))


def unfollow(openid, at):
    return in_transaction(lambda: service.note_unfollow(OFFICIAL_ACCOUNT, openid, at))


def test_unfollowing_deletes_the_openid_and_coming_back_finds_the_same_member():
    openid, moment = stranger(), now()
    member_id = register(openid, by_store()).member_id
    follow(openid, moment)
    bound = service.binding(member_id)
    assert unfollow(openid, moment + timedelta(seconds=5)) == member_id
    assert service.profile(member_id).state == "unfollowed"
    assert service.openid_of(member_id, OFFICIAL_ACCOUNT) is None
    kept = read(text("SELECT * FROM members_identity WHERE member_id = :i"), {"i": member_id})
    assert [row.openid for row in kept] == [None]

    later = moment + timedelta(seconds=8)
    back = in_transaction(
        lambda: service.register(OFFICIAL_ACCOUNT, openid, None, "follow", by_store(), later)
    )
    assert (back.member_id, back.is_new, back.is_newly_bound) == (member_id, False, False)
    assert back.refusal == "already_bound"
    assert follow(openid, moment + timedelta(seconds=9)) is True
    assert service.profile(member_id).state == "following"
    assert service.openid_of(member_id, OFFICIAL_ACCOUNT) == openid
    assert service.binding(member_id) == bound


def test_a_late_unfollow_does_not_undo_a_newer_follow():
    openid, moment = stranger(), now()
    member_id = register(openid).member_id
    follow(openid, moment)
    unfollow(openid, moment - timedelta(seconds=60))
    assert service.profile(member_id).state == "following"
    assert service.openid_of(member_id, OFFICIAL_ACCOUNT) == openid


def test_a_letter_from_before_somebody_left_does_not_bring_their_openid_back():
    openid, moment = stranger(), now()
    member_id = register(openid).member_id
    follow(openid, moment)
    unfollow(openid, moment + timedelta(seconds=60))
    late = moment + timedelta(seconds=30)
    in_transaction(lambda: service.register(OFFICIAL_ACCOUNT, openid, None, "scan", None, late))
    assert follow(openid, late) is False
    assert service.profile(member_id).state == "unfollowed"
    assert service.openid_of(member_id, OFFICIAL_ACCOUNT) is None


def test_unfollowing_of_somebody_unknown_changes_nothing():
    openid = stranger()
    assert unfollow(openid, now()) is None
    assert service.member_of(OFFICIAL_ACCOUNT, openid) is None


def test_a_unit_that_fails_leaves_no_member():
    openid = stranger()

    def work():
        service.register(OFFICIAL_ACCOUNT, openid, None, "follow", by_store(), now())
        raise RuntimeError("the rest of the unit failed")

    with pytest.raises(RuntimeError):
        in_transaction(work)
    assert service.member_of(OFFICIAL_ACCOUNT, openid) is None
    assert register(openid).is_new
