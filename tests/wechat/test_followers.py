"""Who follows the official account."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.world import now
from app.wechat import client
from tests.wechat.api_desk import ApiDesk
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
PAGE = "/cgi-bin/user/get"


def test_a_follower_tells_unionid_moment_and_code(sandbox: Sandbox) -> None:
    phone, stranger = sandbox.phone(), sandbox.phone()
    sandbox.act(phone, "follow", scene="S1")
    found = client.follower(phone["openid"])
    assert (found.openid, found.unionid) == (phone["openid"], phone["unionid"])
    assert found.is_following
    assert found.followed_at is not None
    assert abs(found.followed_at - now()) < timedelta(minutes=1)
    nobody = client.follower(stranger["openid"])
    assert not nobody.is_following
    assert nobody.unionid is None
    with pytest.raises(client.PersonUnknown):
        client.follower("o-of-another-account")


def test_a_hundred_people_are_asked_for_at_once(sandbox: Sandbox) -> None:
    phones = [sandbox.phone() for _ in range(3)]
    sandbox.act(phones[0], "follow")
    found = client.followers([phone["openid"] for phone in phones])
    assert [one.is_following for one in found] == [True, False, False]
    for wrong in ([], ["o1"] * 101):
        with pytest.raises(ValueError):
            client.followers(wrong)


def test_all_followers_come_in_pages(api: ApiDesk) -> None:
    pages = {
        None: {"total": 3, "count": 2, "data": {"openid": ["o1", "o2"]}, "next_openid": "o2"},
        "o2": {"total": 3, "count": 1, "data": {"openid": ["o3"]}, "next_openid": "o3"},
        "o3": {"total": 3, "count": 0, "next_openid": ""},
    }
    api.answers[PAGE] = lambda asked: pages[asked.query.get("next_openid")]
    seen, after = [], None
    while True:
        page = client.follower_page(after)
        assert page.total == 3
        seen += page.openids
        after = page.next_openid
        if after is None:
            break
    assert seen == ["o1", "o2", "o3"]
    assert len(api.of(PAGE)) == 3


def test_no_follower_is_an_empty_page(sandbox: Sandbox) -> None:
    assert client.follower_page() == client.FollowerPage(0, (), None)
