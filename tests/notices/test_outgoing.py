"""Sent once, through the door that is open, and what became of it is written down."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.outbox import TryLater
from app.core.world import new_id, now
from app.members import service as members
from app.notices import channels, deliveries, outgoing
from app.wechat import client as wechat
from app.wechat.calls import MOST_TRIES
from tests.notices.posts import content, open_window, queue, received, remaining, row, send
from tests.wechat.pretend import eventually

pytestmark = pytest.mark.usefixtures("context")


def later(work):
    with pytest.raises(TryLater):
        work()


def test_within_a_window_the_text_goes_into_the_chat(sandbox, follower):
    one = follower()
    open_window(one.member_id)
    notice_id = queue(one.member_id)
    send(notice_id)
    told = row(notice_id)
    assert (told.state, told.door, told.error_code) == ("sent", "customer_service", None)
    assert [line["text"] for line in received(sandbox, one, "text")][-1] == told.text
    assert "¥12.34" in told.text
    assert remaining(one.member_id) == 4


def test_without_a_window_the_template_goes_out(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id, said=content(store="山城面馆" * 6))
    send(notice_id)
    told = row(notice_id)
    assert (told.state, told.door) == ("sent", "template")
    assert told.wechat_message_id
    lines = received(sandbox, one, "template")
    assert len(lines) == 1
    assert len(lines[0]["content"]["data"]["thing1"]["value"]) == 20
    assert lines[0]["content"]["data"]["amount2"]["value"] == "¥12.34"


def test_sending_again_does_nothing(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id)
    for _ in range(3):
        send(notice_id)
    assert len(received(sandbox, one, "template")) == 1


def test_the_same_event_is_told_once(follower):
    one, event = follower(), f"sale.paid:{new_id()}"
    assert in_transaction(lambda: outgoing.queue(event, one.member_id, content()))
    assert not in_transaction(lambda: outgoing.queue(event, one.member_id, content(99)))
    count = text("SELECT count(*) FROM notices_notice WHERE event = :event")
    assert read(count, {"event": event})[0][0] == 1


def test_parallel_workers_send_one_message(app, sandbox, follower):
    one = follower()
    open_window(one.member_id)
    notice_id = queue(one.member_id)
    before, start = len(received(sandbox, one)), threading.Barrier(8)

    def worker(_):
        with app.app_context():
            start.wait(30)
            try:
                send(notice_id)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(worker, range(8)))
    assert len(received(sandbox, one)) == before + 1


def test_a_chat_that_wechat_has_closed_makes_way_for_the_template(sandbox, follower):
    one = follower()
    sandbox.control("/clock/advance", {"seconds": 120})  # WeChat's windows are over
    open_window(one.member_id)
    notice_id = queue(one.member_id)
    send(notice_id)
    told = row(notice_id)
    assert (told.state, told.door) == ("sent", "template")
    assert remaining(one.member_id) is None
    assert len(received(sandbox, one, "template")) == 1


def test_without_window_and_template_it_is_recorded_as_failed(sandbox, follower, monkeypatch):
    monkeypatch.setattr(settings(), "wechat_oa_templates", {})
    one = follower()
    notice_id = queue(one.member_id)
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("failed", "no_template")
    assert received(sandbox, one, "template") == []


def test_who_is_known_in_the_mini_program_only_is_unreachable(context, sandbox):
    joined = in_transaction(
        lambda: members.register(
            settings().wechat_mini_app_id, f"o{new_id().hex[:27]}", None, "login", None, now()
        )
    )
    notice_id = queue(joined.member_id)
    send(notice_id)
    assert row(notice_id).state == "unreachable"


def test_who_has_left_is_not_written_to(sandbox, follower):
    one = follower()
    sandbox.act(one.phone, "unfollow")
    notice_id = queue(one.member_id)
    send(notice_id)
    assert row(notice_id).state == "unreachable"
    assert received(sandbox, one, "template") == []


def test_wechats_refusal_is_final_and_recorded(sandbox, follower):
    one = follower()
    sandbox.fault("drop", match="push:unsubscribe")
    sandbox.act(one.phone, "unfollow")
    notice_id = queue(one.member_id)
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("blocked", "43004")
    send(notice_id)
    assert row(notice_id).state == "blocked"


def test_a_field_that_wechat_does_not_take_is_recorded(sandbox, follower, monkeypatch):
    wrong = {"member.topped_up": "TM_member_topped_up place=amount1"}
    monkeypatch.setattr(settings(), "wechat_oa_templates", wrong)
    notice_id = queue(follower().member_id)
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("failed", "47003")


def test_the_report_of_wechat_tells_whether_it_arrived(sandbox, follower):
    notice_id = queue(follower().member_id)
    send(notice_id)
    assert row(notice_id).state == "sent"
    sandbox.control("/clock/advance", {"seconds": 5})
    eventually(lambda: row(notice_id).state == "delivered")


def test_a_follower_who_refuses_messages_is_seen_as_blocked(sandbox, follower):
    one = follower()
    sandbox.act(one.phone, "block")
    notice_id = queue(one.member_id)
    send(notice_id)
    assert row(notice_id).state == "sent"
    sandbox.control("/clock/advance", {"seconds": 5})
    eventually(lambda: row(notice_id).state == "blocked")
    assert row(notice_id).error_code == "user_block"


def test_a_report_that_comes_before_the_answer_is_not_lost(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id)
    send(notice_id)
    number = row(notice_id).wechat_message_id
    undo = text("UPDATE notices_notice SET wechat_message_id = NULL WHERE id = :id")

    def report_first():
        db.session.execute(undo, {"id": notice_id})
        deliveries.report(number, "success", now())

    in_transaction(report_first)
    assert row(notice_id).state == "sent"
    in_transaction(lambda: deliveries.name(outgoing._locked(notice_id), number))
    assert row(notice_id).state == "delivered"


def test_a_busy_wechat_is_asked_again_and_the_template_arrives_once(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id)
    sandbox.fault("system_error", match="template/send", count=2 * MOST_TRIES)
    later(lambda: send(notice_id))
    later(lambda: send(notice_id))
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).attempts) == ("sent", 2)
    assert len(received(sandbox, one, "template")) == 1


def test_templates_wait_while_wechat_limits_them_and_arrive_once(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id)
    sandbox.fault("frequency_limited", match="template/send", count=1)
    later(lambda: send(notice_id))
    later(lambda: send(notice_id))
    sandbox.control("/clock/advance", {"seconds": 91})
    eventually(lambda: now() - row(notice_id).created_at > timedelta(seconds=90))
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).attempts) == ("sent", 2)
    assert len(received(sandbox, one, "template")) == 1


@pytest.mark.parametrize("fault", ["reset_after", "system_error_after"])
def test_a_template_whose_fate_is_unknown_is_repeated_under_its_number(sandbox, follower, fault):
    one = follower()
    notice_id = queue(one.member_id)
    sandbox.fault(fault, match="template/send", count=MOST_TRIES)
    later(lambda: send(notice_id))
    send(notice_id)
    assert row(notice_id).state == "sent"
    assert len(received(sandbox, one, "template")) == 1


def test_a_template_is_not_repeated_when_wechat_would_not_know_its_number_any_more(
    sandbox, follower
):
    one = follower()
    notice_id = queue(one.member_id)
    sandbox.fault("reset_after", match="template/send", count=MOST_TRIES)
    later(lambda: send(notice_id))
    sandbox.control("/clock/advance", {"seconds": 601})
    eventually(lambda: now() - row(notice_id).created_at > timedelta(seconds=600))
    send(notice_id)
    assert row(notice_id).state == "unknown"
    assert len(received(sandbox, one, "template")) == 1


def test_a_chat_text_whose_fate_is_unknown_is_not_repeated(sandbox, follower):
    one = follower()
    open_window(one.member_id)
    notice_id = queue(one.member_id)
    before = len(received(sandbox, one))
    sandbox.fault("reset_after", match="custom/send")
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("unknown", "no_answer")
    send(notice_id)
    assert len(received(sandbox, one)) == before + 1


def test_a_chat_text_that_was_certainly_not_sent_is_sent_later(sandbox, follower, monkeypatch):
    one = follower()
    open_window(one.member_id)
    notice_id = queue(one.member_id)
    wechat.send_customer_service_text(one.openid, "warm")  # there is a token
    before = len(received(sandbox, one))
    with monkeypatch.context() as away:
        away.setattr(settings(), "wechat_api_base", "http://127.0.0.1:9")
        later(lambda: send(notice_id))
    assert (row(notice_id).state, remaining(one.member_id)) == ("queued", 5)
    send(notice_id)
    assert row(notice_id).state == "sent"
    assert len(received(sandbox, one)) == before + 1


def interrupted(notice_id):
    """The process dies after the claim: WeChat may or may not have been asked."""
    in_transaction(lambda: outgoing._claim(notice_id))


def test_after_a_crash_a_chat_text_is_recorded_as_unknown(sandbox, follower):
    one = follower()
    open_window(one.member_id)
    notice_id = queue(one.member_id)
    interrupted(notice_id)
    before = len(received(sandbox, one))
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("unknown", "interrupted")
    assert len(received(sandbox, one)) == before


def test_after_a_crash_a_template_is_sent_under_the_same_number(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id)
    letter = in_transaction(lambda: outgoing._claim(notice_id))
    channels.post(letter)  # sent, but the process died before it could write that down
    send(notice_id)
    assert row(notice_id).state == "sent"
    assert len(received(sandbox, one, "template")) == 1


def test_nobody_gets_yesterdays_notice(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id)
    sandbox.control("/clock/advance", {"seconds": 25 * 3600})
    eventually(lambda: now() - row(notice_id).created_at > timedelta(hours=25))
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("failed", "stale")


def test_the_outbox_sends_what_was_queued(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id)
    in_transaction(
        lambda: db.session.execute(
            text("DELETE FROM core_outbox WHERE payload->>'notice_id' IS DISTINCT FROM :id"),
            {"id": str(notice_id)},
        )
    )
    assert outbox.work_off()
    assert row(notice_id).state == "sent"
