"""Why an entry is what it is: each room says it of the kinds of journals that it posts.

A room's opening wires them (`explain`); `tests/ledger/test_explaining.py` names a kind that
somebody posts and nobody explains. Texts are pairs: Chinese, English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app.core.db import read
from app.core.world import bucket_of
from app.ledger.accounts import Account
from app.ledger.journals import Journal
from app.ledger.models import EntryRow
from app.ledger.reading import journal as read_journal

EXTENSION = "lianhui_explainers"
REVERSED = ".reversed"
Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the platform, or whoever the accounts of `owner_ids` belong to."""

    owner_ids: frozenset[UUID]
    is_platform: bool = False

    def may_know(self, owner_id: UUID) -> bool:
        """Whether somebody's id and doings are the viewer's to see."""
        return self.is_platform or owner_id in self.owner_ids


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One entry of a journal; `balance_fen` and `version` only of running accounts."""

    leg: int
    owner_id: UUID
    account: Account
    lot_id: UUID | None
    amount_fen: int
    balance_fen: int | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained: those entries of a journal that are the viewer's."""

    journal: Journal
    posted_at: datetime
    entries: tuple[BookEntry, ...]
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class Step:
    """One line of arithmetic (fen). With a rate: base × rate / 10,000, of which `remainder`
    ten-thousandths of a fen were left before rounding."""

    text: Words
    result_fen: int
    base_fen: int | None = None
    rate_bp: int | None = None
    remainder: int | None = None


def rated(text: Words, base_fen: int, rate_bp: int, result_fen: int) -> Step:
    """A step with a rate: what was left of base × rate before rounding is its remainder."""
    return Step(text, result_fen, base_fen, rate_bp, base_fen * rate_bp % 10_000)


@dataclass(frozen=True, slots=True)
class Version:
    """An agreement that decided the amount, in the version that counted then."""

    kind: str
    id: UUID
    version: int
    name: str | None = None


@dataclass(slots=True)
class Explanation:
    """What stands behind the entries: `rule` is stable, `subject` is what the journal is about,
    `facts` are plain values of it that the viewer may see."""

    rule: str
    subject: str
    sentences: list[Words]
    steps: list[Step] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    binding: dict[str, Any] | None = None


Explainer = Callable[[Asked], Explanation]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of journal: what it is called, and who explains it."""

    title: Words
    explainer: Explainer


def explain(kinds: Mapping[str, Kind]) -> None:
    """Wires a room's kinds, while it opens. ValueError for a kind that another room explains."""
    twice = sorted(set(kinds) & set(explained()))
    if twice:
        raise ValueError(f"these kinds are explained twice: {twice}")
    explained().update(kinds)


def explained() -> dict[str, Kind]:
    """Every kind of journal that is explained in this application."""
    found: dict[str, Kind] = current_app.extensions.setdefault(EXTENSION, {})
    return found


def stated(subject: str, title: Words, *sentences: Words, rule: str | None = None) -> Kind:
    """A kind of which one always says the same; the entries say how much."""

    def explainer(asked: Asked) -> Explanation:
        return Explanation(rule or asked.journal.kind, subject, list(sentences))

    return Kind(title, explainer)


def kind_of(name: str) -> Kind:
    """The kind of a journal, also of one that nobody explains: a later release posted it."""
    found = explained().get(name)
    if found is not None:
        return found
    if name.endswith(REVERSED):
        undone = explained().get(name.removesuffix(REVERSED), UNKNOWN).title
        title = (f"{undone[0]}撤销", f"{undone[1]}, undone")
        return stated(
            "journal",
            title,
            ("这是对一笔较早记账的全额冲回。", "This undoes an earlier posting entirely."),
            rule="reversed",
        )
    return UNKNOWN


def entries_of(journal_id: UUID) -> tuple[Journal, datetime, tuple[BookEntry, ...]]:
    """A journal, when it was posted (UTC), and its entries. Raises NoSuchJournal."""
    recorded = read_journal(journal_id)
    columns = (
        EntryRow.leg,
        EntryRow.owner_id,
        EntryRow.account,
        EntryRow.lot_id,
        EntryRow.amount_fen,
        EntryRow.balance_fen,
        EntryRow.version,
    )
    its = (EntryRow.bucket == bucket_of(journal_id), EntryRow.journal_id == journal_id)
    rows = read(select(*columns).where(*its).order_by(EntryRow.leg))
    entries = tuple(
        BookEntry(**(row._asdict() | {"account": Account(row.account)})) for row in rows
    )
    return recorded.journal, recorded.posted_at, entries


UNKNOWN = stated(
    "journal",
    ("其他变动", "Other movement"),
    ("这笔记账没有更多说明。", "Nothing more is said of this posting."),
    rule="unknown",
)
