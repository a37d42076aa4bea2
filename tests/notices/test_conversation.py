"""The chat of the official account, over the real callback: what people do and are answered."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.core import outbox
from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.world import PLATFORM_ID, new_id
from app.ledger.service import Account
from app.members import service as members
from app.notices.conversation import answer as answer_to
from app.qr import service as qr
from app.wechat.envelope import read_message
from tests.alliance import shop as world
from tests.notices.posts import remaining

pytestmark = pytest.mark.usefixtures("context")


def scene_of(kind, subject_id):
    return in_transaction(lambda: qr.issue(kind, subject_id))


def experience(member_id):
    return world.balance(member_id, Account.EXPERIENCE)


def test_following_by_a_stores_code_makes_a_member_at_once(person, funded):
    noodles, someone = world.shop(), person()
    answer = someone.does("follow", scene=scene_of("S", noodles.store_id))
    assert "欢迎加入联惠" in answer
    assert "邀请您的门店：「南门店」" in answer
    assert "已送您 ¥20.00 体验金" in answer
    assert "下一步" in answer
    bound = members.binding(someone.member_id)
    assert (bound.recommender_kind, bound.home_store_id) == ("merchant", noodles.store_id)
    assert experience(someone.member_id) == 2_000
    assert members.profile(someone.member_id).state == "following"


def test_following_by_a_friends_code_names_no_friend(person, funded):
    noodles = world.shop()
    friend = world.member(world.brought_by_store(noodles))
    someone = person()
    answer = someone.does("follow", scene=scene_of("M", friend))
    assert "您由好友邀请加入，您的归属门店是「南门店」" in answer
    assert str(friend) not in answer
    assert members.binding(someone.member_id).recommender_id == friend


def test_a_plain_follow_is_welcomed_too(person, funded):
    someone = person()
    answer = someone.does("follow")
    assert "欢迎加入联惠" in answer
    assert "二维码已失效" not in answer
    assert members.binding(someone.member_id).recommender_kind == "platform"


@pytest.mark.parametrize("scene", ["nonsense", "S" + "0" * 30, "M" + "z" * 30])
def test_an_unknown_code_is_said_kindly_and_does_not_keep_anybody_out(person, funded, scene):
    someone = person()
    answer = someone.does("follow", scene=scene)
    assert "欢迎加入联惠" in answer
    assert "失效或无法识别，不影响您成为会员" in answer
    assert experience(someone.member_id) == 2_000
    assert members.binding(someone.member_id).recommender_kind == "platform"


def test_a_fund_without_money_promises_nothing(person, monkeypatch):
    monkeypatch.setattr(settings(), "experience_grant_fen", 9_999_999_999)
    someone = person()
    answer = someone.does("follow")
    assert "体验金已发完" in answer
    assert "已送您" not in answer
    assert experience(someone.member_id) == 0


def test_coming_back_neither_grants_nor_binds_again(person, funded):
    first, second, someone = world.shop(), world.shop(), person()
    someone.does("follow", scene=scene_of("S", first.store_id))
    member_id, bound = someone.member_id, members.binding(someone.member_id)
    assert someone.does("unfollow") == ""
    assert members.openid_of(member_id, settings().wechat_oa_app_id) is None
    assert members.profile(member_id).state == "unfollowed"
    answer = someone.does("follow", scene=scene_of("S", second.store_id))
    assert "欢迎回来" in answer
    assert "体验金" not in answer
    assert someone.member_id == member_id
    assert members.binding(member_id) == bound
    assert experience(member_id) == 2_000
    assert members.openid_of(member_id, settings().wechat_oa_app_id) == someone.phone["openid"]


def test_leaving_clears_what_the_inbox_held_of_the_person(person):
    someone = person()
    someone.does("follow")
    someone.does("text", content="你好")
    someone.does("unfollow")
    kept = text("SELECT count(*) FROM wechat_notice WHERE openid = :openid")
    assert read(kept, {"openid": someone.phone["openid"]})[0][0] == 0


def test_a_repeated_push_gets_the_same_answer_and_grants_once(person, funded, sandbox):
    someone = person()
    someone.does("follow")
    replayed = sandbox.control("/push/replay")
    assert replayed["attempt"]["status"] == 200
    assert experience(someone.member_id) == 2_000


def test_the_welcome_is_on_record_and_not_sent_again(person, funded):
    someone = person()
    someone.does("follow")
    found = text("SELECT state, door FROM notices_notice WHERE event = :event")
    event = {"event": f"member.joined:{someone.member_id}"}
    before = len(someone.answers())
    while outbox.work_off():
        pass
    assert [tuple(row) for row in read(found, event)] == [("sent", "reply")]
    assert len(someone.answers()) == before


def test_a_member_who_scans_a_store_learns_where_they_are(person, funded):
    noodles, other, someone = world.shop(), world.shop(), person()
    someone.does("follow", scene=scene_of("S", noodles.store_id))
    bound = members.binding(someone.member_id)
    assert "您正在「南门店」（您的归属门店）" in someone.scans(scene_of("S", noodles.store_id))
    answer = someone.scans(scene_of("S", other.store_id))
    assert "您正在「南门店」。" in answer
    assert members.binding(someone.member_id) == bound


def test_scanning_ones_own_a_friends_and_an_unknown_code(person):
    someone = person()
    someone.does("follow")
    assert "您自己的二维码" in someone.scans(scene_of("M", someone.member_id))
    assert "推荐关系不会改变" in someone.scans(scene_of("M", world.member()))
    assert "推荐关系不会改变" in someone.scans(scene_of("O", PLATFORM_ID))
    assert "已失效或无法识别" in someone.scans("nonsense")


def test_commands_and_menu_answer_alike(person, funded):
    someone = person()
    someone.does("follow")
    world.give(someone.member_id, Account.PREPAID_PRINCIPAL, 12_345)
    balance = someone.does("text", content=" 余额 ")
    assert "储值 ¥123.45" in balance
    assert "体验金 ¥20.00" in balance
    assert someone.does("menu", key="BALANCE") == balance
    help_text = someone.does("text", content="帮助")
    assert "回复「余额」" in help_text
    assert someone.does("text", content="在吗?") == help_text
    assert someone.does("menu", key="no such key") == help_text


def test_what_people_do_opens_windows(person):
    someone = person()
    someone.does("follow")
    assert remaining(someone.member_id, "follow") == 3
    someone.does("text", content="余额")
    assert remaining(someone.member_id, "message") == 5
    someone.does("menu", key="HELP")
    assert remaining(someone.member_id, "menu") == 3
    someone.does("unfollow")
    assert remaining(someone.member_id, "message") is None


def test_a_follower_from_before_our_time_becomes_a_member_by_writing(person, sandbox, funded):
    someone = person()
    sandbox.fault("drop", match="push:subscribe")
    someone.does("follow")
    assert someone.member_id is None
    assert "欢迎加入联惠" in someone.does("text", content="你好")
    assert experience(someone.member_id) == 2_000


def test_the_same_person_through_both_doors_is_one_member(person, client, sandbox, funded):
    someone = person()
    someone.does("follow")
    code = sandbox.act(someone.phone, "login")["code"]
    session = client.post("/api/v1/sessions", json={"code": code})
    assert session.status_code == 201, session.json
    assert session.json["member_id"] == str(someone.member_id)
    assert session.json["is_new"] is False
    assert experience(someone.member_id) == 2_000


def test_many_followers_at_once_are_all_welcomed(person, funded):
    people = [person() for _ in range(12)]
    start = threading.Barrier(12)
    scene = scene_of("S", world.shop().store_id)

    def follow(someone):
        start.wait(30)
        someone.sandbox.act(someone.phone, "follow", scene=scene)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(follow, people))
    assert all("欢迎加入联惠" in someone.answers()[0] for someone in people)
    assert {experience(someone.member_id) for someone in people} == {2_000}


def test_pushes_of_the_mini_program_are_not_answered(context):
    fields = {
        "MsgType": "event",
        "Event": "subscribe",
        "FromUserName": f"o{new_id().hex[:27]}",
        "ToUserName": "gh_x",
        "CreateTime": "1",
    }
    message = read_message(fields, settings().wechat_mini_app_id)
    assert answer_to(message) is None
    unknown = replace(message, app_id=settings().wechat_oa_app_id, event="user_info_modified")
    assert answer_to(unknown) is None


def test_a_visitor_of_the_mini_program_who_follows_later_stays_one_member(
    person, client, sandbox, funded
):
    someone = person()
    code = sandbox.act(someone.phone, "login")["code"]
    visitor = client.post("/api/v1/sessions", json={"code": code}).json
    assert visitor["experience_fen"] == 2_000
    fund = world.balance(PLATFORM_ID, Account.CAMPAIGN_FUND)
    someone.does("follow", scene=scene_of("S", world.shop().store_id))
    second = someone.member_id
    while outbox.work_off():
        pass
    assert str(second) != visitor["member_id"] == str(someone.member_id)
    assert experience(someone.member_id) == 2_000
    assert experience(second) == 0
    assert world.balance(PLATFORM_ID, Account.CAMPAIGN_FUND) == fund
    assert members.binding(someone.member_id).recommender_kind == "platform"
