"""What a member lets go on one Beijing day without a PIN: added up over all ways of paying.

One statement adds an amount unless the sum would pass PAYMENT_FREE_DAILY_FEN, under the lock of the
member's one row: however many ask at once, they share one sum. Payments from purses add it in the
very statement that commits them (`part`, decision 19). Others add it when it is asked for, and give
it back when the request is refused or was answered before; what became of it unknown stays in the
sum, and a crash forgets at most the last moment's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.core import packing
from app.core.config import settings
from app.core.db import read_plain, write_plain
from app.core.world import beijing_day, bucket_of, now
from app.ledger.service import Part, RowRefused

TABLE = "alliance_free_spending"
MOST_REMEMBERED = 10_000
# A day that has begun elsewhere is never taken back by a process whose clock is behind.
_SUM = "excluded.spent_fen + CASE WHEN known.day >= excluded.day THEN known.spent_fen ELSE 0 END"
_ADD = """
INSERT INTO alliance_free_spending AS known (bucket, member_id, day, spent_fen)
SELECT wish.bucket, wish.member_id, %s, wish.fen
FROM unnest(%s::smallint[], %s::uuid[], %s::bigint[]) AS wish (bucket, member_id, fen)
{only} ORDER BY wish.member_id
ON CONFLICT (bucket, member_id) DO UPDATE
SET day = greatest(known.day, excluded.day), spent_fen = {total}
RETURNING member_id
"""
_WITHIN = f"{_SUM} WHERE {_SUM} <= %s"
_ADD_WITHIN = _ADD.format(only="", total=_WITHIN)
_ADD_AT_ONCE = _ADD.format(
    only="WHERE EXISTS (SELECT set_config('synchronous_commit', 'off', true))", total=_WITHIN
)
_ADD_OR_REFUSE = _ADD.format(only="", total=f"CASE WHEN {_SUM} <= %s THEN {_SUM} END")  # not null
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


def part(amounts: Iterable[tuple[UUID, int]]) -> Part | None:
    """The part of a commit that counts these amounts (fen) of members; None if there are none.
    Raises RowRefused of TABLE, now or at the commit, if one of them has not so much left today."""
    totals: Counter[UUID] = Counter()
    for member_id, amount_fen in amounts:
        totals[member_id] += amount_fen
    if any(fen > settings().payment_free_daily_fen for fen in totals.values()):
        raise RowRefused(TABLE, None)
    return Part(_ADD_OR_REFUSE, _parameters(totals)) if totals else None


def take(spending: Spending) -> bool:
    """Whether this much may go without a proof, single and with what went today; then it is
    counted, at once and for itself. Not within a unit of work. Raises ServiceUnavailable."""
    if is_small(spending.amount_fen) and not spending.is_counted:
        wanted = _parameters({spending.member_id: spending.amount_fen})
        spending.is_counted = bool(write_plain(_ADD_AT_ONCE, wanted))
    return spending.is_counted


def give_back(spending: Spending) -> None:
    """Takes an amount that was counted and did not go out of the day's sum; of a day that is over
    nothing. Not within a unit of work. Raises ServiceUnavailable."""
    member_id, today = spending.member_id, beijing_day(now())
    write_plain(_GIVE_BACK, (bucket_of(member_id), member_id, today, spending.amount_fen))


def take_within(member_id: UUID, amount_fen: int) -> bool:
    """The same, counted with the current unit of work, which holds the member's row until then."""
    wanted = _parameters({member_id: amount_fen})
    return is_small(amount_fen) and bool(read_plain(_ADD_WITHIN, wanted))


def _parameters(totals: Mapping[UUID, int]) -> tuple[Any, ...]:
    return (
        beijing_day(now()),
        packing.smallints(bucket_of(member_id) for member_id in totals),
        packing.uuids(totals),
        packing.bigints(totals.values()),
        settings().payment_free_daily_fen,
    )


def used_up(member_id: UUID) -> None:
    """Remembers in this process for today that a part with this member alone was refused."""
    if len(_used_up) >= MOST_REMEMBERED:
        _used_up.clear()  # who has used it up is refused once more, alone
    _used_up[member_id] = beijing_day(now())


def is_used_up(member_id: UUID) -> bool:
    """Whether that is so: the next one had better not be tried together with others' payments."""
    return _used_up.get(member_id) == beijing_day(now())


_used_up: dict[UUID, date] = {}
