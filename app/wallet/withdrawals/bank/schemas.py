"""Shapes of bank batches. Amounts in fen."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, View


class BankLineView(View):
    """One withdrawal of a batch, and the account it goes to as noted when the batch was prepared:
    the last four digits, and since when it is the owner's. `proposed_…`: what the first of two
    people told of it; `is_pending` while the second has not (`told_by`)."""

    serial: int
    withdrawal_id: UUID
    amount_fen: int
    state: str
    account_last_four: str | None
    account_since: Moment | None
    reason: str | None
    is_pending: bool
    proposed_outcome: str | None
    proposed_reason: str | None
    proposed_by: UUID | None
    proposed_at: Moment | None
    told_by: UUID | None
    return_journal_id: UUID | None


class BatchesQuery(Body):
    """Which page of batches; `is_pending`: only those with lines that wait for a second person."""

    before: UUID | None = None
    is_pending: bool = False
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
    """A batch with how many lines it has, and how many of them wait for a second person."""

    line_count: int
    pending_count: int


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


class ToldLineView(View):
    """A line of the answer that was not noted: its place in the file, the serial number in it
    (null where it cannot be read), and why, as listed in docs/channels.md."""

    place: int
    serial: int | None
    reason: str


class ResultsView(View):
    """How many lines were noted, now or before, which wait for a second person, and which fit
    nothing and changed nothing."""

    noted: int
    waiting: list[ToldLineView]
    unmatched: list[ToldLineView]
    request_id: UUID
