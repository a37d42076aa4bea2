"""Positions from the blocks are those of a plain count, also across the borders of blocks."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.benefits.queue_subsidy import counting
from app.benefits.queue_subsidy.counting import Before, Change
from app.core.db import db, in_transaction
from app.core.world import new_id

SIZE = 64 * 64 + 200
FILL = text(
    "INSERT INTO benefits_queue_place (bucket, id, queue_id, campaign_id, sale_id, member_id,"
    " number, before_fen, first_target_fen, target_fen, state, joined_at)"
    " SELECT 0, gen_random_uuid(), :q, :q, gen_random_uuid(), :q, n, (n - 1) * 10, 10, 10,"
    " 'waiting', now() FROM generate_series(1, :size) AS n"
)
LEAVE = text(
    "UPDATE benefits_queue_place SET state = 'paid', paid_fen = 10, finished_at = now()"
    " WHERE queue_id = :q AND number = ANY(:numbers)"
)
BORDERS = [1, 2, 63, 64, 65, 66, 128, 129, 4_096, 4_097, 4_098, 4_160, 4_161, SIZE]
NUMBERS = st.sets(st.sampled_from(BORDERS) | st.integers(1, SIZE), max_size=40)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(NUMBERS, max_size=3))
def test_whoever_left_and_wherever_a_position_is_what_a_plain_count_says(context, waves):
    queue_id, gone = new_id(0), set()
    in_transaction(lambda: db.session.execute(FILL, {"q": queue_id, "size": SIZE}))
    for wave in waves:
        leaving = wave - gone
        gone |= leaving

        def leave(leaving=leaving):
            db.session.execute(LEAVE, {"q": queue_id, "numbers": list(leaving)})
            counting.note(queue_id, [Change(number, True, 10) for number in leaving])

        in_transaction(leave)
    asked = sorted({*BORDERS, *gone})
    found = in_transaction(lambda: counting.before(queue_id, asked))
    for number in asked:
        count = sum(each < number for each in gone)
        assert found[number] == Before(count, 10 * count), number
    assert in_transaction(lambda: counting.total(queue_id)) == Before(len(gone), 10 * len(gone))
    in_transaction(lambda: db.session.execute(CLEAN, {"q": queue_id}))


CLEAN = text("DELETE FROM benefits_queue_place WHERE queue_id = :q")
