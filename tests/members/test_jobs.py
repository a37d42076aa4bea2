"""What WeChat tells about followers afterwards, and whom that brings together."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.world import now
from app.members import jobs, service
from app.wechat import client as wechat
from tests.members.people import MINI_PROGRAM, OFFICIAL_ACCOUNT, register, stranger
from tests.members.test_merging import agree, refuse

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def phone(sandbox):
    """A follower whose follow never reached us: registered by the test itself."""

    def make():
        sandbox.fault("drop", match="push:subscribe")
        made = sandbox.phone()
        sandbox.act(made, "follow")
        return made

    return make


@pytest.fixture(autouse=True)
def all_asked(context):
    """Followers of other tests are none of this test's."""
    from app.core.db import db

    asked = text("UPDATE members_identity SET asked_at = now() WHERE asked_at IS NULL")
    in_transaction(lambda: db.session.execute(asked))


def asked_at(openid):
    found = text("SELECT asked_at FROM members_identity WHERE member_id = :m AND app_id = :a")
    member_id = service.member_of(OFFICIAL_ACCOUNT, openid)
    return read(found, {"m": member_id, "a": OFFICIAL_ACCOUNT})[0][0]


def merge_all():
    waiting = text("SELECT payload FROM core_outbox WHERE reader = 'members.merge_same_person'")
    for row in read(waiting):
        jobs.merge_same_person(row.payload)


def test_a_followers_unionid_is_asked_for_once(phone):
    follower = phone()
    member_id = register(follower["openid"]).member_id
    assert jobs.acquaint_followers() == 1
    assert jobs.acquaint_followers() == 0
    visitor = register(follower["mini_openid"], app_id=MINI_PROGRAM, unionid=follower["unionid"])
    assert (visitor.member_id, visitor.is_new) == (member_id, False)


def test_a_newcomer_with_a_unionid_is_recognised_before_they_are_registered(phone):
    follower = phone()
    member_id = register(follower["openid"]).member_id
    service.recognise(MINI_PROGRAM, follower["mini_openid"], follower["unionid"])
    found = register(follower["mini_openid"], app_id=MINI_PROGRAM, unionid=follower["unionid"])
    assert found.member_id == member_id


def test_who_is_known_costs_no_question(phone):
    follower = phone()
    register(follower["openid"])
    visitor = stranger()
    register(visitor, app_id=MINI_PROGRAM)
    service.recognise(MINI_PROGRAM, visitor, "some unionid")
    assert asked_at(follower["openid"]) is None


def test_while_wechat_is_away_nobody_is_kept_out(phone, monkeypatch):
    follower = phone()
    register(follower["openid"])
    monkeypatch.setattr(settings(), "wechat_api_base", "http://127.0.0.1:9")
    service.recognise(MINI_PROGRAM, stranger(), "some unionid")
    assert asked_at(follower["openid"]) is None
    with pytest.raises(wechat.WeChatUnavailable):
        jobs.ask_unionids({})


def test_an_openid_that_wechat_does_not_know_is_not_asked_for_again(sandbox):
    openid = stranger()
    register(openid)
    assert jobs.acquaint_followers() == 1
    assert asked_at(openid) is not None


def test_who_left_before_they_were_asked_for_is_asked_for_when_they_come_back(phone, sandbox):
    follower = phone()
    member_id, moment = register(follower["openid"]).member_id, now()
    sandbox.fault("drop", match="push:unsubscribe")
    sandbox.act(follower, "unfollow")
    jobs.acquaint_followers()  # WeChat tells no unionid of somebody who has left
    assert asked_at(follower["openid"]) is not None
    later = [moment + timedelta(seconds=each) for each in (1, 2)]
    in_transaction(lambda: service.note_unfollow(OFFICIAL_ACCOUNT, follower["openid"], later[0]))
    sandbox.fault("drop", match="push:subscribe")
    sandbox.act(follower, "follow")
    in_transaction(
        lambda: service.note_follow(member_id, OFFICIAL_ACCOUNT, follower["openid"], later[1])
    )
    service.recognise(MINI_PROGRAM, follower["mini_openid"], follower["unionid"])
    found = register(follower["mini_openid"], app_id=MINI_PROGRAM, unionid=follower["unionid"])
    assert (found.member_id, found.is_new) == (member_id, False)


def test_a_visitor_who_follows_later_becomes_one_member(phone):
    follower = phone()
    visitor = register(follower["mini_openid"], app_id=MINI_PROGRAM, unionid=follower["unionid"])
    second = register(follower["openid"])
    assert second.member_id != visitor.member_id
    jobs.acquaint_followers()
    with service.merging.connected_to(agree):
        merge_all()
    assert service.member_of(OFFICIAL_ACCOUNT, follower["openid"]) == visitor.member_id
    assert register(follower["openid"]).member_id == visitor.member_id


def test_one_person_of_three_apps_is_one_member_whichever_tells_last(phone):
    follower, former, before = phone(), "wxformermini000001", stranger()
    first = register(before, app_id=former).member_id  # told no unionid then
    register(follower["openid"])
    visitor = register(follower["mini_openid"], app_id=MINI_PROGRAM, unionid=follower["unionid"])
    assert len({first, visitor.member_id, service.member_of(*_account(follower))}) == 3
    jobs.acquaint_followers()
    register(before, app_id=former, unionid=follower["unionid"])
    with service.merging.connected_to(agree):
        merge_all()
        merge_all()
    openids = {
        former: before,
        MINI_PROGRAM: follower["mini_openid"],
        OFFICIAL_ACCOUNT: follower["openid"],
    }
    for app_id, openid in openids.items():
        assert service.member_of(app_id, openid) == first
        assert service.openid_of(first, app_id) == openid
        again = register(openid, app_id=app_id, unionid=follower["unionid"])
        assert (again.member_id, again.is_new) == (first, False)


def _account(follower):
    return OFFICIAL_ACCOUNT, follower["openid"]


def test_two_who_cannot_be_merged_wait_for_staff_and_may_be_tried_again(phone):
    follower = phone()
    visitor = register(follower["mini_openid"], app_id=MINI_PROGRAM, unionid=follower["unionid"])
    second = register(follower["openid"])
    jobs.acquaint_followers()
    waiting = service.same_person_count()
    with service.merging.connected_to(refuse):
        merge_all()
        merge_all()
    assert service.same_person_count() == waiting + 1
    assert service.member_of(OFFICIAL_ACCOUNT, follower["openid"]) == second.member_id
    with service.merging.connected_to(agree):
        merge_all()
    assert service.same_person_count() == waiting
    assert service.member_of(OFFICIAL_ACCOUNT, follower["openid"]) == visitor.member_id
