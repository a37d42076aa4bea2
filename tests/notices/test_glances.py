"""What a look answers is what handling would have answered, and leaves the same behind."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core.config import settings
from app.core.db import in_transaction, read, write_plain
from app.core.world import PLATFORM_ID, new_id, now
from app.members import service as members
from app.notices import conversation, glances, windows
from app.qr import service as qr
from app.wechat import inbox
from app.wechat.envelope import read_message
from app.wechat.signals import message_received
from tests.alliance import shop as world
from tests.notices.posts import remaining

pytestmark = pytest.mark.usefixtures("context")


class Person:
    """An openid of the official account."""

    def __init__(self):
        self.openid = f"o{new_id().hex[:27]}"

    def message(self, event, key="", at=None):
        fields = {
            "ToUserName": "gh_1",
            "FromUserName": self.openid,
            "CreateTime": str(int((at or now()).timestamp())),
            "MsgType": "event",
            "Event": event,
            "EventKey": key,
        }
        return read_message(fields, settings().wechat_oa_app_id)

    @property
    def member_id(self):
        return members.member_of(settings().wechat_oa_app_id, self.openid)


@pytest.fixture
def noodles():
    return world.shop()


@pytest.fixture
def person(noodles):
    """A member, brought by a store, who follows."""
    found = Person()
    inbox.receive_message(found.message("subscribe", f"qrscene_{code('S', noodles.store_id)}"))
    in_transaction(lambda: windows.close(found.member_id))
    return found


def code(kind, subject_id):
    return in_transaction(lambda: qr.issue(kind, subject_id))


def window(member_id):
    found = text("SELECT remaining, ends_at FROM notices_window WHERE member_id = :member")
    return [tuple(row) for row in read(found, {"member": member_id})]


def test_a_look_answers_what_handling_answers_and_opens_the_same_window(person, noodles):
    scenes = [
        code("S", noodles.store_id),
        code("S", world.shop().store_id),
        code("M", person.member_id),
        code("M", world.member()),
        code("O", PLATFORM_ID),
        qr.token_of("S", new_id()),
        "nonsense",
        "",
    ]
    for second, scene in enumerate(scenes):
        message = person.message("SCAN", scene, now() + timedelta(seconds=second))
        handled = in_transaction(lambda message=message: conversation.answer(message))
        opened = window(person.member_id)
        in_transaction(lambda: windows.close(person.member_id))
        with message_received.muted():
            assert inbox.receive_message(message) == handled
        assert window(person.member_id) == opened
        assert len(opened) == 1


def test_many_scans_are_answered_by_one_look_each_its_own(person, noodles):
    other, stranger = Person(), Person()
    inbox.receive_message(other.message("subscribe"))
    scene = code("S", noodles.store_id)
    wanted = [each.message("SCAN", scene) for each in (person, stranger, other)]
    answers = glances.scans("scan", wanted)
    assert "（您的归属门店）" in answers[0].reply
    assert answers[1] is None
    assert "您正在「南门店」。" in answers[2].reply


def test_whoever_has_something_to_come_is_not_answered_by_a_look(person):
    left = Person()
    inbox.receive_message(left.message("subscribe"))
    inbox.receive_message(left.message("unsubscribe"))
    scene = code("M", person.member_id)
    for someone in (Person(), left):
        assert glances.scans("scan", [someone.message("SCAN", scene)]) == [None]
    elsewhere = read_message(dict(person.message("SCAN", scene).fields), "wxanother")
    assert glances.scans("scan", [elsewhere]) == [None]


def test_a_stranger_who_scans_becomes_a_member_all_the_same(noodles):
    someone = Person()
    answer = inbox.receive_message(someone.message("SCAN", code("S", noodles.store_id)))
    assert "欢迎加入联惠" in answer
    assert members.binding(someone.member_id).home_store_id == noodles.store_id


def test_scans_of_one_member_at_once_open_one_window_until_the_latest(person):
    last = now()
    left = [
        windows.Opening(person.member_id, "scan", last - timedelta(seconds=ago))
        for ago in (9, 0, 3)
    ]
    write_plain(f"{windows.OPENED.sql} RETURNING 1", tuple(windows.OPENED.parameters(left)))
    assert window(person.member_id) == [(3, last + timedelta(seconds=60))]


def test_an_older_scan_neither_shortens_nor_refills_a_window(person):
    scene = code("O", PLATFORM_ID)
    inbox.receive_message(person.message("SCAN", scene))
    in_transaction(lambda: windows.take(person.member_id))
    inbox.receive_message(person.message("SCAN", scene, now() - timedelta(seconds=30)))
    assert remaining(person.member_id, "scan") == 2
