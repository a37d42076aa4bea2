"""Windows are opened by what people do, counted here, and closed by time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.core.db import db, in_transaction
from app.core.world import new_id, now
from app.notices import windows
from tests.notices.posts import open_window, remaining

pytestmark = pytest.mark.usefixtures("context")


def take(member_id):
    return in_transaction(lambda: windows.take(member_id))


def test_without_a_window_nothing_can_be_taken():
    assert take(new_id()) is None


def test_a_window_holds_as_many_messages_as_allowed():
    member_id = new_id()
    open_window(member_id, "scan")
    assert [take(member_id) for _ in range(4)] == ["scan", "scan", "scan", None]


def test_a_payment_opens_a_window_without_limit():
    member_id = new_id()
    open_window(member_id, "payment")
    assert {take(member_id) for _ in range(12)} == {"payment"}


def test_the_window_that_ends_last_is_used_first():
    member_id = new_id()
    open_window(member_id, "follow")
    open_window(member_id, "message")
    assert take(member_id) == "message"
    assert (remaining(member_id, "message"), remaining(member_id, "follow")) == (4, 3)


def test_a_window_closes_with_time():
    member_id = new_id()
    long_ago = now() - timedelta(seconds=59)
    in_transaction(lambda: windows.open_window(member_id, "menu", long_ago))
    assert take(member_id) is None


def test_an_older_event_does_not_shorten_or_refill_a_window():
    member_id = new_id()
    open_window(member_id, "message")
    take(member_id)
    in_transaction(lambda: windows.open_window(member_id, "message", now() - timedelta(hours=1)))
    assert remaining(member_id) == 4


def test_a_newer_event_fills_a_window_again():
    member_id = new_id()
    open_window(member_id)
    take(member_id)
    open_window(member_id)
    assert remaining(member_id) == 5


def test_parallel_senders_never_take_more_than_allowed(app):
    member_id = new_id()
    open_window(member_id)
    start = threading.Barrier(16)

    def one(_):
        with app.app_context():
            start.wait(30)
            try:
                return take(member_id)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(one, range(16)))
    assert (taken.count("message"), taken.count(None)) == (5, 11)
