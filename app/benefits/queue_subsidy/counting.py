"""Where a ticket stands, at the same price at any length of the queue.

Tickets are numbered as they come, so the position of one is its number less those before it that
have left. Those are counted in blocks of 64, of 64 × 64, and so on: a question adds up at most 63
rows of each of five levels and of the ticket's own block, whoever leaves writes five. Arrivals
write none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.core.db import db
from app.core.world import bucket_of

LEVELS = 5
BITS = 6


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a ticket: it has left or not, and so many fen of it were settled."""

    number: int
    is_gone: bool
    settled_fen: int


@dataclass(frozen=True, slots=True)
class Before:
    """Of the tickets before one: how many have left, and what was settled of their targets."""

    gone: int
    settled_fen: int


_NOTE = text(
    """
    INSERT INTO benefits_queue_block (bucket, queue_id, level, block, gone, settled_fen)
    SELECT :bucket, :queue_id, level, block, gone, settled_fen
    FROM unnest(CAST(:levels AS smallint[]), CAST(:blocks AS bigint[]),
                CAST(:gone AS bigint[]), CAST(:settled AS bigint[]))
         AS new (level, block, gone, settled_fen)
    ORDER BY level, block
    ON CONFLICT (bucket, queue_id, level, block) DO UPDATE
    SET gone = benefits_queue_block.gone + EXCLUDED.gone,
        settled_fen = benefits_queue_block.settled_fen + EXCLUDED.settled_fen
    """
)
_BEFORE = text(
    f"""
    SELECT wanted.number,
           (inside.gone + coalesce(sum(blocks.gone), 0))::bigint AS gone,
           (inside.settled_fen + coalesce(sum(blocks.settled_fen), 0))::bigint AS settled_fen
    FROM unnest(CAST(:numbers AS bigint[])) AS wanted (number)
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state <> 'waiting') AS gone,
               coalesce(sum(first_target_fen - CASE WHEN state = 'waiting'
                   THEN target_fen - paid_fen + taken_fen ELSE 0 END), 0) AS settled_fen
        FROM benefits_queue_place
        WHERE queue_id = :queue_id AND number < wanted.number
          AND number > ((wanted.number - 1) >> {BITS}) << {BITS}
    ) AS inside
    CROSS JOIN generate_series(1, {LEVELS}) AS level
    LEFT JOIN LATERAL (
        SELECT sum(gone) AS gone, sum(settled_fen) AS settled_fen
        FROM benefits_queue_block
        WHERE bucket = :bucket AND queue_id = :queue_id AND benefits_queue_block.level = level.level
          AND block < (wanted.number - 1) >> ({BITS} * level.level)
          AND block >= ((wanted.number - 1) >> ({BITS} * (level.level + 1))) << {BITS}
    ) AS blocks ON true
    GROUP BY wanted.number, inside.gone, inside.settled_fen
    """
)
_TOTAL = text(
    "SELECT coalesce(sum(gone), 0)::bigint, coalesce(sum(settled_fen), 0)::bigint"
    " FROM benefits_queue_block"
    f" WHERE bucket = :bucket AND queue_id = :queue_id AND level = {LEVELS}"
)


def note(queue_id: UUID, changes: Iterable[Change]) -> None:
    """Counts what happened to tickets, in the current unit. Locks their blocks, the lowest first:
    the last thing a unit does but for its day."""
    gone: Counter[tuple[int, int]] = Counter()
    settled: Counter[tuple[int, int]] = Counter()
    for each in changes:
        for level in range(1, LEVELS + 1):
            place = level, (each.number - 1) >> (BITS * level)
            gone[place] += each.is_gone
            settled[place] += each.settled_fen
    if not gone:
        return
    places = sorted(gone)
    db.session.execute(
        _NOTE,
        {
            "bucket": bucket_of(queue_id),
            "queue_id": queue_id,
            "levels": [level for level, _ in places],
            "blocks": [block for _, block in places],
            "gone": [gone[place] for place in places],
            "settled": [settled[place] for place in places],
        },
    )


def before(queue_id: UUID, numbers: Sequence[int]) -> dict[int, Before]:
    """What is known of the tickets before each of these numbers, in the current unit of work."""
    found = db.session.execute(
        _BEFORE, {"bucket": bucket_of(queue_id), "queue_id": queue_id, "numbers": list(numbers)}
    )
    return {row.number: Before(row.gone, row.settled_fen) for row in found}


def total(queue_id: UUID) -> Before:
    """How many of all tickets have left, and what was settled, in the current unit of work."""
    values = {"bucket": bucket_of(queue_id), "queue_id": queue_id}
    return Before(*db.session.execute(_TOTAL, values).one())
