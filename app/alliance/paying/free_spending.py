"""What a member lets go on one Beijing day without a PIN: added up over all ways of paying.

One statement adds an amount unless the sum would pass PAYMENT_FREE_DAILY_FEN, under the lock of the
member's one row: however many ask at once, they share one sum. It is added when it is asked for,
and given back when the request is refused or was answered before; what became of it unknown stays
in the sum. Many members' amounts are added together (decision 19), and not waited for until they
are on disk, as the payment itself is: a crash forgets at most the last moment's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core import packing
from app.core.combining import Combiner
from app.core.config import settings
from app.core.db import read_plain, write_plain
from app.core.world import beijing_day, bucket_of, now

# A day that has begun elsewhere is never taken back by a process whose clock is behind.
_ADD = """
INSERT INTO alliance_free_spending AS known (bucket, member_id, day, spent_fen)
SELECT wish.bucket, wish.member_id, %s, wish.fen
FROM unnest(%s::smallint[], %s::uuid[], %s::bigint[]) AS wish (bucket, member_id, fen)
{only} ORDER BY wish.member_id
ON CONFLICT (bucket, member_id) DO UPDATE SET
    day = greatest(known.day, excluded.day),
    spent_fen = excluded.spent_fen
        + CASE WHEN known.day >= excluded.day THEN known.spent_fen ELSE 0 END
WHERE excluded.spent_fen
        + CASE WHEN known.day >= excluded.day THEN known.spent_fen ELSE 0 END <= %s
RETURNING member_id
"""
_ADD_WITHIN = _ADD.format(only="")
_ADD_AT_ONCE = _ADD.format(
    only="WHERE EXISTS (SELECT set_config('synchronous_commit', 'off', true))"
)
# What somebody adds at this very moment keeps the row, and the amount in it: never too little.
_GIVE_BACK = """
WITH asked AS (SELECT %s::smallint AS bucket, %s::uuid AS member_id, %s::date AS day, %s AS fen),
empty AS (
    DELETE FROM alliance_free_spending AS known USING asked
    WHERE known.bucket = asked.bucket AND known.member_id = asked.member_id
        AND known.day = asked.day AND known.spent_fen = asked.fen
)
UPDATE alliance_free_spending AS known SET spent_fen = known.spent_fen - asked.fen FROM asked
WHERE known.bucket = asked.bucket AND known.member_id = asked.member_id
    AND known.day = asked.day AND known.spent_fen > asked.fen
RETURNING known.member_id
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """An amount (fen) that a member wants to let go now."""

    member_id: UUID
    amount_fen: int


def take(member_id: UUID, amount_fen: int) -> bool:
    """Whether this much may go without a proof, single and with what went today; then it is
    counted, at once and for itself. Not within a unit of work."""
    return _is_small(amount_fen) and _combiner.run(Wish(member_id, amount_fen))


def give_back(member_id: UUID, amount_fen: int) -> None:
    """Takes an amount that did not go out of the day's sum; of a day that is over nothing. Not
    within a unit of work. Raises ServiceUnavailable."""
    write_plain(_GIVE_BACK, (bucket_of(member_id), member_id, beijing_day(now()), amount_fen))


def take_within(member_id: UUID, amount_fen: int) -> bool:
    """The same, counted with the current unit of work, which holds the member's row until then."""
    return _is_small(amount_fen) and bool(_added(_ADD_WITHIN, [Wish(member_id, amount_fen)]))


def _is_small(amount_fen: int) -> bool:
    known = settings()
    return amount_fen <= min(known.payment_free_fen, known.payment_free_daily_fen)


def _take_all(wishes: Sequence[Wish]) -> list[bool]:
    """Those of one member one after the other: a statement adds to each row once."""
    answers, left = [False] * len(wishes), list(range(len(wishes)))
    while left:
        first: dict[UUID, int] = {}
        for place in left:
            first.setdefault(wishes[place].member_id, place)
        added = _added(_ADD_AT_ONCE, [wishes[place] for place in first.values()])
        for member_id, place in first.items():
            answers[place] = member_id in added
        taken = set(first.values())
        left = [place for place in left if place not in taken]
    return answers


def _added(statement: str, wishes: Sequence[Wish]) -> set[UUID]:
    day: date = beijing_day(now())
    parameters = (
        day,
        packing.smallints(bucket_of(each.member_id) for each in wishes),
        packing.uuids(each.member_id for each in wishes),
        packing.bigints(each.amount_fen for each in wishes),
        settings().payment_free_daily_fen,
    )
    work = read_plain if statement is _ADD_WITHIN else write_plain
    return {row[0] for row in work(statement, parameters)}


_combiner: Combiner[Wish, bool] = Combiner(_take_all)
