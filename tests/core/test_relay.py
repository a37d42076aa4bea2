"""The relay and the worker as real processes: they survive losses and take over from the dead."""

import time
from contextlib import ExitStack

import pytest
from redis import Redis
from sqlalchemy import text

import worker
from app import create_app
from app.core import outbox
from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.relay import LEADER_LOCK, Relay
from app.core.world import new_id
from tests.processes import product_process

LEADER = text(
    """SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
)


def lead():
    """What `flask relay` does."""
    app = create_app()
    with app.app_context():
        Relay(app).run()


def relay(**environment):
    return product_process(lead, **environment)


def leader():
    found = read(LEADER, {"lock": LEADER_LOCK})
    return found[0][0] if found else None


def eventually(check, seconds=90):  # a process starts slowly beside many others
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := check():
            return found
        time.sleep(0.1)
    return check()


def unread(name):
    statement = text("SELECT failures FROM core_outbox WHERE reader = :name")
    return read(statement, {"name": name})


@pytest.fixture
def redis_of_its_own():
    """A database of the test's Redis that no other test uses."""
    address = (
        f"{settings().redis_url.rsplit('/', 1)[0]}/{9 if '/' in settings().redis_url[8:] else ''}"
    )
    redis = Redis.from_url(address)
    redis.flushdb()
    return address


def test_another_relay_takes_over_when_the_leader_is_killed(context):
    with ExitStack() as stack:
        first = stack.enter_context(relay())
        before = eventually(leader)
        assert before
        stack.enter_context(relay())
        first.kill()
        assert eventually(lambda: leader() not in (None, before))


def test_a_relay_ends_within_ten_seconds_of_sigterm(context):
    with relay() as child:
        assert eventually(leader)
        child.terminate()
        child.join(10)
        assert child.exitcode == 0


def test_a_letter_reaches_a_worker_also_after_redis_was_emptied(context, redis_of_its_own):
    name = f"nobody.{new_id().hex}"
    outbox.reader(name, name, print)
    in_transaction(lambda: outbox.emit(name, {}, bucket=1))
    with relay(REDIS_URL=redis_of_its_own):
        assert eventually(lambda: Redis.from_url(redis_of_its_own).exists("rq:queue:outbox"))
        Redis.from_url(redis_of_its_own).flushdb()
        with product_process(worker.main, REDIS_URL=redis_of_its_own):
            # The worker process knows no such reader: that it says so shows that it read it.
            assert eventually(lambda: unread(name)[0][0] == 1)


def test_the_timetable_goes_on_without_redis(context):
    with relay(REDIS_URL="redis://127.0.0.1:9/0") as child:
        assert eventually(leader)
        time.sleep(2)
        assert child.is_alive()
        assert leader()
