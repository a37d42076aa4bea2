"""Shapes of bank batches. Amounts in fen."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, View


class BankLineView(View):
    """One withdrawal of a batch, and the account it goes to as noted when the batch was prepared:
    the last four digits, and since when it is the owner's."""

    serial: int
    withdrawal_id: UUID
    amount_fen: int
    state: str
    account_last_four: str | None
    account_since: Moment | None
    reason: str | None
    return_journal_id: UUID | None


class BatchesQuery(Body):
    """Which page of batches."""

    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class BankBatchHead(View):
    """A batch without its lines."""

    id: UUID
    state: str
    prepared_by: UUID
    approved_by: UUID | None
    exported_by: UUID | None
    file_hash: str | None
    created_at: Moment
    exported_at: Moment | None
    total_fen: int


class ListedBankBatch(BankBatchHead):
    """A batch with how many lines it has."""

    line_count: int


class BankBatchesView(View):
    """A page of batches, newest first; `next_before` is null at the end."""

    batches: list[ListedBankBatch]
    next_before: UUID | None


class BankBatchView(BankBatchHead):
    """A batch and how far it has come; `file_hash` is the SHA-256 (hexadecimal) of its file."""

    lines: list[BankLineView]


class AcceptedBankBatch(BankBatchView):
    """The batch after the request."""

    request_id: UUID


class ResultsRequest(Body):
    """The bank's answer: the text of its file."""

    content: Annotated[str, Field(strict=True, min_length=1, max_length=60_000)]


class UnmatchedView(View):
    """A line of the answer that fits nothing here, by its place in the file."""

    place: int
    reason: str


class ResultsView(View):
    """How many lines were noted, and which were not."""

    noted: int
    unmatched: list[UnmatchedView]
    request_id: UUID
