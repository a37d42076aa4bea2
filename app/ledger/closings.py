"""Closings: what every kind of account held at the end of each business day, kept for good.

A day is cut between two seals: it ends with the last seal made before midnight (Asia/Shanghai).
So each journal is in exactly one day, whole, and a closing always comes to 0; what was posted in
the last second before midnight may count for the next day. Reports read closings, never a sum
over all entries (design, "Built to be spread out later").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select, text

from app.core.db import db, in_transaction, one_at_a_time, read
from app.core.world import PLATFORM_ID, beijing_day, bucket_of, now, start_of_beijing_day
from app.ledger.accounts import Account
from app.ledger.models import ClosingDayRow, ClosingRow, SealRow

CLOSE_SECONDS = 60.0
GRACE = timedelta(minutes=1)  # a seal begun before midnight may be written after it
LATE = timedelta(hours=1)
MOST_DAYS = 31
PART = 20_000  # journals looked at in one statement
BUCKET = bucket_of(PLATFORM_ID)
_MOVED = text(
    "SELECT e.bucket, e.account, sum(e.amount_fen)::bigint AS moved_fen"
    " FROM (SELECT unnest(journal_ids) AS id FROM ledger_seal WHERE seq > :after AND seq <= :upto)"
    " AS s JOIN ledger_entry AS e ON e.bucket = ledger_bucket(s.id) AND e.journal_id = s.id"
    " GROUP BY e.bucket, e.account"
)


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a business day: balances in fen by kind of account, over all owners.

    `last_seal` is the number of the last seal it contains, `seal_hash` that seal's hash: whoever
    holds an export of the books up to there can add it up again.
    """

    day: date
    balances: Mapping[Account, int]
    journals: int
    last_seal: int
    seal_hash: str | None
    closed_at: datetime


def close_days() -> int:
    """Duty: closes the days that are over and not closed yet, in their order; how many.

    Each in a unit of its own, after its entries were added up outside any.
    """
    done = 0
    while done < MOST_DAYS and _close_next():
        done += 1
    return done


def late_count() -> int:
    """How many days should have been closed an hour ago: the gauge `closings_late`."""
    latest = closings(limit=1)
    day = latest[0].day + timedelta(days=1) if latest else _first_day()
    if day is None:
        return 0
    return max(0, (beijing_day(now() - LATE) - day).days)


def closings(before: date | None = None, limit: int = 31) -> list[Closing]:
    """Closed days before `before`, newest first."""
    days = select(ClosingDayRow).where(ClosingDayRow.bucket == BUCKET)
    if before is not None:
        days = days.where(ClosingDayRow.day < before)
    return _found(days.order_by(ClosingDayRow.day.desc()).limit(limit))


def closing(day: date) -> Closing | None:
    """A day's closing, if it is closed."""
    mine = ClosingDayRow.bucket == BUCKET, ClosingDayRow.day == day
    found = _found(select(ClosingDayRow).where(*mine))
    return found[0] if found else None


def _found(statement: object) -> list[Closing]:
    inner = statement.subquery()  # type: ignore[attr-defined]
    rows = read(
        select(inner, SealRow.hash)
        .outerjoin(SealRow, SealRow.seq == inner.c.last_seal)
        .order_by(inner.c.day.desc())
    )
    return [
        Closing(
            row.day,
            {Account[label.upper()]: fen for label, fen in row.balances.items()},
            row.journals,
            row.last_seal,
            bytes(row.hash).hex() if row.hash else None,
            row.closed_at,
        )
        for row in rows
    ]


def _close_next() -> bool:
    latest = closings(limit=1)
    before = latest[0] if latest else None
    day = before.day + timedelta(days=1) if before else _first_day()
    if day is None or start_of_beijing_day(day + timedelta(days=1)) + GRACE > now():
        return False
    after = before.last_seal if before else 0
    seals = _seals(after, start_of_beijing_day(day + timedelta(days=1)))
    moved: Counter[tuple[int, int]] = Counter()
    for first, last in _parts(after, seals):
        for row in read(_MOVED.bindparams(after=first, upto=last)):
            moved[row.bucket, row.account] += row.moved_fen
    if sum(moved.values()):
        raise RuntimeError(f"the journals of {day} do not come to 0: nothing is closed")
    head = _head(day, before, seals, moved)
    return in_transaction(lambda: _write(day, before, head, moved))


def _first_day() -> date | None:
    first = read(select(SealRow.sealed_at).order_by(SealRow.seq).limit(1))
    return beijing_day(first[0].sealed_at) if first else None


def _seals(after: int, end: datetime) -> list[tuple[int, int]]:
    """The seals of a day: number, and how many journals. All up to the last one made before its
    end, so that a clock that was set back leaves no seal out."""
    last = (
        select(func.max(SealRow.seq)).where(SealRow.seq > after, SealRow.sealed_at < end)
    ).scalar_subquery()
    size = func.cardinality(SealRow.journal_ids)
    wanted = select(SealRow.seq, size.label("size")).where(SealRow.seq > after, SealRow.seq <= last)
    return [(row.seq, row.size) for row in read(wanted.order_by(SealRow.seq))]


def _parts(after: int, seals: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges of seals (first not included) of about PART journals each."""
    first, journals = after, 0
    for seq, size in seals:
        journals += size
        if journals >= PART:
            yield first, seq
            first, journals = seq, 0
    if journals:
        yield first, seals[-1][0]


def _head(
    day: date,
    before: Closing | None,
    seals: list[tuple[int, int]],
    moved: Mapping[tuple[int, int], int],
) -> ClosingDayRow:
    balances = Counter({int(account): fen for account, fen in before.balances.items()}
                       if before else {})  # fmt: skip
    for (_, account), fen in moved.items():
        balances[account] += fen
    return ClosingDayRow(
        bucket=BUCKET,
        day=day,
        balances={Account(code).label: fen for code, fen in sorted(balances.items())},
        journals=sum(size for _, size in seals),
        last_seal=seals[-1][0] if seals else before.last_seal if before else 0,
        closed_at=now(),
    )


def _write(
    day: date,
    before: Closing | None,
    head: ClosingDayRow,
    moved: Mapping[tuple[int, int], int],
) -> bool:
    one_at_a_time("ledger/closings")
    latest = db.session.scalar(select(func.max(ClosingDayRow.day)))
    if latest != (before.day if before else None):
        return False  # somebody else has closed it meanwhile
    db.session.add(head)
    db.session.flush()
    rows = [
        {"bucket": bucket, "account": account, "day": day, "moved_fen": fen}
        for (bucket, account), fen in sorted(moved.items())
        if fen
    ]
    if rows:
        db.session.execute(insert(ClosingRow), rows)
    return True
