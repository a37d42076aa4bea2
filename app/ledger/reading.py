"""Reading the books: balances, lots, statements and journals."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Executable, Row, Select, func, select, true, union_all

from app.core import db as core_db
from app.core import packing
from app.core.world import bucket_of, new_id
from app.ledger.accounts import FIRST_APPEND_ONLY, FIRST_WITHOUT_FLOOR, Account, Balance
from app.ledger.errors import NoSuchJournal
from app.ledger.journals import Journal, Leg, mirror
from app.ledger.models import AccountRow, EntryRow, JournalRow, LotRow, UnsealedRow

NOTHING = Balance(0, 0)
BEYOND_ALL = 2**63 - 1  # after the last version that an account can have


class Balances(dict[Account, Balance]):
    """The opened accounts of one owner; an account not yet opened holds nothing."""

    def __missing__(self, account: Account) -> Balance:
        return NOTHING


@dataclass(frozen=True, slots=True)
class Recorded:
    """A journal as it stands in the books, and when (UTC) it was posted."""

    journal: Journal
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement: the amount, and the balance (fen) and number after it."""

    journal_id: UUID
    leg: int
    kind: str
    reference_id: UUID
    account: Account
    lot_id: UUID | None
    amount_fen: int
    balance_fen: int
    version: int
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """An amount in fen above 0 that can be spent; `lot_id` where the account uses lots."""

    account: Account
    lot_id: UUID | None
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of a statement, newest first, and the cursor of the next page (None: no more)."""

    entries: list[Entry]
    cursor: str | None


def _rows(statement: Executable) -> Sequence[Row[Any]]:
    """Reads in the current unit of work, or in one round trip outside any."""
    return core_db.read(statement)


def balances(owner_id: UUID, *, with_unfolded: bool = False) -> Balances:
    """The balances of an owner's accounts, with the number of entries each contains.

    Append-only accounts show what has been folded; `with_unfolded` adds the rest, at the price
    of a look at the sealer's queue. A debit of such an account can use the folded part only.
    """
    if with_unfolded:
        rows = [tuple(row) for row in _rows(_with_unfolded(owner_id))]
    else:
        rows = core_db.read_plain(_BALANCES, (bucket_of(owner_id), owner_id))
    return Balances((Account(code), Balance(balance, version)) for code, balance, version in rows)


_BALANCES = """
    SELECT account, balance_fen, version FROM ledger_account WHERE bucket = %s AND owner_id = %s
"""


def _folded(owner_id: UUID) -> Select[int, int, int]:
    return select(AccountRow.account, AccountRow.balance_fen, AccountRow.version).where(
        AccountRow.bucket == bucket_of(owner_id), AccountRow.owner_id == owner_id
    )


def _with_unfolded(owner_id: UUID) -> Executable:
    """One statement, so that both halves are of one moment: between two, a fold could move what
    neither of them sees, or both."""
    parts = union_all(_folded(owner_id), _unfolded(owner_id)).subquery()
    return select(
        parts.c.account,
        func.sum(parts.c.balance_fen).cast(BigInteger).label("balance_fen"),
        func.sum(parts.c.version).cast(BigInteger).label("version"),
    ).group_by(parts.c.account)


def _unfolded(owner_id: UUID) -> Select[int, int, int]:
    """The entries of each journal in the sealer's queue by their key. `OFFSET 0` keeps the planner
    from joining: it knows little of a queue, and would read all entries of the owner there are."""
    entries = (
        select(EntryRow.account, EntryRow.amount_fen)
        .where(
            EntryRow.bucket == UnsealedRow.bucket,
            EntryRow.journal_id == UnsealedRow.journal_id,
            EntryRow.owner_id == owner_id,
            EntryRow.account >= FIRST_APPEND_ONLY,
            (EntryRow.amount_fen > 0) | (EntryRow.account >= FIRST_WITHOUT_FLOOR),
        )
        .offset(0)
        .correlate(UnsealedRow)
        .lateral()
    )
    return (
        select(entries.c.account, func.sum(entries.c.amount_fen).cast(BigInteger), func.count())
        .select_from(UnsealedRow)
        .join(entries, true())
        .group_by(entries.c.account)
    )


def lots(owner_id: UUID, account: Account) -> dict[UUID, int]:
    """The lots of an account that hold something, in fen, in the order of their ids."""
    statement = (
        select(LotRow.lot_id, LotRow.balance_fen)
        .where(
            LotRow.bucket == bucket_of(owner_id),
            LotRow.owner_id == owner_id,
            LotRow.account == account,
            LotRow.balance_fen > 0,
        )
        .order_by(LotRow.lot_id)
    )
    return {row.lot_id: row.balance_fen for row in _rows(statement)}


def lot_balances(
    owner_ids: Collection[UUID], account: Account, lot_ids: Collection[UUID]
) -> dict[UUID, int]:
    """What is left in these lots (fen), whichever of these owners hold it; empty ones are left
    out."""
    statement = (
        select(LotRow.lot_id, func.sum(LotRow.balance_fen).cast(BigInteger).label("left_fen"))
        .where(
            LotRow.bucket.in_({bucket_of(each) for each in owner_ids}),
            LotRow.owner_id.in_(owner_ids),
            LotRow.account == account,
            LotRow.lot_id.in_(lot_ids),
            LotRow.balance_fen > 0,
        )
        .group_by(LotRow.lot_id)
    )
    return {row.lot_id: row.left_fen for row in _rows(statement)}


_HOLDINGS = """
    WITH asked AS (SELECT * FROM unnest(%s, %s) AS asked(bucket, owner_id))
    SELECT owner_id, account, lot_id, balance_fen FROM asked JOIN ledger_lot
    USING (bucket, owner_id) WHERE account = ANY(%s) AND balance_fen > 0
    UNION ALL
    SELECT owner_id, account, NULL, balance_fen FROM asked JOIN ledger_account
    USING (bucket, owner_id) WHERE account = ANY(%s) AND balance_fen > 0
"""


def holdings(owner_id: UUID, accounts: Collection[Account]) -> list[Held]:
    """What these running accounts of an owner hold, by lot, in one round trip: for payments."""
    return holdings_of([owner_id], accounts)[owner_id]


def holdings_of(
    owner_ids: Collection[UUID], accounts: Collection[Account]
) -> dict[UUID, list[Held]]:
    """Like `holdings`, for many owners at once; owners who hold nothing are among them."""
    found: dict[UUID, list[Held]] = {owner_id: [] for owner_id in owner_ids}
    parameters = (
        packing.smallints(bucket_of(owner_id) for owner_id in found),
        packing.uuids(found),
        packing.smallints(account for account in accounts if account.uses_lots),
        packing.smallints(account for account in accounts if not account.uses_lots),
    )
    for owner_id, code, lot_id, amount_fen in core_db.read_plain(_HOLDINGS, parameters):
        found[owner_id].append(Held(Account(code), lot_id, amount_fen))
    return found


def balance_at(owner_id: UUID, account: Account, moment: datetime) -> int:
    """The sum in fen of the account's entries posted up to `moment`: at any moment all accounts
    together come to 0. Reads all entries of the account, of append-only accounts all there are.
    """
    statement = select(func.coalesce(func.sum(EntryRow.amount_fen), 0)).where(
        EntryRow.owner_id == owner_id,
        EntryRow.account == account,
        EntryRow.posted_at <= moment,
    )
    if not account.append_only:
        statement = statement.where(EntryRow.version.is_not(None))
    return int(_rows(statement)[0][0])


def journal(journal_id: UUID) -> Recorded:
    """A journal with its legs in their order. Raises NoSuchJournal."""
    bucket = bucket_of(journal_id)
    found = _rows(select(JournalRow.__table__).where(
        JournalRow.bucket == bucket, JournalRow.id == journal_id))  # fmt: skip
    if not found:
        raise NoSuchJournal(journal_id)
    head = found[0]
    lines = _rows(
        select(EntryRow.owner_id, EntryRow.account, EntryRow.amount_fen, EntryRow.lot_id)
        .where(EntryRow.bucket == bucket, EntryRow.journal_id == journal_id)
        .order_by(EntryRow.leg)
    )
    legs = tuple(
        Leg(line.owner_id, Account(line.account), line.amount_fen, line.lot_id) for line in lines
    )
    names = ("id", "kind", "reference_id", "principal_id", "key", "reverses_id", "fingerprint")
    values = {name: getattr(head, name) for name in names}
    return Recorded(Journal(legs=legs, **values), head.posted_at)


def reverse(journal_id: UUID, *, key: str, principal_id: UUID) -> Journal:
    """The journal that undoes another one entirely, ready to be posted. Raises NoSuchJournal.

    It is posted like any other; the second reversal of a journal is refused (AlreadyReversed).
    """
    original = journal(journal_id).journal
    return Journal(
        id=new_id(bucket_of(journal_id)),
        kind=f"{original.kind}.reversed",
        reference_id=original.reference_id,
        principal_id=principal_id,
        key=key,
        legs=mirror(original.legs),
        reverses_id=journal_id,
    )


def entries(
    owner_id: UUID, accounts: Sequence[Account], cursor: str | None = None, limit: int = 50
) -> Page:
    """A page of a statement over running accounts, newest first.

    Within an account the order is that of its entries' numbers, so that balances follow from
    line to line; accounts are merged by time. ValueError for an unreadable cursor, or for an
    append-only account, which has no statement here.
    """
    before = _positions(accounts, cursor)
    streams = _newest(owner_id, {account: before.get(account) for account in accounts}, limit)
    merged = heapq.merge(*streams, key=lambda entry: entry.posted_at, reverse=True)
    taken = [entry for entry, _ in zip(merged, range(limit), strict=False)]
    for entry in taken:
        before[entry.account] = entry.version
    more = len(taken) == limit
    return Page(taken, _cursor(before) if more else None)


def _positions(accounts: Sequence[Account], cursor: str | None) -> dict[Account, int]:
    if any(account.append_only for account in accounts):
        raise ValueError("an append-only account has no statement")
    try:
        pairs = (pair.split(".") for pair in (cursor or "").split("-") if pair)
        return {Account(int(code)): _version(version) for code, version in pairs}
    except (ValueError, TypeError) as error:
        raise ValueError("unreadable cursor") from error


def _version(text: str) -> int:
    version = int(text)
    if not 0 <= version <= BEYOND_ALL:
        raise ValueError("no account has as many entries")
    return version


def _cursor(before: dict[Account, int]) -> str:
    return "-".join(f"{account:d}.{version}" for account, version in sorted(before.items()))


# An entry comes after every later one of its account, whatever its moment says: the page takes an
# account's newest without a gap, and its cursor can go on from there. Journals are looked up for
# these only, not for the newest of each account.
_NEWEST = """
    SELECT journal_id, leg, kind, reference_id, account, lot_id, amount_fen, balance_fen, version,
           entry.posted_at
    FROM (
        SELECT newest.*
        FROM unnest(%s, %s) AS asked(of_account, before)
        CROSS JOIN LATERAL (
            SELECT * FROM ledger_entry
            WHERE owner_id = %s AND account = of_account AND version < before
                AND version IS NOT NULL
            ORDER BY version DESC LIMIT %s
        ) AS newest
        ORDER BY min(posted_at) OVER (PARTITION BY account ORDER BY version DESC) DESC,
            version DESC
        LIMIT %s
    ) AS entry
    JOIN ledger_journal AS journal ON journal.bucket = entry.bucket AND journal.id = journal_id
"""


def _newest(owner_id: UUID, before: dict[Account, int | None], limit: int) -> Iterator[list[Entry]]:
    """By account the newest entries before the given ones, `limit` in all, in one round trip."""
    ends = (BEYOND_ALL if end is None else end for end in before.values())
    parameters = (packing.smallints(before), packing.bigints(ends), owner_id, limit, limit)
    streams: dict[Account, list[Entry]] = {account: [] for account in before}
    for row in core_db.read_plain(_NEWEST, parameters) if before else ():
        journal_id, leg, kind, reference_id, code, *amounts = row
        lot_id, amount_fen, balance_fen, version, posted_at = amounts
        account = Account(code)
        streams[account].append(
            Entry(
                journal_id, leg, kind, reference_id, account,
                lot_id, amount_fen, balance_fen, version, posted_at,
            )
        )  # fmt: skip
    for stream in streams.values():
        yield sorted(stream, key=lambda entry: entry.version, reverse=True)
