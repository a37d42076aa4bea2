"""The timetable as a whole: a duty that finds nothing to do says so, or nothing comes to rest."""

from __future__ import annotations

from app.core import outbox, timetable


def test_a_duty_that_has_done_its_work_has_nothing_left_to_do(context):
    for _ in range(20):
        if not sum(duty.work() or 0 for duty in timetable.duties()) and not outbox.work_off():
            break
    assert {duty.name: duty.work() for duty in timetable.duties() if duty.work()} == {}
