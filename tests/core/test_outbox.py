"""Letters out: written with their cause, read at least once, never lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event as sql
from sqlalchemy import text

from app.core import outbox
from app.core.db import db, in_transaction, read
from app.core.world import new_id, now
from tests.processes import killed_at_commit


@pytest.fixture(params=[False, True], ids=["alone", "together"])
def reading(request, app, context):
    """A fresh reader, whose letters are deleted one by one or together; yields (event, what it
    read, what it is to raise next)."""
    event, seen, raising = f"test.{new_id().hex}", [], []
    read(text("DELETE FROM core_outbox RETURNING 1"))  # what tests before left would come first

    def reader(payload):
        seen.append(payload["n"])
        if raising:
            raise raising.pop(0)

    outbox.reader(event, event, reader, is_local=request.param)
    yield event, seen, raising
    del app.extensions[outbox.EXTENSION][event]


@pytest.fixture
def together(app, reading):
    """The same, of a reader whose letters are deleted together."""
    event, seen, raising = reading
    wired = app.extensions[outbox.EXTENSION][event]
    app.extensions[outbox.EXTENSION][event] = replace(wired, is_local=True)
    return event, seen, raising


@pytest.fixture
def deletions(context):
    """How many letters each statement deleted."""
    found = []

    def note(connection, cursor, statement, *rest):
        if "DELETE FROM core_outbox" in statement:
            found.append(cursor.rowcount)

    sql.listen(db.engine, "after_cursor_execute", note)
    yield found
    sql.remove(db.engine, "after_cursor_execute", note)


def row(event):
    found = read(text("SELECT * FROM core_outbox WHERE reader = :event"), {"event": event})
    return found[0] if found else None


def row_of(event, n):
    found = "SELECT * FROM core_outbox WHERE reader = :event AND payload ->> 'n' = :n"
    return read(text(found), {"event": event, "n": str(n)})[0]


def emit(event, n=1, **when):
    in_transaction(lambda: outbox.emit(event, {"n": n}, bucket=7, **when))


def fall_due(event):
    statement = text("UPDATE core_outbox SET due_at = :now WHERE reader = :event RETURNING 1")
    read(statement, {"now": now(), "event": event})


def work_on():
    for _ in range(20):
        outbox.work_off()


def test_a_letter_is_read_and_gone(reading):
    event, seen, _ = reading
    emit(event)
    outbox.work_off()
    assert seen == [1]
    assert row(event) is None


def test_an_event_is_behind_while_too_many_of_its_letters_are_unread(reading):
    event, _, _ = reading
    for _ in range(3):
        emit(event)
    emit(event, due_at=now() + timedelta(hours=1))
    assert outbox.is_behind(event, 3)
    assert not outbox.is_behind(event, 4)
    assert not outbox.is_behind(f"{event}.other", 1)
    outbox.work_off()
    assert not outbox.is_behind(event, 1)


def test_a_letter_of_an_undone_unit_was_never_written(reading):
    event, _seen, _ = reading

    def fail():
        outbox.emit(event, {"n": 1}, bucket=7)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(fail)
    assert row(event) is None


def test_a_failed_reading_is_tried_again_later(reading):
    event, seen, raising = reading
    raising.append(RuntimeError("no"))
    emit(event)
    outbox.work_off()
    waiting = row(event)
    assert waiting.failures == 1
    assert waiting.due_at > now()
    fall_due(event)
    outbox.work_off()
    assert seen == [1, 1]
    assert row(event) is None


def test_looking_again_later_is_no_failure(reading):
    event, _, raising = reading
    raising.append(outbox.TryLater(30))
    emit(event)
    outbox.work_off()
    assert row(event).failures == 0
    assert row(event).due_at > now() + timedelta(seconds=20)


def test_a_letter_that_fails_for_ever_becomes_a_dead_letter(reading):
    event, seen, raising = reading
    raising.extend(RuntimeError("no") for _ in range(50))
    emit(event)
    for _ in range(outbox.FAILURES_BEFORE_DEAD + 3):
        fall_due(event)
        outbox.work_off()
    assert row(event).state == "dead"
    assert outbox.dead() >= 1
    assert "RuntimeError" in row(event).last_error
    assert len(seen) == outbox.FAILURES_BEFORE_DEAD


def test_a_letter_is_not_read_before_its_time(reading):
    event, seen, _ = reading
    emit(event, due_at=now() + timedelta(hours=1))
    outbox.work_off()
    assert seen == []


def test_what_fell_to_another_worker_while_it_waited_its_turn_is_not_read_again(
    reading, monkeypatch
):
    event, seen, _ = reading
    emit(event)
    emit(event)
    monkeypatch.setattr(outbox, "LEASE_SECONDS", 0)  # every lease is short: it is renewed first
    first, second = (c for c in in_transaction(lambda: outbox._claim(50)) if c.reader == event)
    monkeypatch.undo()
    fall_due(event)
    taken = [c for c in in_transaction(lambda: outbox._claim(1)) if c.reader == event]
    late = replace(first if taken[0].id == first.id else second, claimed_at=float("-inf"))
    outbox._read(late)
    assert seen == []
    outbox._read(taken[0])
    assert seen == [1]


def test_a_long_reading_has_a_long_lease(app, reading):
    event, seen, _ = reading
    leases = []

    def read_slowly(payload):
        leases.append(row(event).due_at - now())
        seen.append(payload["n"])

    app.extensions[outbox.EXTENSION][event] = outbox.Wired(event, read_slowly, 900)
    emit(event)
    outbox.work_off()
    assert timedelta(seconds=890) < leases[0] <= timedelta(seconds=900)
    assert row(event) is None


def test_a_worker_that_is_to_end_gives_the_rest_back_at_once(reading):
    event, seen, _ = reading
    for _ in range(3):
        emit(event)
    assert outbox.work_off(go_on=lambda: not seen) == 1
    assert seen == [1]
    assert outbox.work_off() == 2
    assert seen == [1, 1, 1]


def test_no_letter_waits_behind_patient_ones_and_these_move_on_too(app, reading):
    event, seen, _ = reading
    wired = app.extensions[outbox.EXTENSION][event]
    app.extensions[outbox.EXTENSION][event] = replace(wired, is_patient=True)
    for _ in range(30):
        emit(event)
    app.extensions[outbox.EXTENSION][event] = wired
    for _ in range(20):
        emit(event, 2)
    assert outbox.work_off(10) == 10
    assert (seen.count(2), seen.count(1)) == (8, 2)
    while outbox.work_off(10):
        pass
    assert (seen.count(2), seen.count(1)) == (20, 30)


def test_a_letter_that_ends_its_workers_holds_no_other_up_and_is_given_up(app, reading):
    event, seen, _ = reading
    wired = app.extensions[outbox.EXTENSION][event]

    def read_or_end(payload):
        if payload["n"] == 13:
            raise SystemExit(9)  # as little is written down as by a process that is killed
        wired.function(payload)

    app.extensions[outbox.EXTENSION][event] = replace(wired, function=read_or_end)
    for n in (13, 1, 2, 3):
        emit(event, n)
    for _ in range(outbox.LOST_BEFORE_DEAD):
        with pytest.raises(SystemExit):
            work_on()
        fall_due(event)
    assert sorted(seen) == [1, 2, 3]
    outbox.work_off()
    assert row(event).state == "dead"
    assert row(event).last_error == f"{outbox.LOST_BEFORE_DEAD} workers ended while they read it"


def test_a_letter_over_which_a_worker_was_lost_is_read_by_itself_and_at_once(reading):
    """So that a lease which ran out behind slow letters is not lost again behind others."""
    event, seen, raising = reading
    emit(event, 1)
    in_transaction(lambda: outbox._claim(50))  # and its worker is gone, or late
    fall_due(event)
    emit(event, 2)
    raising.append(ValueError("but it lives"))
    assert outbox.work_off() == 1
    assert (seen, row_of(event, 1).lost, row_of(event, 2).is_held) == ([1], 0, False)
    fall_due(event)
    assert outbox.work_off() == 2
    assert seen == [1, 1, 2]


def test_a_claim_that_was_lost_falls_due_again_and_the_late_worker_is_fenced(reading):
    event, _seen, _ = reading
    emit(event)
    lost = next(
        claim for claim in in_transaction(lambda: outbox._claim(50)) if claim.reader == event
    )
    assert row(event).due_at > now()
    fall_due(event)
    again = next(c for c in in_transaction(lambda: outbox._claim(50)) if c.reader == event)
    in_transaction(lambda: outbox._finish([lost]))
    assert row(event) is not None
    in_transaction(lambda: outbox._finish([again]))
    assert row(event) is None


def left(event):
    rows = "SELECT payload ->> 'n' AS n FROM core_outbox WHERE reader = :event ORDER BY id"
    return [int(row.n) for row in read(text(rows), {"event": event})]


def emit_all(event, count):
    for n in range(count):
        emit(event, n)


def test_letters_of_local_readers_are_deleted_together_and_others_one_by_one(
    app, reading, deletions
):
    event, seen, _ = reading
    emit_all(event, 7)
    assert outbox.work_off() == 7
    assert seen == list(range(7))
    is_local = app.extensions[outbox.EXTENSION][event].is_local
    assert deletions == ([7] if is_local else [1] * 7)
    assert left(event) == []


def test_what_was_read_is_deleted_before_a_letter_of_a_reader_that_is_not_local(
    app, together, deletions
):
    event, _, _ = together
    wired, other, found = app.extensions[outbox.EXTENSION][event], f"{event}.other", []

    def look(payload):
        found.append((payload["n"], left(event)))

    outbox.reader(other, other, look)
    try:
        for n, name in enumerate((event, event, other, event, other, other)):
            emit(name, n)
        assert outbox.work_off() == 6
    finally:
        del app.extensions[outbox.EXTENSION][other]
    assert wired.is_local
    assert found == [(2, [3]), (4, []), (5, [])]
    assert deletions == [2, 1, 1, 1, 1]


def test_what_was_read_long_ago_does_not_wait_for_more(together, deletions, monkeypatch):
    event, _, _ = together
    monkeypatch.setattr(outbox, "LONGEST_UNDELETED_SECONDS", 0.0)
    emit_all(event, 3)
    outbox.work_off()
    assert deletions == [1, 1, 1]


def test_a_letter_that_fails_among_others_alone_stays(together, deletions):
    event, seen, raising = together
    emit_all(event, 4)
    raising.append(RuntimeError("no"))
    assert outbox.work_off() == 4
    assert (seen, left(event), deletions) == ([0, 1, 2, 3], [0], [3])
    assert row(event).failures == 1


def test_a_worker_that_is_to_end_deletes_what_it_read_and_gives_back_the_rest(together, deletions):
    event, seen, _ = together
    emit_all(event, 5)
    assert outbox.work_off(go_on=lambda: len(seen) < 3) == 3
    assert (left(event), deletions) == ([3, 4], [3])
    assert [row_of(event, n).is_held for n in (3, 4)] == [False, False]


def test_a_late_worker_deletes_of_what_it_read_only_what_nobody_claimed_since(together):
    event, _, _ = together
    emit_all(event, 3)
    late = in_transaction(lambda: outbox._claim(50))
    statement = text(
        "UPDATE core_outbox SET attempts = attempts + 1 WHERE reader = :event"
        " AND payload ->> 'n' = '1' RETURNING 1"
    )
    read(statement, {"event": event})
    in_transaction(lambda: outbox._finish(late))
    assert left(event) == [1]


@pytest.mark.parametrize(
    ("number", "side", "rest"),
    [(1, "before", 5), (1, "after", 5), (2, "before", 5), (2, "after", 0)],
)
def test_who_is_killed_before_letters_are_deleted_leaves_all_of_them_to_be_read_again(
    together, number, side, rest
):
    """The first commit claims them, the second deletes what was read."""
    event, seen, _ = together
    emit_all(event, 5)
    killed_at_commit(outbox.work_off, side, number)
    assert len(left(event)) == rest
    fall_due(event)
    work_on()
    assert sorted(seen) == list(range(rest))
    assert left(event) == []


def test_readers_behind_a_sale_are_local_and_those_that_speak_to_wechat_are_not(app, context):
    wired = outbox.readers()
    local = {name for name, each in wired.items() if each.is_local}
    behind = {name for name, each in wired.items() if each.event.startswith("sale.")}
    assert len(behind) >= 6
    assert behind <= local
    outside = {"notices.send", "wallet.look_at_order", "wallet.look_at_refund", "wallet.pay_out"}
    assert outside <= wired.keys() - local
