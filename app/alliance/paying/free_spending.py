"""What a member lets go on one Beijing day without a PIN: added up over all ways of paying.

One statement adds an amount unless the sum would pass PAYMENT_FREE_DAILY_FEN, under the lock of the
member's one row: however many ask at once, they share one sum. It is added when it is asked for,
and given back when the request is refused or was answered before; what became of it unknown stays
in the sum. Those of payments that go together are added together (decision 19), and not waited for
until they are on disk, as the payment itself is: a crash forgets at most the last moment's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.core import packing
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


@dataclass(slots=True, eq=False)
class Spending:
    """An amount (fen) that shall go without a proof, and whether the day's sum has it."""

    member_id: UUID
    amount_fen: int
    is_counted: bool = False


def is_small(amount_fen: int) -> bool:
    """Whether an amount may go without a proof on a day on which nothing else did."""
    known = settings()
    return amount_fen <= min(known.payment_free_fen, known.payment_free_daily_fen)


def count(spendings: Iterable[Spending]) -> None:
    """Counts those that are small enough with what went today, and says so in each; what was
    counted before stays so. Not within a unit of work. Raises ServiceUnavailable."""
    left = [each for each in spendings if not each.is_counted]
    while left:  # those of one member one after the other: a statement adds to each row once
        first: dict[UUID, Spending] = {}
        for each in left:
            first.setdefault(each.member_id, each)
        added = _added(_ADD_AT_ONCE, first.values())
        for each in first.values():
            each.is_counted = each.member_id in added
        left = [each for each in left if first[each.member_id] is not each]


def take(spending: Spending) -> bool:
    """Whether this much may go without a proof, single and with what went today; then it is
    counted, at once and for itself. Not within a unit of work. Raises ServiceUnavailable."""
    if is_small(spending.amount_fen):
        count([spending])
    return spending.is_counted


def give_back(spending: Spending) -> None:
    """Takes an amount that was counted and did not go out of the day's sum; of a day that is over
    nothing. Not within a unit of work. Raises ServiceUnavailable."""
    member_id, today = spending.member_id, beijing_day(now())
    write_plain(_GIVE_BACK, (bucket_of(member_id), member_id, today, spending.amount_fen))


def take_within(member_id: UUID, amount_fen: int) -> bool:
    """The same, counted with the current unit of work, which holds the member's row until then."""
    wanted = [Spending(member_id, amount_fen)]
    return is_small(amount_fen) and bool(_added(_ADD_WITHIN, wanted))


def _added(statement: str, wanted: Iterable[Spending]) -> set[UUID]:
    day, spendings = beijing_day(now()), list(wanted)
    parameters = (
        day,
        packing.smallints(bucket_of(each.member_id) for each in spendings),
        packing.uuids(each.member_id for each in spendings),
        packing.bigints(each.amount_fen for each in spendings),
        settings().payment_free_daily_fen,
    )
    work = read_plain if statement is _ADD_WITHIN else write_plain
    return {row[0] for row in work(statement, parameters)}
