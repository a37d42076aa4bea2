"""Which door a notice takes: the first that is open, and the next where it turns out to be shut."""

import pytest
from sqlalchemy import text

from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.world import now
from app.members import service as members
from app.notices import channels, subscriptions, texts
from app.notices.kinds import Door
from tests.notices.posts import content, open_window, queue, received, row, send
from tests.wechat.pretend import eventually

pytestmark = pytest.mark.usefixtures("context")
ONE_TIME, MINI = "ST_topped_up", "MT_topped_up"


@pytest.fixture(autouse=True)
def templates(monkeypatch):
    """Top-ups can be told by every door; by day, so that nothing waits."""
    kinds = {"member.topped_up": ONE_TIME, "member.friend_joined": "ST_friend_joined"}
    monkeypatch.setattr(settings(), "wechat_oa_subscriptions", kinds)
    monkeypatch.setattr(settings(), "wechat_mini_subscriptions", {"member.topped_up": MINI})
    monkeypatch.setattr(settings(), "quiet_hours", None)


def official():
    return settings().wechat_oa_app_id


def mini():
    return settings().wechat_mini_app_id


def left(member_id, template_id=ONE_TIME, app_id=None):
    found = in_transaction(lambda: subscriptions.of(member_id, app_id or official()))
    return found.get(template_id, 0)


def consent(sandbox, phone, template_id=ONE_TIME, app="oa"):
    """The person agrees in WeChat's own popup, which tells the product."""
    sandbox.act(phone, "subscribe", app=app, choices={template_id: "accept"})


def test_the_chat_comes_first_then_the_subscription_then_the_template(sandbox, follower):
    one = follower()
    consent(sandbox, one.phone)
    assert left(one.member_id) == 1
    open_window(one.member_id)
    sandbox.act(one.phone, "text", content="余额")
    doors = []
    for _ in range(7):
        notice_id = queue(one.member_id)
        send(notice_id)
        doors.append(row(notice_id).door)
    assert doors == ["customer_service"] * 5 + ["subscription", "template"]
    assert left(one.member_id) == 0
    assert len(received(sandbox, one, "subscription")) == 1


def test_a_subscription_message_is_filled_like_a_template_and_reported(sandbox, follower):
    one = follower()
    consent(sandbox, one.phone)
    notice_id = queue(one.member_id, said=content(store="山城面馆" * 6))
    send(notice_id)
    told = received(sandbox, one, "subscription")[0]["content"]
    assert told["template_id"] == ONE_TIME
    assert len(told["data"]["thing1"]["value"]) == 20
    assert row(notice_id).state == "sent"
    sandbox.control("/clock/advance", {"seconds": 5})
    eventually(lambda: row(notice_id).state == "delivered")


def test_a_consent_that_wechat_does_not_know_makes_way_for_the_template(sandbox, follower):
    one = follower()
    in_transaction(lambda: subscriptions.accept(one.member_id, official(), ONE_TIME))
    notice_id = queue(one.member_id)
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).door) == ("sent", "template")
    assert left(one.member_id) == 0


def test_promotion_is_never_sent_by_template(sandbox, follower, monkeypatch):
    monkeypatch.setattr(
        settings(), "wechat_oa_templates", {"member.friend_joined": "TM_member_joined"}
    )
    one = follower()
    notice_id = queue(one.member_id, said=texts.friend_joined(now()))
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).door) == ("failed", None)
    assert received(sandbox, one, "template") == []


def test_who_does_not_follow_is_reached_in_the_mini_program_if_they_agreed(sandbox):
    phone = sandbox.phone()
    joined = in_transaction(
        lambda: members.register(mini(), phone["mini_openid"], None, "login", None, now())
    )
    without = queue(joined.member_id)
    send(without)
    assert row(without).state == "unreachable"
    consent(sandbox, phone, MINI, "mini")
    assert left(joined.member_id, MINI, mini()) == 1
    notice_id = queue(joined.member_id)
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).door) == ("sent", "mini_subscription")


def test_a_long_term_consent_is_not_used_up(sandbox, follower, monkeypatch):
    monkeypatch.setattr(settings(), "wechat_long_term_templates", frozenset({ONE_TIME}))
    one = follower()
    in_transaction(lambda: subscriptions.accept(one.member_id, official(), ONE_TIME))
    for _ in range(3):
        assert in_transaction(lambda: subscriptions.take(one.member_id, official(), ONE_TIME))
    assert left(one.member_id) is None


def test_a_subscription_whose_fate_is_unknown_is_not_repeated(sandbox, follower):
    one = follower()
    consent(sandbox, one.phone)
    notice_id = queue(one.member_id)
    sandbox.fault("reset_after", match="subscribe/bizsend")
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("unknown", "no_answer")
    send(notice_id)
    assert len(received(sandbox, one, "subscription")) == 1
    assert received(sandbox, one, "template") == []


def test_a_subscription_that_was_certainly_not_sent_keeps_its_consent(
    sandbox, follower, monkeypatch
):
    from app.core.outbox import TryLater

    one = follower()
    consent(sandbox, one.phone)
    notice_id = queue(one.member_id)
    with monkeypatch.context() as away:
        away.setattr(settings(), "wechat_api_base", "http://127.0.0.1:9")
        with pytest.raises(TryLater):
            send(notice_id)
    assert (row(notice_id).state, left(one.member_id)) == ("queued", 1)
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).door) == ("sent", "subscription")


def test_a_member_who_became_another_one_is_told_as_that_one(sandbox, follower):
    one = follower()
    twin = in_transaction(
        lambda: members.register(mini(), f"o{one.phone['id'][-20:]}", None, "login", None, now())
    ).member_id
    notice_id = queue(twin)
    merged = text("UPDATE members_member SET merged_into = :into WHERE id = :id RETURNING id")
    from app.core.db import db

    in_transaction(lambda: db.session.execute(merged, {"into": one.member_id, "id": twin}).close())
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).door) == ("sent", "template")
    assert len(received(sandbox, one, "template")) == 1
    undo = text("UPDATE members_member SET merged_into = NULL WHERE id = :id")
    in_transaction(lambda: db.session.execute(undo, {"id": twin}))


def test_every_door_knows_how_it_opens():
    assert set(channels.OPEN) == set(Door) - {Door.REPLY}
    count = text("SELECT count(*) FROM notices_notice WHERE door = 'reply' AND state != 'sent'")
    assert read(count)[0][0] == 0
