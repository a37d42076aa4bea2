"""The books as text: every sealed journal in sealed order, and totals at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.ledger import audit, canonical
from app.ledger.accounts import Account

_TOTALS = text(
    "SELECT account, sum(amount_fen)::bigint AS balance_fen, count(*) AS entries"
    " FROM ledger_entry WHERE posted_at <= :moment"
    " AND (CAST(:owner AS uuid) IS NULL OR owner_id = :owner) GROUP BY account ORDER BY account"
)


@dataclass(frozen=True, slots=True)
class Total:
    """What the accounts of a kind come to, in fen, and how many entries made it."""

    account: Account
    balance_fen: int
    entries: int


def export(since: int = 0) -> Iterator[dict[str, Any]]:
    """Sealed journals after seal number `since`, each seal followed by its journals.

    Enough to rebuild every balance and the whole chain without the database (docs/money.md).
    """
    with audit.snapshot() as connection:
        for seal in audit.seals(connection, since):
            yield _seal(seal)
            journals = canonical.stored(connection, seal.journal_ids)
            for offset, (journal, entries) in enumerate(journals):
                yield _journal(seal.seq, seal.first_position + offset, journal, entries)


def totals(moment: datetime, owner_id: UUID | None = None) -> list[Total]:
    """Balances by kind of account of everybody, or of one owner, at a moment (UTC).

    Reads all entries. Over all owners the balances come to 0 at any moment.
    """
    with audit.snapshot() as connection:
        rows = connection.execute(_TOTALS, {"moment": moment, "owner": owner_id}).all()
    return [Total(Account(row.account), row.balance_fen, row.entries) for row in rows]


def _seal(seal: Row[Any]) -> dict[str, Any]:
    return {
        "type": "seal",
        "seq": seal.seq,
        "first_position": seal.first_position,
        "journals": len(seal.journal_ids),
        "sealed_at": seal.sealed_at.isoformat(),
        "previous_hash": bytes(seal.previous_hash).hex(),
        "hash": bytes(seal.hash).hex(),
    }


def _journal(seq: int, position: int, journal: Row[Any], entries: list[Row[Any]]) -> dict[str, Any]:
    return {
        "type": "journal",
        "seq": seq,
        "position": position,
        "id": str(journal.id),
        "kind": journal.kind,
        "reference_id": str(journal.reference_id),
        "principal_id": str(journal.principal_id),
        "key": journal.key,
        "fingerprint": bytes(journal.fingerprint).hex(),
        "reverses_id": str(journal.reverses_id) if journal.reverses_id else None,
        "posted_at": journal.posted_at.isoformat(),
        "digest": canonical.digest(canonical.journal_text(journal, entries)).hex(),
        "entries": [_entry(entry) for entry in entries],
    }


def _entry(entry: Row[Any]) -> dict[str, Any]:
    return {
        "leg": entry.leg,
        "owner_id": str(entry.owner_id),
        "account": Account(entry.account).label,
        "code": entry.account,
        "lot_id": str(entry.lot_id) if entry.lot_id else None,
        "amount_fen": entry.amount_fen,
        "balance_fen": entry.balance_fen,
        "version": entry.version,
    }
