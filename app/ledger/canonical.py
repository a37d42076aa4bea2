"""The text of a journal of which the hash chain is made, built outside the database.

Migration 0002 has the same text in SQL, for sealing. Whoever checks the chain uses this one, so
that nothing stored in the database is trusted, and can rebuild it from `audit export` alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

GENESIS = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_JOURNALS = text(
    "SELECT j.* FROM unnest(CAST(:ids AS uuid[])) AS u (id) JOIN ledger_journal AS j ON j.id = u.id"
    " AND j.bucket = ((get_byte(uuid_send(u.id), 14) & 3) << 8 | get_byte(uuid_send(u.id), 15))"
)
_ENTRIES = text(
    "SELECT e.* FROM unnest(CAST(:ids AS uuid[])) AS u (id)"
    " JOIN ledger_entry AS e ON e.journal_id = u.id"
    " AND e.bucket = ((get_byte(uuid_send(u.id), 14) & 3) << 8 | get_byte(uuid_send(u.id), 15))"
    " ORDER BY e.journal_id, e.leg"
)


def microseconds(moment: datetime) -> int:
    """A moment as microseconds since the beginning of 1970 (UTC)."""
    return (moment - _EPOCH) // _MICROSECOND


def journal_text(journal: Row[Any], entries: Iterable[Row[Any]]) -> str:
    """The canonical text of a journal: one line for it and one for each entry, by leg."""
    head = (
        f"journal {journal.id} {_quoted(journal.kind)} {journal.reference_id}"
        f" {journal.principal_id} {_quoted(journal.key)} {bytes(journal.fingerprint).hex()}"
        f" {_or_dash(journal.reverses_id)} {microseconds(journal.posted_at)}\n"
    )
    return head + "".join(
        f"entry {entry.leg} {entry.owner_id} {entry.account} {_or_dash(entry.lot_id)}"
        f" {entry.amount_fen} {_or_dash(entry.balance_fen)} {_or_dash(entry.version)}"
        f" {microseconds(entry.posted_at)}\n"
        for entry in entries
    )


def digest(canonical: str) -> bytes:
    """The digest of a journal's text."""
    return hashlib.sha256(canonical.encode()).digest()


def seal_hash(
    previous: bytes, seq: int, first_position: int, sealed_at: datetime, digests: Sequence[bytes]
) -> bytes:
    """The hash of a seal over the digests of its journals, in their order."""
    line = f"seal {seq} {first_position} {len(digests)} {microseconds(sealed_at)}\n"
    return hashlib.sha256(previous + line.encode() + b"".join(digests)).digest()


def stored(
    connection: Connection, journal_ids: Sequence[Any]
) -> list[tuple[Row[Any], list[Row[Any]]]]:
    """The journals that exist of these ids, in this order, each with its entries by leg."""
    ids = [str(identity) for identity in journal_ids]
    heads = {row.id: row for row in connection.execute(_JOURNALS, {"ids": ids})}
    entries: dict[Any, list[Row[Any]]] = {}
    for row in connection.execute(_ENTRIES, {"ids": ids}):
        entries.setdefault(row.journal_id, []).append(row)
    return [
        (heads[identity], entries.get(identity, []))
        for identity in journal_ids
        if identity in heads
    ]


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)
