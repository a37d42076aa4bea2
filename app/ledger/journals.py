"""The letters of the books: legs, journals and bundles. Pure, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.core.db import NewRow
from app.ledger.accounts import Account
from app.ledger.errors import Unbalanced


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement: `amount_fen` is added to the account, and to its lot if it uses lots."""

    owner_id: UUID
    account: Account
    amount_fen: int
    lot_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """A balanced, immutable posting. Its id carries the bucket in which it is kept.

    `key` is unique for its principal within that bucket: the same key with the same `fingerprint`
    is posted once, another is refused. So a journal sent again must have the bucket it had.
    The fingerprint defaults to a digest of kind, reference, reversal and legs.
    """

    id: UUID
    kind: str
    reference_id: UUID
    principal_id: UUID
    key: str
    legs: tuple[Leg, ...]
    reverses_id: UUID | None = None
    fingerprint: bytes = b""

    def __post_init__(self) -> None:
        """Complete the fingerprint; Unbalanced if the legs are not a journal."""
        _check(self.legs)
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", _digest(self))


Row = NewRow


@dataclass(slots=True)
class Bundle:
    """Journals and rows that are committed together: all or none."""

    journals: list[Journal] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """A statement that returns rows, with `%s` places, and what they hold: part of a commit. It
    must refuse by an error of its own, and is undone with the rest."""

    sql: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """The journal standing under a key; `replayed` if it stood there before this call."""

    journal_id: UUID
    replayed: bool


def mirror(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    """The legs that undo these legs, in the same order."""
    return tuple(Leg(leg.owner_id, leg.account, -leg.amount_fen, leg.lot_id) for leg in legs)


def _check(legs: tuple[Leg, ...]) -> None:
    if not legs or sum(leg.amount_fen for leg in legs) != 0:
        raise Unbalanced()
    for leg in legs:
        if leg.amount_fen == 0 or (leg.lot_id is None) == leg.account.uses_lots:
            raise Unbalanced()


def _digest(journal: Journal) -> bytes:
    lines = sorted(
        f"{leg.owner_id.hex}:{leg.account:d}:{leg.lot_id}:{leg.amount_fen}" for leg in journal.legs
    )
    head = f"{journal.kind}\n{journal.reference_id.hex}\n{journal.reverses_id}\n"
    return hashlib.sha256((head + "\n".join(lines)).encode()).digest()
