"""Checking the books as a whole: every sum, every balance, and the hash chain over all journals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, select, text

from app.core.db import db
from app.ledger import canonical
from app.ledger.accounts import Account
from app.ledger.checks import CHECKS
from app.ledger.models import AccountKind

MOST_FINDINGS = 20
_SEALS = text("SELECT * FROM ledger_seal WHERE seq > :since ORDER BY seq LIMIT :limit")
SEALS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the chain at some time, to be kept outside the database."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold, and where (at most twenty of a kind are listed)."""

    check: str
    where: str


@dataclass(slots=True)
class Report:
    """What a verification looked at and what it found."""

    journals: int = 0
    entries: int = 0
    sealed: int = 0
    unsealed: int = 0
    head: Anchor | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {"ok": self.ok, **asdict(self)}


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees the books as they are at one moment, and cannot change them."""
    with db.engine.connect() as connection:
        yield connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )


def verify(anchors: Sequence[Anchor] = ()) -> Report:
    """Checks the books at one moment, while posting goes on; locks nothing.

    With anchors kept elsewhere it also finds a chain that was shortened or made anew.
    """
    with snapshot() as connection:
        return inspect(connection, anchors)


def anchor() -> Anchor | None:
    """The head of the chain; None before the first seal."""
    with snapshot() as connection:
        row = connection.execute(
            text("SELECT seq, hash FROM ledger_seal ORDER BY seq DESC LIMIT 1")
        ).first()
    return Anchor(row.seq, bytes(row.hash).hex()) if row else None


def inspect(connection: Connection, anchors: Sequence[Anchor] = ()) -> Report:
    """What `verify` does, on a given connection."""
    report = Report()
    for name in ("journal", "entry", "unsealed"):
        count = connection.execute(text(f"SELECT count(*) FROM ledger_{name}")).scalar_one()
        setattr(report, {"journal": "journals", "entry": "entries"}.get(name, name), count)
    for check, question in CHECKS.items():
        found = connection.execute(text(f"{question} LIMIT {MOST_FINDINGS}"))
        report.findings += [Finding(check, _where(row)) for row in found]
    report.findings += _kinds(connection)
    _walk_chain(connection, report, {anchor.seq: anchor.hash for anchor in anchors})
    return report


def _where(row: Sequence[Any]) -> str:
    return " ".join(str(value) for value in row)


def _kinds(connection: Connection) -> list[Finding]:
    """Differences between the kinds of accounts in the database and in the code."""
    rows = connection.execute(select(AccountKind.__table__)).all()
    stored = {(row.code, row.name, row.floor_fen, row.ceiling_fen) for row in rows}
    known = {
        (account.value, account.label, account.floor_fen, account.ceiling_fen)
        for account in Account
    }
    different = sorted(stored ^ known, key=str)
    return [Finding("kinds of accounts are those of the code", str(each)) for each in different]


def _walk_chain(connection: Connection, report: Report, anchored: dict[int, str]) -> None:
    """Rebuilds the chain from the journals, link by link."""
    previous, position = canonical.GENESIS, 1
    for number, seal in enumerate(seals(connection), 1):
        journals = canonical.stored(connection, seal.journal_ids)
        digests = [canonical.digest(canonical.journal_text(*journal)) for journal in journals]
        rebuilt = canonical.seal_hash(previous, seal.seq, position, seal.sealed_at, digests)
        links = (seal.seq, seal.first_position, bytes(seal.previous_hash))
        if links != (number, position, previous) or bytes(seal.hash) != rebuilt:
            report.findings.append(Finding("the chain follows from the journals", f"{seal.seq}"))
        if anchored.pop(seal.seq, rebuilt.hex()) != rebuilt.hex():
            report.findings.append(Finding("the chain is the one that was anchored", f"{seal.seq}"))
        if len(report.findings) > MOST_FINDINGS * (len(CHECKS) + 2):
            return
        report.sealed += len(seal.journal_ids)
        report.head = Anchor(seal.seq, bytes(seal.hash).hex())
        previous, position = bytes(seal.hash), position + len(seal.journal_ids)
    report.findings += [
        Finding("the chain is the one that was anchored", f"{seq} is missing") for seq in anchored
    ]


def seals(connection: Connection, since: int = 0) -> Iterator[Any]:
    """The seals after a given one, in order, a few at a time."""
    while True:
        batch = connection.execute(_SEALS, {"since": since, "limit": SEALS_AT_ONCE}).all()
        yield from batch
        if len(batch) < SEALS_AT_ONCE:
            return
        since = batch[-1].seq
