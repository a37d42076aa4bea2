"""Movements of append-only accounts, for comparing them with what others say of the same money."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, func, select

from app.core.db import db
from app.core.world import bucket_of
from app.ledger.accounts import Account
from app.ledger.models import EntryRow, JournalRow

PART = 500


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of an account: the amount in fen, and when (UTC) its journal was posted."""

    journal_id: UUID
    amount_fen: int
    posted_at: datetime


def movements(
    owner_id: UUID, account: Account, kinds: Collection[str], begin: datetime, end: datetime
) -> list[Movement]:
    """Entries of journals of some kinds, from `begin` until before `end`, oldest first, in the
    current unit of work. Reads the account's entries of that time in every bucket."""
    found = db.session.execute(
        select(EntryRow.journal_id, EntryRow.amount_fen, EntryRow.posted_at)
        .join(
            JournalRow,
            (JournalRow.bucket == EntryRow.bucket) & (JournalRow.id == EntryRow.journal_id),
        )
        .where(
            EntryRow.owner_id == owner_id,
            EntryRow.account == account,
            EntryRow.posted_at >= begin,
            EntryRow.posted_at < end,
            JournalRow.kind.in_(kinds),
        )
        .order_by(EntryRow.posted_at, EntryRow.journal_id)
    )
    return [Movement(*row) for row in found]


def change(owner_id: UUID, account: Account, begin: datetime, end: datetime) -> int:
    """By how much (fen) an append-only account changed from `begin` until before `end`, in the
    current unit of work. Reads the account's entries of that time in every bucket."""
    total = select(func.coalesce(func.sum(EntryRow.amount_fen), 0)).where(
        EntryRow.owner_id == owner_id,
        EntryRow.account == account,
        EntryRow.posted_at >= begin,
        EntryRow.posted_at < end,
    )
    return int(db.session.scalar(total) or 0)


def amounts(owner_id: UUID, account: Account, journal_ids: Collection[UUID]) -> dict[UUID, int]:
    """What each of these journals moved on an account, in fen, in the current unit of work;
    journals that did not touch it are left out."""
    wanted = sorted(journal_ids)
    result: dict[UUID, int] = {}
    for place in range(0, len(wanted), PART):
        part = wanted[place : place + PART]
        found = db.session.execute(
            select(EntryRow.journal_id, func.sum(EntryRow.amount_fen).cast(BigInteger))
            .where(
                EntryRow.bucket.in_({bucket_of(each) for each in part}),
                EntryRow.journal_id.in_(part),
                EntryRow.owner_id == owner_id,
                EntryRow.account == account,
            )
            .group_by(EntryRow.journal_id)
        )
        result.update((row[0], row[1]) for row in found)
    return result


def lot_amounts(account: Account, journal_ids: Collection[UUID]) -> list[tuple[UUID, UUID, int]]:
    """What these journals moved on an account with lots: journal, lot and fen, in the current
    unit of work."""
    wanted = sorted(journal_ids)
    result: list[tuple[UUID, UUID, int]] = []
    for place in range(0, len(wanted), PART):
        part = wanted[place : place + PART]
        found = db.session.execute(
            select(EntryRow.journal_id, EntryRow.lot_id, EntryRow.amount_fen).where(
                EntryRow.bucket.in_({bucket_of(each) for each in part}),
                EntryRow.journal_id.in_(part),
                EntryRow.account == account,
            )
        )
        result += [(journal, lot, fen) for journal, lot, fen in found if lot is not None]
    return result
