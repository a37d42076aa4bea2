"""Near stores: sent places are answered and not kept, reported ones only where it was wanted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.core.auth import Principal, open_session
from app.core.db import db, in_transaction, read
from app.core.world import new_id, now
from app.notices import places
from tests.alliance import shop as world
from tests.notices.people import words_of

pytestmark = pytest.mark.usefixtures("context")
WEST_LAKE = {"Latitude": "30.24356", "Longitude": "120.15512", "Precision": "40"}


def operator():
    caller = Principal("staff", new_id(), frozenset({"operator"}))
    return {"Authorization": f"Bearer {in_transaction(lambda: open_session(caller)).token}"}


def kept(member_id):
    found = text("SELECT latitude, longitude FROM notices_place WHERE member_id = :m")
    return [tuple(row) for row in read(found, {"m": member_id})]


@pytest.fixture
def shops(client):
    """Three stores on the map, called by their distance, and one that is not on it."""
    in_transaction(lambda: db.session.execute(text("UPDATE alliance_store SET latitude = NULL")))
    merchant_id, who = world.merchant(), operator()
    found = {}
    for name, north in (("远店", 30.45), ("近店", 30.244), ("中店", 30.26), ("外地店", 39.9)):
        found[name] = world.store(merchant_id, name)
        place = {"latitude": north, "longitude": 120.155}
        answer = client.put(f"/api/v1/stores/{found[name]}/place", json=place, headers=who)
        assert answer.status_code == 200, answer.json
    world.store(merchant_id, "无址店")
    return found


@pytest.fixture
def someone(writer):
    one = writer()
    one.causes("subscribe")
    return one


def test_a_sent_place_is_answered_with_the_nearest_stores_and_not_kept(someone, shops):
    reply = someone.sends(
        "location", Location_X="30.24356", Location_Y="120.15512", Scale="16", Label="西湖"
    )
    card = reply["Articles"]["item"]
    assert card["Title"].startswith("离您最近：近店")
    lines = [line for line in card["Description"].split("\n") if line.startswith("·")]
    assert [line[2:4] for line in lines] == ["近店", "中店", "远店"]
    assert "约 " in lines[0]
    assert "米" in lines[0]
    assert "公里" in lines[2]
    assert kept(someone.member_id) == []
    bodies = text("SELECT count(*) FROM wechat_notice WHERE openid = :o AND body IS NOT NULL")
    follow_only = read(bodies, {"o": someone.openid})[0][0]
    assert follow_only == 1


def test_a_reported_place_is_dropped_without_consent(someone, shops):
    assert someone.causes("LOCATION", **WEST_LAKE) == {}
    assert kept(someone.member_id) == []
    answer = someone.writes("附近门店")
    assert "近店" in answer
    assert "约" not in answer
    assert "开启定位" in answer


def test_with_consent_a_place_is_kept_coarse_and_answered_once(someone, shops):
    assert "已开启定位" in someone.writes("开启定位")
    assert "近店" in words_of(someone.causes("LOCATION", **WEST_LAKE))
    assert kept(someone.member_id) == [(Decimal("30.24"), Decimal("120.16"))]
    later = int(now().timestamp()) + 5
    assert someone.causes("LOCATION", **WEST_LAKE, CreateTime=later) == {}
    assert "公里" in someone.writes("附近")
    bodies = text(
        "SELECT count(*) FROM wechat_notice WHERE openid = :o AND event = 'location'"
        " AND body IS NOT NULL"
    )
    assert read(bodies, {"o": someone.openid})[0][0] == 0


def test_a_place_is_deleted_when_its_time_is_over_and_when_wished(someone, shops):
    someone.writes("开启定位")
    someone.causes("LOCATION", **WEST_LAKE)
    earlier = text("UPDATE notices_place SET kept_until = kept_until - :keep WHERE member_id = :m")
    passed = {"keep": places.KEEP + timedelta(seconds=1), "m": someone.member_id}
    in_transaction(lambda: db.session.execute(earlier, passed))
    assert in_transaction(lambda: places.of(someone.member_id)) is None
    assert places.clear_old() == 1
    assert kept(someone.member_id) == [(None, None)]
    assert "已关闭定位" in someone.writes("关闭定位")
    assert kept(someone.member_id) == []


@pytest.mark.parametrize("latitude", ["", "nan", "91", "x", "inf"])
def test_a_place_that_is_none_is_no_place(someone, latitude):
    someone.writes("开启定位")
    assert someone.causes("LOCATION", Latitude=latitude, Longitude="120") == {}
    answer = someone.sends("location", Location_X=latitude, Location_Y="120")
    assert "已收到您的位置" in answer["Content"]
    assert kept(someone.member_id) == [(None, None)]


def test_far_from_every_store_the_chat_says_so(someone, shops):
    answer = someone.sends("location", Location_X="-45", Location_Y="10")
    assert "附近暂时没有联盟门店" in answer["Content"]


@pytest.mark.parametrize(
    "place", [{}, {"latitude": 91, "longitude": 0}, {"latitude": 1, "longitude": "x"}]
)
def test_a_store_is_put_only_where_there_is_a_place(client, place):
    store_id = world.store(world.merchant())
    answer = client.put(f"/api/v1/stores/{store_id}/place", json=place, headers=operator())
    assert answer.status_code == 422
    unknown = {"latitude": 1.0, "longitude": 1.0}
    answer = client.put(f"/api/v1/stores/{new_id()}/place", json=unknown, headers=operator())
    assert (answer.status_code, answer.json["code"]) == (404, "store_unknown")
