"""Night, limits a day, what lasts, and what somebody does not want to hear."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.config import settings
from app.core.outbox import TryLater
from app.core.world import BEIJING, now
from app.notices import texts
from tests.members.people import member, signed_in
from tests.notices.posts import content, queue, received, row, send
from tests.wechat.pretend import eventually

pytestmark = pytest.mark.usefixtures("context")


def rebate():
    return texts.rebate("山城面馆", 100, False, None, now())


def night(minutes=30):
    """Hours of the night that hold now and end in so many minutes."""
    local = now().astimezone(BEIJING)
    start, end = local - timedelta(minutes=5), local + timedelta(minutes=minutes)
    return f"{start:%H:%M}-{end:%H:%M}"


@pytest.fixture
def by_day(monkeypatch):
    monkeypatch.setattr(settings(), "quiet_hours", None)


def test_money_is_told_at_night_and_the_rest_waits_for_the_morning(sandbox, follower, monkeypatch):
    monkeypatch.setattr(settings(), "quiet_hours", night())
    one = follower()
    money, news = queue(one.member_id), queue(one.member_id, said=rebate())
    send(money)
    with pytest.raises(TryLater) as waits:
        send(news)
    assert 28 * 60 < waits.value.seconds <= 31 * 60
    assert (row(money).state, row(news).state) == ("sent", "queued")
    sandbox.control("/clock/advance", {"seconds": waits.value.seconds + 1})
    eventually(lambda: now() > row(news).created_at + timedelta(minutes=28))
    send(news)
    assert row(news).state == "sent"


def test_what_is_too_old_by_the_morning_is_not_told(sandbox, follower, by_day):
    one = follower()
    notice_id = queue(one.member_id, said=texts.friend_joined(now()))
    sandbox.control("/clock/advance", {"seconds": 12 * 3600 + 60})
    eventually(lambda: now() - row(notice_id).created_at > timedelta(hours=12))
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("failed", "stale")


def test_nobody_is_told_more_of_a_kind_on_a_day_than_its_limit(
    sandbox, follower, monkeypatch, by_day
):
    monkeypatch.setattr(settings(), "notice_daily_limits", {"member.rebate": 2})
    one, other = follower(), follower()
    told = [queue(one.member_id, said=rebate()) for _ in range(3)]
    told += [queue(other.member_id, said=rebate()), queue(one.member_id)]
    for notice_id in told:
        send(notice_id)
    # Whether WeChat has already said that one was delivered depends on the moment.
    assert [row(each).state == "skipped" for each in told] == [False, False, True, False, False]
    assert row(told[2]).error_code == "daily_limit"
    assert len(received(sandbox, one, "template")) == 3


def test_the_day_of_a_limit_is_beijings(sandbox, follower, monkeypatch, by_day):
    monkeypatch.setattr(settings(), "notice_daily_limits", {"member.rebate": 1})
    one = follower()
    first = queue(one.member_id, said=rebate())
    send(first)
    local = now().astimezone(BEIJING)
    to_midnight = 24 * 3600 - (local.hour * 3600 + local.minute * 60 + local.second)
    sandbox.control("/clock/advance", {"seconds": to_midnight + 60})
    eventually(lambda: now().astimezone(BEIJING).day != local.day)
    second = queue(one.member_id, said=rebate())
    send(second)
    assert row(second).state == "sent"
    third = queue(one.member_id, said=rebate())
    send(third)
    assert row(third).state == "skipped"


def test_a_declined_kind_is_not_told_and_the_others_are(client, sandbox, follower, by_day):
    one = follower()
    who = signed_in(one.member_id)
    wish = {"preferences": [{"kind": "member.rebate", "wanted": False}]}
    answer = client.put("/api/v1/me/notice-preferences", json=wish, headers=who)
    assert answer.status_code == 200, answer.json
    declined, other = queue(one.member_id, said=rebate()), queue(one.member_id)
    send(declined)
    send(other)
    assert (row(declined).state, row(declined).error_code) == ("skipped", "declined")
    assert row(other).state == "sent"
    wish["preferences"][0]["wanted"] = True
    client.put("/api/v1/me/notice-preferences", json=wish, headers=who)
    again = queue(one.member_id, said=rebate())
    send(again)
    assert row(again).state == "sent"


def test_every_kind_is_wanted_until_somebody_says_otherwise(client):
    shown = client.get("/api/v1/me/notice-preferences", headers=signed_in(member())).json
    assert {each["wanted"] for each in shown["preferences"]} == {True}
    declinable = [each["kind"] for each in shown["preferences"] if each["can_decline"]]
    assert "member.rebate" in declinable
    assert "member.paid" not in declinable


def test_notices_about_ones_money_cannot_be_declined_and_nothing_is_noted(client):
    who = signed_in(member())
    wish = {
        "preferences": [
            {"kind": "member.rebate", "wanted": False},
            {"kind": "member.withdrawal", "wanted": False},
        ]
    }
    answer = client.put("/api/v1/me/notice-preferences", json=wish, headers=who)
    assert (answer.status_code, answer.json["code"]) == (422, "notice_required")
    assert answer.json["kinds"] == ["member.withdrawal"]
    shown = client.get("/api/v1/me/notice-preferences", headers=who).json
    assert {each["wanted"] for each in shown["preferences"]} == {True}


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"preferences": []},
        {"preferences": [{"kind": "member.unheard", "wanted": False}]},
        {"preferences": [{"kind": "member.rebate", "wanted": "no"}]},
    ],
)
def test_wishes_that_are_none_are_refused(client, wish):
    answer = client.put("/api/v1/me/notice-preferences", json=wish, headers=signed_in(member()))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_the_end_of_the_night_is_found_across_midnight():
    from app.notices.rules import hours

    evening = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)  # 23:00 in Beijing
    small_hours = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # 06:00
    assert hours("22:00-08:00").seconds_left(evening) == 9 * 3600
    assert hours("22:00-08:00").seconds_left(small_hours) == 2 * 3600


def test_tests_of_money_do_not_depend_on_the_hour():
    assert content().kind == "member.topped_up"
