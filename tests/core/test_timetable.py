"""The timetable: each duty in its turn, and none keeps the others waiting."""

import pytest

from app.core import timetable
from app.core.timetable import Unfinished, every

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def only(app):
    """A timetable of the test's own."""
    before = app.extensions.get(timetable.EXTENSION)
    app.extensions[timetable.EXTENSION] = []
    yield
    app.extensions[timetable.EXTENSION] = before


def test_a_duty_that_has_more_to_do_is_due_again_after_the_others(only):
    turns, slices = [], [Unfinished(2), Unfinished(0), 1]

    def long_one():
        turns.append("long")
        return slices.pop(0)

    every(1_000, "long", long_one)
    every(0, "short", lambda: turns.append("short"))
    assert [timetable.run_due() for _ in range(4)] == [2, 0, 1, 0]
    assert turns == ["long", "short", "long", "short", "long", "short", "short"]


def test_a_duty_that_fails_waits_its_time_and_stops_no_other(only):
    turns = []

    def fails():
        turns.append("fails")
        raise RuntimeError("odd")

    every(1_000, "fails", fails)
    every(0, "short", lambda: turns.append("short"))
    timetable.run_due()
    timetable.run_due()
    assert turns == ["fails", "short", "short"]


def test_who_runs_all_has_a_long_duty_finish_before_the_next_begins(only):
    turns, slices = [], [Unfinished(2), Unfinished(3), 1, Unfinished(0)]

    def long_one():
        turns.append("long")
        return slices.pop(0)

    every(1_000, "long", long_one)
    every(1_000, "short", lambda: turns.append("short"))
    assert timetable.run_all() == 6
    assert turns == ["long", "long", "long", "short"]
    assert timetable.run_all() == 0  # no progress: it is tried again in the next round
    assert turns[4:] == ["long", "short"]
