"""Consents as WeChat tells them, in XML and in JSON, and as the mini-program says them."""

import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.notices import deliveries, outgoing, subscriptions
from tests.members.people import MINI_PROGRAM, register, signed_in
from tests.notices.people import Correspondent
from tests.notices.posts import queue, row

pytestmark = pytest.mark.usefixtures("context")
ONE, OTHER = "ST_one", "ST_other"


def left(member_id, app_id=None):
    wanted = app_id or settings().wechat_oa_app_id
    return dict(in_transaction(lambda: subscriptions.of(member_id, wanted)))


def entry(template_id, status):
    return {"TemplateId": template_id, "SubscribeStatusString": status, "PopupScene": "1"}


@pytest.fixture
def someone(writer):
    one = writer()
    one.causes("subscribe")
    return one


def popup(one, *entries, moment):
    return one.sends(
        "event",
        as_json=True,
        Event="subscribe_msg_popup_event",
        List=list(entries) if len(entries) != 1 else entries[0],
        CreateTime=moment,
    )


def test_each_acceptance_counts_once_however_often_it_is_pushed(someone):
    assert popup(someone, entry(ONE, "accept"), entry(OTHER, "reject"), moment=1_800_000_000) == {}
    assert left(someone.member_id) == {ONE: 1}
    someone.repeats()
    assert left(someone.member_id) == {ONE: 1}
    popup(someone, entry(ONE, "accept"), moment=1_800_000_009)
    assert left(someone.member_id) == {ONE: 2}


def test_a_refusal_in_the_settings_of_wechat_ends_them_all(someone):
    popup(someone, entry(ONE, "accept"), entry(OTHER, "accept"), moment=1_800_000_000)
    someone.sends(
        "event",
        as_json=True,
        Event="subscribe_msg_change_event",
        List=[entry(ONE, "reject")],
        CreateTime="1800000010",
    )
    assert left(someone.member_id) == {OTHER: 1}


def test_leaving_ends_them_all(someone):
    popup(someone, entry(ONE, "accept"), moment=1_800_000_000)
    member_id = someone.member_id
    someone.causes("unsubscribe")
    assert left(member_id) == {}


def test_what_a_stranger_answers_counts_for_nobody(writer):
    stranger = writer()
    assert popup(stranger, entry(ONE, "accept"), moment=1_800_000_000) == {}
    assert stranger.member_id is None


@pytest.mark.parametrize(
    ("code", "state"), [(0, "delivered"), (43101, "blocked"), (20004, "failed")]
)
def test_what_became_of_a_subscription_message_is_noted(someone, code, state):
    notice_id, number = queue(someone.member_id), f"30{code}00{id(someone) % 10**9}"

    def sent():
        row_ = outgoing._locked(notice_id)
        row_.state, row_.door = "sent", "subscription"
        deliveries.name(row_, number)

    in_transaction(sent)
    fate = {"TemplateId": ONE, "MsgID": number, "ErrorCode": code, "ErrorStatus": "said"}
    someone.sends("event", as_json=True, Event="subscribe_msg_sent_event", List=fate)
    assert row(notice_id).state == state


def test_the_mini_program_is_heard_too(client, context):
    member = register(app_id=MINI_PROGRAM)
    assert member.member_id
    visitor = Correspondent(client, settings().wechat_mini_app_id)
    joined = register(app_id=settings().wechat_mini_app_id, openid=visitor.openid)
    answer = popup(visitor, entry(ONE, "accept"), moment=1_800_000_000)
    assert answer == {}
    assert left(joined.member_id, settings().wechat_mini_app_id) == {ONE: 1}


@pytest.fixture
def asked_for(monkeypatch):
    kinds = {"member.paid": "MT_money place=thing1", "member.topped_up": "MT_money amount=amount2"}
    monkeypatch.setattr(settings(), "wechat_mini_subscriptions", kinds)


def test_the_mini_program_learns_what_to_ask_for_and_says_what_was_answered(client, asked_for):
    who = signed_in(register(app_id=MINI_PROGRAM).member_id)
    before = client.get("/api/v1/me/subscriptions", headers=who).json["subscriptions"]
    kinds = ["member.paid", "member.topped_up"]
    assert before == [{"template_id": "MT_money", "kinds": kinds, "remaining": 0}]
    for answer, remaining in (("accept", 1), ("accept", 1), ("reject", 0)):
        said = client.post(
            "/api/v1/me/subscriptions", json={"answers": {"MT_money": answer}}, headers=who
        )
        assert said.status_code == 200, said.json
        assert said.json["subscriptions"][0]["remaining"] == remaining


@pytest.mark.parametrize(
    "answers", [{}, {"unknown": "accept"}, {"MT_money": "perhaps"}, {"MT_money": True}]
)
def test_what_nobody_was_asked_is_refused_and_counts_nothing(client, asked_for, answers):
    member_id = register(app_id=MINI_PROGRAM).member_id
    answer = client.post(
        "/api/v1/me/subscriptions", json={"answers": answers}, headers=signed_in(member_id)
    )
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert left(member_id, settings().wechat_mini_app_id) == {}
