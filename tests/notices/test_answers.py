"""What the chat answers: the member's own numbers, cards, a person, and help where it must."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.core.config import settings
from app.core.db import in_transaction, read
from app.ledger.service import Account
from app.members import service as members
from app.notices import answers, cards, preferences
from app.notices.kinds import TERMS
from app.notices.rules import hours
from app.qr import service as qr
from app.wechat.client import Card
from tests.alliance import shop as world
from tests.notices.people import words_of
from tests.notices.posts import received

pytestmark = pytest.mark.usefixtures("context")
ALL_DAY, NEVER = "00:00-23:59", "00:00-00:00"


@pytest.fixture
def someone(writer, funded):
    """A follower with money in the purse and without, who has been welcomed."""
    one = writer()
    one.causes("subscribe")
    return one


def test_the_own_code_comes_as_a_card_with_its_picture(someone):
    reply = someone.sends("text", Content="我的二维码")
    scene = in_transaction(lambda: qr.issue("M", someone.member_id))
    card = reply["Articles"]["item"]
    assert (reply["MsgType"], card["Title"]) == ("news", "我的专属二维码")
    assert card["PicUrl"].endswith(f"/api/v1/codes/{scene}.png")
    assert card["Url"].endswith(f"/api/v1/codes/{scene}/poster.png")
    assert someone.causes("CLICK", EventKey="MY_CODE")["Articles"] == reply["Articles"]


def test_the_last_movements_are_listed_with_their_amounts(someone):
    assert "体验金发放 +¥20.00" in someone.writes("明细")
    for amount in range(1, 8):
        world.give(someone.member_id, Account.REBATE, amount * 100)
    lines = someone.writes("账单").split("\n")
    assert [line.split("+")[-1] for line in lines[1:6]] == [f"¥{n}.00" for n in (7, 6, 5, 4, 3)]
    assert "查看全部明细" in lines[6]


def test_what_can_be_withdrawn_and_what_is_missing_is_said(someone):
    world.give(someone.member_id, Account.REBATE, 9_950)
    answer = someone.writes("提现")
    assert "可提现返利 ¥99.50，满 ¥100.00 可提现" in answer
    assert "还差 ¥0.50" in answer
    world.give(someone.member_id, Account.REBATE, 50)
    assert "立即提现" in someone.writes("我要提现")


@pytest.mark.parametrize(
    ("written", "title", "words", "picture", "page"),
    [
        ("余额", "到店可用 ¥20.00", "体验金 ¥20.00", "balance", "wallet"),
        ("提现", "可提现 ¥0.00", "还差 ¥100.00。打开联惠 ›", "withdraw", "withdraw"),
        ("付款", "到店付款", "打开付款码 ›", "pay", "code"),
        ("充值", "充值", "去充值 ›", "top_up", "top-up"),
    ],
)
def test_answers_come_as_cards_that_open_their_page_of_the_client(
    someone, client, written, title, words, picture, page
):
    reply = someone.sends("text", Content=written)
    card = reply["Articles"]["item"]
    assert (reply["MsgType"], reply["ArticleCount"], card["Title"]) == ("news", "1", title)
    assert words in card["Description"]
    assert "<a" not in card["Description"]
    assert card["Url"] == f"{settings().base_url}/h5/#/pages/{page}/index"
    assert card["PicUrl"] == f"{settings().base_url}/static/cards/{picture}.png"
    drawn = client.get(f"/static/cards/{picture}.png")
    assert (drawn.status_code, drawn.content_type) == (200, "image/png")


def test_pictures_of_ones_own_are_taken(someone, monkeypatch):
    monkeypatch.setattr(settings(), "wechat_oa_card_pictures", "https://cdn.example/ours/")
    card = someone.sends("text", Content="余额")["Articles"]["item"]
    assert card["PicUrl"] == "https://cdn.example/ours/balance.png"


def test_without_public_pictures_the_answer_is_a_text_with_its_links(someone, monkeypatch):
    monkeypatch.setattr(settings(), "wechat_oa_card_pictures", "")
    reply = someone.sends("text", Content="提现")
    assert reply["MsgType"] == "text"
    assert (
        f'<a href="{settings().base_url}/h5/#/pages/withdraw/index">打开联惠</a>'
        in reply["Content"]
    )


def test_what_a_card_cannot_hold_is_a_text():
    for title, words in (("题" * 22, "短"), ("题", "长" * 171)):
        assert cards.shown(answers.Command.STORES, title, words) == words
    assert isinstance(cards.shown(answers.Command.STORES, "题" * 21, "长" * 170), Card)


def test_who_unsubscribes_is_spared_what_can_be_declined_and_may_come_back(someone):
    def declined():
        wanted = in_transaction(lambda: preferences.of(someone.member_id))
        return {kind for kind, is_wanted in wanted.items() if not is_wanted}

    answer = someone.writes("退订")
    assert "返利到账" in answer
    assert declined() == {kind for kind, terms in TERMS.items() if terms.can_decline}
    assert "已恢复全部通知" in someone.writes("恢复通知")
    assert declined() == set()


def test_paying_and_topping_up_lead_on(someone):
    assert "打开付款码" in someone.writes("付款")
    assert "去充值" in someone.writes("充值")


def test_who_asks_for_a_person_is_handed_over_once_and_told_so(someone, monkeypatch):
    monkeypatch.setattr(settings(), "service_hours", ALL_DAY)
    assert someone.sends("text", Content="转人工")["MsgType"] == "transfer_customer_service"
    assert someone.repeats()["MsgType"] == "transfer_customer_service"
    queued = text("SELECT text FROM notices_notice WHERE member_id = :m AND kind = :k")
    told = read(queued, {"m": someone.member_id, "k": "member.service"})
    assert len(told) == 1
    assert "已为您转接人工客服" in told[0].text


@pytest.mark.parametrize("open_hours", [NEVER, None])
def test_outside_the_hours_nobody_is_handed_over(someone, monkeypatch, open_hours):
    monkeypatch.setattr(settings(), "service_hours", open_hours)
    answer = someone.sends("text", Content="人工")
    assert answer["MsgType"] == "text"
    assert "人工客服" in answer["Content"]
    count = text("SELECT count(*) FROM notices_notice WHERE kind = :kind AND member_id = :m")
    assert read(count, {"m": someone.member_id, "kind": "member.service"})[0][0] == 0


def test_hours_are_beijings_and_may_pass_midnight():
    noon = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    night = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    assert hours("09:00-18:00").holds(noon)
    assert not hours("09:00-12:00").holds(noon)
    assert hours("22:00-08:00").holds(night)
    assert not hours("22:00-08:00").holds(noon)
    with pytest.raises(ValueError, match="not hours"):
        hours("9-18")


@pytest.mark.parametrize(
    ("kind", "fields", "word"),
    [
        ("image", {"PicUrl": "https://a.test", "MediaId": "m"}, "图片"),
        ("voice", {"MediaId": "m", "Format": "amr"}, "语音"),
        ("video", {"MediaId": "m"}, "视频"),
        ("shortvideo", {"MediaId": "m"}, "视频"),
        ("link", {"Title": "t", "Url": "https://a.test"}, "链接"),
        ("miniprogrampage", {"Title": "t"}, "小程序卡片"),
        ("something_new", {}, "消息"),
    ],
)
def test_what_cannot_be_read_is_answered_helpfully(someone, kind, fields, word):
    answer = someone.sends(kind, **fields)["Content"]
    assert f"已收到您的{word}" in answer
    assert "人工" in answer


def test_a_voice_that_wechat_has_written_down_is_understood(someone):
    answer = someone.sends("voice", MediaId="m", Recognition="查一下我的余额。")
    assert "您的余额" in words_of(answer)


def test_what_is_similar_to_a_command_is_asked_back(someone):
    assert "您是不是想找「余额」" in someone.writes("余粮")
    answer = someone.writes("今天天气不错<b>")
    assert "看不懂" in answer
    assert "天气" not in answer


def test_a_menu_entry_of_old_gets_help(someone):
    assert "充值一次，联盟各店通用" in someone.causes("CLICK", EventKey="OLD")["Content"]


def test_leaving_deletes_what_personal_there_is(someone):
    member_id = someone.member_id
    someone.writes("开启定位")
    someone.causes("LOCATION", Latitude="30.24", Longitude="120.17", Precision="30")
    assert someone.causes("unsubscribe") == {}
    place = text("SELECT count(*) FROM notices_place WHERE member_id = :m")
    assert read(place, {"m": member_id})[0][0] == 0
    assert members.profile(member_id).state == "unfollowed"


def test_events_that_say_nothing_to_us_are_accepted(someone):
    for event in ("location_select", "pic_weixin", "user_info_modified", "kf_create_session"):
        assert someone.causes(event, EventKey="x") == {}


def test_every_command_has_an_answer():
    assert set(answers.ANSWERS) | {answers.Command.PERSON} == set(answers.Command)


def test_the_sandbox_shows_the_card_and_the_hand_over(person, sandbox, funded, monkeypatch):
    monkeypatch.setattr(settings(), "service_hours", ALL_DAY)
    one = person()
    one.does("follow")
    one.does("text", content="二维码")
    one.does("text", content="人工")
    pushed = sandbox.control("/pushes", method="GET")["pushes"]
    assert [each["attempts"][-1]["status"] for each in pushed] == [200] * len(pushed)
    assert [line["kind"] for line in received(sandbox, one)] == ["text", "news"]
