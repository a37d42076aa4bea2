"""Shapes of explanations. Amounts in fen, rates in basis points, moments in UTC."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core.schemas import View


class ExplainedSubject(View):
    """What the journal is about."""

    kind: str
    id: UUID


class ExplainedEntry(View):
    """An entry of the reader's; balance and number only of running accounts."""

    id: str
    account: str
    account_title: str
    account_title_en: str
    owner_id: UUID
    lot_id: UUID | None
    amount_fen: int
    balance_fen: int | None
    ledger_version: int | None


class ExplainedVersion(View):
    """The contract or policy that counted, in its version."""

    kind: str
    id: UUID
    version: int
    name: str | None


class ExplainedStep(View):
    """A line of arithmetic: base × rate / 10,000 = result, `remainder` ten-thousandths left."""

    text: str
    text_en: str
    base_fen: int | None
    rate_bp: int | None
    result_fen: int
    remainder: int | None


class ExplanationView(View):
    """Why an entry is what it is; `text` and `text_en` say all of it, a line each."""

    id: str
    journal_id: UUID
    kind: str
    title: str
    title_en: str
    posted_at: str
    rule: str
    subject: ExplainedSubject
    reverses_id: UUID | None
    entries: list[ExplainedEntry]
    versions: list[ExplainedVersion]
    steps: list[ExplainedStep]
    binding: dict[str, Any] | None
    facts: dict[str, Any]
    text: list[str]
    text_en: list[str]
