"""The same request twice does its work once, whatever happens in between."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import g
from sqlalchemy import text

from app.core import idempotency
from app.core.auth import Principal
from app.core.db import db, in_transaction, read
from app.core.errors import NotFound
from app.core.world import new_id


@pytest.fixture(scope="module")
def counter(app):
    with app.app_context():
        make = text("CREATE TABLE IF NOT EXISTS test_counter (id uuid, amount int)")
        in_transaction(lambda: db.session.execute(make))


def call(app, caller, key, *, body=b'{"a":1}', work=None):
    """One request of `caller`, as a route would run it: (status, body, replayed)."""
    headers = {"Idempotency-Key": key} if key is not None else {}
    with app.test_request_context("/money", method="POST", data=body, headers=headers):
        app.preprocess_request()
        g.principal = Principal("member", caller, frozenset({"member"}))
        answer = idempotency.execute(work or (lambda: count(caller)))
        return answer.status_code, answer.json, answer.headers.get("Idempotency-Replayed")


def count(caller):
    db.session.execute(text("INSERT INTO test_counter VALUES (:id, 1)"), {"id": caller})
    return 201, {"done": True}


def counted(app, caller):
    with app.app_context():
        return read(text("SELECT count(*) FROM test_counter WHERE id = :id"), {"id": caller})[0][0]


def test_the_same_request_is_answered_the_same_and_done_once(app, counter):
    caller = new_id()
    first, second = call(app, caller, "k"), call(app, caller, "k")
    assert first[:2] == second[:2]
    assert (first[2], second[2]) == (None, "true")
    assert counted(app, caller) == 1


def test_another_request_under_the_same_key_is_refused(app, counter):
    caller = new_id()
    call(app, caller, "k")
    with pytest.raises(idempotency.IdempotencyKeyReused):
        call(app, caller, "k", body=b'{"a":2}')
    assert counted(app, caller) == 1


def test_two_callers_may_use_the_same_key(app, counter):
    first, second = new_id(), new_id()
    call(app, first, "k")
    assert call(app, second, "k")[2] is None


@pytest.mark.parametrize("key", [None, "", "x" * 101, "a\tb"])
def test_a_key_is_required(app, counter, key):
    with pytest.raises(idempotency.IdempotencyKeyMissing):
        call(app, new_id(), key)


def test_a_refusal_is_not_stored_and_changes_nothing(app, counter):
    caller = new_id()

    def refuse():
        count(caller)
        raise NotFound()

    with pytest.raises(NotFound):
        call(app, caller, "k", work=refuse)
    assert counted(app, caller) == 0
    assert call(app, caller, "k")[0] == 201


def test_sixty_four_at_once_are_done_once(app, counter):
    caller = new_id()

    def attempt(_):
        try:
            return call(app, caller, "k")[0]
        except idempotency.RequestInProgress as refusal:
            return refusal.status

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(attempt, range(64)))
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert counted(app, caller) == 1
