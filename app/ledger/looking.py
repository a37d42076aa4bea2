"""Looking through the books as staff: an owner's accounts, and the entries of one of them.

Append-only accounts keep no numbered entries; they are paged by moment and place. Read-only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from app.core.db import read
from app.core.errors import InvalidRequest
from app.core.world import now
from app.ledger.accounts import Account
from app.ledger.models import EntryRow, JournalRow

DAYS = 31


@dataclass(frozen=True, slots=True)
class Place:
    """An entry's place in the order in which they are shown, newest first."""

    posted_at: datetime
    journal_id: UUID
    leg: int

    def __str__(self) -> str:
        return f"{self.posted_at.isoformat()}~{self.journal_id}~{self.leg}"


def place(cursor: str) -> Place:
    """The place that a cursor names. Raises InvalidRequest for one that is not ours."""
    try:
        posted_at, journal_id, leg = cursor.split("~")
        found = Place(datetime.fromisoformat(posted_at), UUID(journal_id), int(leg))
        if found.posted_at.tzinfo is None or not 0 <= found.leg < 2**15:
            raise ValueError(cursor)
    except ValueError as error:
        raise InvalidRequest("the cursor is not one of ours") from error
    return found


def account_entries(
    owner_id: UUID, account: Account, until: datetime | None, after: Place | None, limit: int
) -> list[dict[str, Any]]:
    """Entries of one account (fen), newest first, of the DAYS before `until` (now if None), so
    that a page of a busy account never reads all of it.

    The page is chosen before its journals are looked up: each of the two ways to keep entries has
    an index of its own, which the condition on `version` names.
    """
    end = until or now()
    keys = (EntryRow.posted_at, EntryRow.journal_id, EntryRow.leg)
    chosen = select(EntryRow).where(
        EntryRow.owner_id == owner_id,
        EntryRow.account == account,
        EntryRow.version.is_(None) if account.append_only else EntryRow.version.is_not(None),
        EntryRow.posted_at < end,
        EntryRow.posted_at >= end - timedelta(days=DAYS),
    )
    if after is not None:
        chosen = chosen.where(EntryRow.posted_at <= after.posted_at)
        chosen = chosen.where(tuple_(*keys) < (after.posted_at, after.journal_id, after.leg))
    found = chosen.order_by(*(key.desc() for key in keys)).limit(limit).subquery().c
    wanted = select(
        found.journal_id, found.leg, found.amount_fen, found.balance_fen, found.lot_id,
        found.posted_at, JournalRow.kind, JournalRow.reference_id,
    ).join(
        JournalRow,
        (JournalRow.bucket == found.bucket) & (JournalRow.id == found.journal_id),
    ).order_by(found.posted_at.desc(), found.journal_id.desc(), found.leg.desc())  # fmt: skip
    return [row._asdict() for row in read(wanted)]
