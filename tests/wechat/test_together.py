"""Messages that a look can answer: stored with their reply, many at once, each for itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from blinker import Signal
from sqlalchemy import func, select, text

from app.core.db import db, in_transaction, read
from app.core.errors import ServiceUnavailable
from app.wechat import inbox
from app.wechat.envelope import Message, read_message
from app.wechat.models import Notice
from app.wechat.signals import Ready, Trace, answers_asked

pytestmark = pytest.mark.usefixtures("context")
EVENT = "looked_at"
# Each answer leaves a row in a registry, which is harmless when repeated.
NAMED = Trace(
    "INSERT INTO notices_delivery (wechat_message_id, status, reported_at) "
    "SELECT name, 'test', now() FROM unnest(%s::text[]) AS name ON CONFLICT DO NOTHING",
    lambda names: [list(names)],
)
BROKEN = Trace(NAMED.sql.replace("name, 'test'", "NULL, 'test'"), NAMED.parameters)


@pytest.fixture
def looks(messages: Signal) -> Iterator[Signal]:
    """`answers_asked` for EVENT; `message_received` has no receivers either."""
    yield answers_asked
    for receiver in list(answers_asked.receivers_for(EVENT)):
        answers_asked.disconnect(receiver, sender=EVENT)


def event(openid: str | None = None) -> Message:
    fields = {
        "ToUserName": "gh_1",
        "FromUserName": openid or f"o{uuid4().hex}",
        "CreateTime": "1763784000",
        "MsgType": "event",
        "Event": EVENT,
    }
    return read_message(fields, "wx1")


def greets(event, messages):
    return [Ready(f"hello {each.openid}", NAMED, each.openid) for each in messages]


def stored(message: Message) -> list[tuple]:
    columns = (Notice.reply, Notice.attempts, Notice.processed_at.is_not(None))
    return [tuple(row) for row in read(select(*columns).where(Notice.key == message.key()))]


def left(message: Message) -> int:
    found = text("SELECT count(*) FROM notices_delivery WHERE wechat_message_id = :name")
    return read(found, {"name": message.openid})[0][0]


def test_what_a_look_answers_is_stored_with_its_reply_and_not_handled(looks, messages):
    message, handled = event(), []
    looks.connect(greets, sender=EVENT)
    with messages.connected_to(handled.append):
        assert inbox.receive_message(message) == f"hello {message.openid}"
    assert stored(message) == [(f"hello {message.openid}", 1, True)]
    assert left(message) == 1
    assert handled == []


def test_the_body_is_encrypted_and_the_row_can_be_cleared(looks):
    message = event()
    looks.connect(greets, sender=EVENT)
    inbox.receive_message(message)
    [(body, openid)] = read(select(Notice.body, Notice.openid).where(Notice.key == message.key()))
    assert (openid, message.openid in body) == (message.openid, False)
    assert in_transaction(lambda: inbox.forget("wx1", message.openid)) == 1


def test_a_repetition_gets_the_first_reply_whatever_a_look_finds_by_then(looks):
    message, replies = event(), iter(["first", "second"])

    def answers(event, messages):
        return [Ready(next(replies), NAMED, each.openid) for each in messages]

    looks.connect(answers, sender=EVENT)
    assert [inbox.receive_message(message) for _ in range(2)] == ["first", "first"]
    assert stored(message) == [("first", 1, True)]


def test_a_reply_may_be_none(looks):
    message = event()

    def silent(event, messages):
        return [Ready(None, NAMED, each.openid) for each in messages]

    looks.connect(silent, sender=EVENT)
    assert inbox.receive_message(message) is None
    assert stored(message) == [(None, 1, True)]


def test_what_a_look_cannot_answer_is_handled(looks, messages):
    message = event()

    def nothing(event, messages):
        return [None for _ in messages]

    def answer(message: Message) -> str:
        return "handled"

    looks.connect(nothing, sender=EVENT)
    with messages.connected_to(answer):
        assert inbox.receive_message(message) == "handled"
    assert (stored(message), left(message)) == ([("handled", 1, True)], 0)


def test_a_notice_that_is_owed_is_handled_and_not_only_looked_at(looks, messages):
    message = event()

    def fail(message: Message) -> None:
        raise RuntimeError

    def answer(message: Message) -> str:
        return "handled at last"

    with messages.connected_to(fail):
        assert inbox.receive_message(message) is None
    looks.connect(greets, sender=EVENT)
    with messages.connected_to(answer):
        assert inbox.receive_message(message) == "handled at last"
    assert stored(message) == [("handled at last", 2, True)]


@pytest.mark.parametrize("trace", [NAMED, BROKEN])
def test_a_fault_in_a_look_or_its_trace_leaves_the_message_to_be_handled(looks, messages, trace):
    message = event()

    def faulty(event, messages):
        if trace is NAMED:
            raise RuntimeError("a fault of ours")
        return [Ready("never said", trace, each.openid) for each in messages]

    def answer(message: Message) -> str:
        return "handled"

    looks.connect(faulty, sender=EVENT)
    with messages.connected_to(answer):
        assert inbox.receive_message(message) == "handled"
    assert (stored(message), left(message)) == ([("handled", 1, True)], 0)


def test_trouble_of_ours_stores_nothing(looks):
    message = event()

    def busy(event, messages):
        raise ServiceUnavailable

    looks.connect(busy, sender=EVENT)
    with pytest.raises(ServiceUnavailable):
        inbox.receive_message(message)
    assert (stored(message), left(message)) == ([], 0)


def together(app, wanted: list[Message]) -> list[str | None]:
    """The replies to messages that come at once."""
    start = threading.Barrier(len(wanted))

    def one(message: Message) -> str | None:
        with app.app_context():
            start.wait(30)
            try:
                return inbox.receive_message(message)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(one, wanted))


def test_many_at_once_get_each_their_own_reply_in_fewer_looks(app, looks):
    wanted, groups = [event() for _ in range(32)], []

    def counted(event, messages):
        groups.append(len(messages))
        return greets(event, messages)

    looks.connect(counted, sender=EVENT)
    assert together(app, wanted) == [f"hello {each.openid}" for each in wanted]
    assert sum(groups) == 32
    assert len(groups) < 32
    assert all(stored(each) == [(f"hello {each.openid}", 1, True)] for each in wanted)


def test_one_pushed_many_times_at_once_has_one_reply(app, looks):
    message, numbers = event(), iter(range(99))

    def answers(event, messages):
        number = next(numbers)
        return [Ready(f"look {number}", NAMED, each.openid) for each in messages]

    looks.connect(answers, sender=EVENT)
    replies = together(app, [message] * 24)
    [(reply, attempts, is_processed)] = stored(message)
    assert set(replies) == {reply}
    assert (attempts, is_processed) == (1, True)


def test_one_at_fault_spoils_nothing_for_those_who_came_with_it(app, looks, messages):
    wanted, culprit = [event() for _ in range(16)], event()

    def picky(event, messages):
        if any(each.openid == culprit.openid for each in messages):
            raise RuntimeError("a fault of ours")
        return greets(event, messages)

    looks.connect(picky, sender=EVENT)
    assert together(app, [*wanted, culprit]) == [*(f"hello {e.openid}" for e in wanted), None]
    assert stored(culprit) == [(None, 1, True)]
    processed = select(func.count()).where(Notice.key.in_([each.key() for each in wanted]))
    assert read(processed)[0][0] == 16
