"""A unionid that comes late is learned with few calls, and brings two members together."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.world import now
from app.members import asking_again, jobs, service
from tests.members.people import MINI_PROGRAM, OFFICIAL_ACCOUNT, register, stranger
from tests.members.test_jobs import merge_all
from tests.members.test_merging import agree
from tests.wechat.api_desk import refusal
from tests.wechat.conftest import api

__all__ = ["api"]
pytestmark = pytest.mark.usefixtures("context")
BATCH = "/cgi-bin/user/info/batchget"
ONE = "/cgi-bin/user/info"


@pytest.fixture(autouse=True)
def nobody_due(context):
    """Followers and letters of other tests are none of this test's."""
    told = "UPDATE members_identity SET asked_at = now(), unionid_at = now()"
    read_all = "DELETE FROM core_outbox WHERE reader = 'members.ask_again'"
    for statement in (told, read_all):
        in_transaction(lambda statement=statement: db.session.execute(text(statement)))


def asked_long_ago(*openids):
    """Registered followers of whom WeChat told nothing a while ago."""
    for openid in openids:
        register(openid)
    past = now() - timedelta(days=settings().unionid_ask_again_days + 1)
    change = text("UPDATE members_identity SET asked_at = :past WHERE unionid_at IS NULL")
    in_transaction(lambda: db.session.execute(change, {"past": past}))


def letters():
    found = text("SELECT payload FROM core_outbox WHERE reader = 'members.ask_again' ORDER BY id")
    return [row.payload for row in read(found)]


def untold_count():
    return read(text("SELECT count(*) FROM members_identity WHERE unionid_at IS NULL"))[0][0]


def people(*openids, unionid=None):
    union = {"unionid": unionid} if unionid else {}
    return {"user_info_list": [{"openid": each, "subscribe": 1} | union for each in openids]}


def test_a_follower_who_gets_a_unionid_later_becomes_one_with_the_visitor_they_are(sandbox):
    phone = sandbox.control("/phones", {"unionid": False})
    sandbox.fault("drop", match="push:subscribe")
    sandbox.act(phone, "follow")
    follower = register(phone["openid"]).member_id
    assert jobs.acquaint_followers() == 1
    phone = sandbox.control(f"/phones/{phone['id']}/unionid")
    visitor = register(phone["mini_openid"], app_id=MINI_PROGRAM, unionid=phone["unionid"])
    assert visitor.member_id != follower
    assert asking_again.look() == 0  # it was asked just now
    asked_long_ago()
    assert asking_again.look() == 1
    asking_again.ask_again(letters()[0])
    with service.merging.connected_to(agree):
        merge_all()
    assert service.member_of(OFFICIAL_ACCOUNT, phone["openid"]) == follower
    assert service.member_of(MINI_PROGRAM, phone["mini_openid"]) == follower
    assert asking_again.look() == 0


def test_a_hundred_are_asked_for_in_one_call_and_each_once(api):
    openids = [stranger() for _ in range(101)]
    asked_long_ago(*openids)
    assert asking_again.look() == 101
    assert asking_again.look() == 0
    api.answers[BATCH] = lambda asked: people(*(one["openid"] for one in asked.body["user_list"]))
    for letter in letters():
        asking_again.ask_again(letter)
    calls = [len(asked.body["user_list"]) for asked in api.of(BATCH)]
    assert sorted(calls) == [1, 100]
    assert api.of(ONE) == []
    assert untold_count() == 101  # still without one: asked again in a month


def test_who_is_known_by_now_costs_no_call(api):
    openid = stranger()
    asked_long_ago(openid)
    asking_again.look()
    register(openid, unionid=f"u{stranger()}")
    asking_again.ask_again(letters()[0])
    assert api.of(BATCH) == []


def test_an_openid_that_is_not_the_accounts_keeps_nobody_else_from_being_asked_for(api):
    gone, other = stranger(), stranger()
    asked_long_ago(gone, other)
    asking_again.look()
    api.answers[BATCH] = refusal(40003)
    api.answers[ONE] = lambda asked: (
        refusal(40003)
        if asked.query["openid"] == gone
        else people(other, unionid="a late one")["user_info_list"][0]
    )
    asking_again.ask_again(letters()[0])
    assert untold_count() == 1
    found = register(stranger(), app_id=MINI_PROGRAM, unionid="a late one")
    assert found.member_id == service.member_of(OFFICIAL_ACCOUNT, other)


def test_a_limit_that_is_reached_is_waited_for_and_nothing_is_lost(api):
    asked_long_ago(stranger())
    asking_again.look()
    api.answers[BATCH] = refusal(45009)
    with pytest.raises(outbox.TryLater) as later:
        asking_again.ask_again(letters()[0])
    assert 0 < later.value.seconds <= 24 * 3600
    assert untold_count() == 1
