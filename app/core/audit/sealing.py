"""The hash chain over records: sealing what was committed, and checking it from the beginning.

A duty of the timetable seals, so that no action waits on one hot row. What a record says is told
as one line of JSON with sorted names; a seal is the SHA-256 of the hash before it, a line
`seal <seq> <first position> <number of records> <sealed_at>` (moments in microseconds since
1970), and the SHA-256 of each record's line in the order of `record_ids`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, text

from app.core.audit.models import Record, Seal
from app.core.db import db, in_transaction, one_at_a_time
from app.core.world import now

SEAL_SECONDS = 2.0
MOST_AT_ONCE = 1_000
SEALS_AT_ONCE = 32
MOST_FINDINGS = 20
GENESIS = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TAKE = text(
    "DELETE FROM core_audit_unsealed WHERE ctid = ANY "
    "(ARRAY(SELECT ctid FROM core_audit_unsealed LIMIT :limit)) RETURNING record_id"
)
_LOST = text(
    "SELECT u.record_id FROM core_audit_unsealed AS u "
    "LEFT JOIN core_audit AS r ON r.id = u.record_id WHERE r.id IS NULL LIMIT :limit"
)


@dataclass(slots=True)
class Chain:
    """What was found of the audit log: (what does not hold, where); `head` is (seq, hash)."""

    records: int = 0
    sealed: int = 0
    unsealed: int = 0
    head: tuple[int, str] | None = None
    findings: list[tuple[str, str]] = field(default_factory=list)

    def find(self, check: str, where: object) -> None:
        """Notes something that does not hold; at most MOST_FINDINGS."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append((check, str(where)))


def seal(limit: int = MOST_AT_ONCE) -> int:
    """Seals up to `limit` committed records as a unit of its own; how many. One at a time."""

    def work() -> int:
        one_at_a_time("core_audit_seal")
        ids = sorted(db.session.scalars(_TAKE, {"limit": limit}))
        if not ids:
            return 0
        newest = select(Seal).order_by(Seal.seq.desc()).limit(1)
        last = db.session.scalars(newest).first()
        seq, position, previous = 1, 1, GENESIS
        if last is not None:
            seq, previous = last.seq + 1, last.hash
            position = last.first_position + len(last.record_ids)
        moment = now()
        digests = [_digest(row) for row in rows(db.session.connection(), ids)]
        values = {"seq": seq, "first_position": position, "previous_hash": previous}
        values |= {"hash": _hash(previous, seq, position, moment, digests)}
        db.session.execute(insert(Seal).values(**values, record_ids=ids, sealed_at=moment))
        return len(ids)

    return in_transaction(work)


def inspect(connection: Connection, anchored: dict[int, str] | None = None) -> Chain:
    """Checks the whole log on a connection that sees one moment: the chain follows from the
    records, no record is outside of it, and it is the one that was anchored."""
    chain, wanted = Chain(), dict(anchored or {})
    chain.records = connection.execute(text("SELECT count(*) FROM core_audit")).scalar_one()
    waiting = text("SELECT count(*) FROM core_audit_unsealed")
    chain.unsealed = connection.execute(waiting).scalar_one()
    for (identity,) in connection.execute(_LOST, {"limit": MOST_FINDINGS}):
        chain.find("each record that waits for its seal exists", identity)
    previous, position = GENESIS, 1
    for number, link in enumerate(seals(connection), 1):
        digests = [_digest(row) for row in rows(connection, link.record_ids)]
        rebuilt = _hash(previous, link.seq, position, link.sealed_at, digests)
        stands = (link.seq, link.first_position, bytes(link.previous_hash), bytes(link.hash))
        if stands != (number, position, previous, rebuilt):
            chain.find("the audit log follows from its records", link.seq)
        if wanted.pop(link.seq, rebuilt.hex()) != rebuilt.hex():
            chain.find("the audit log is the one that was anchored", link.seq)
        previous, position = bytes(link.hash), position + len(link.record_ids)
        chain.sealed += len(link.record_ids)
        chain.head = (link.seq, previous.hex())
    if chain.records != chain.sealed + chain.unsealed:
        chain.find("each record is sealed once or waits for it", chain.records)
    for seq in wanted:
        chain.find("the audit log is the one that was anchored", f"{seq} is missing")
    return chain


def head(connection: Connection) -> tuple[int, str] | None:
    """The newest seal's number and hash; None before the first."""
    newest = text("SELECT seq, hash FROM core_audit_seal ORDER BY seq DESC LIMIT 1")
    row = connection.execute(newest).first()
    return (row.seq, bytes(row.hash).hex()) if row else None


def line(row: Row[Any]) -> str:
    """What a record says, as one line of JSON: what is hashed, and what is exported."""
    values = {name: _plain(value) for name, value in row._mapping.items()}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    if isinstance(value, UUID):
        return str(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _digest(row: Row[Any]) -> bytes:
    return sha256(line(row).encode()).digest()


def _hash(
    previous: bytes, seq: int, position: int, sealed_at: datetime, digests: Sequence[bytes]
) -> bytes:
    head = f"seal {seq} {position} {len(digests)} {_plain(sealed_at)}\n"
    return sha256(previous + head.encode() + b"".join(digests)).digest()


def rows(connection: Connection, ids: Sequence[UUID]) -> list[Row[Any]]:
    """The records that exist of these ids, in this order."""
    table = Record.__table__
    found = {row.id: row for row in connection.execute(select(table).where(Record.id.in_(ids)))}
    return [found[identity] for identity in ids if identity in found]


def seals(connection: Connection, since: int = 0) -> Iterator[Any]:
    """The seals after a given one, in order, some at a time."""
    while True:
        newer = select(Seal.__table__).where(Seal.seq > since).order_by(Seal.seq)
        batch = connection.execute(newer.limit(SEALS_AT_ONCE)).all()
        yield from batch
        if len(batch) < SEALS_AT_ONCE:
            return
        since = batch[-1].seq
