"""Shapes of the requests and answers about withheld tax. Amounts in fen, moments in UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, View
from app.wallet.withdrawals.channels.channel import ChannelName
from app.wallet.withdrawals.charges import TaxKind
from app.wallet.withdrawals.payees import Source


class TaxQuery(Body):
    """Which month (Beijing), and after which record's id."""

    year: Annotated[int, Field(ge=2020, le=2100)]
    month: Annotated[int, Field(ge=1, le=12)]
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class TaxRecordView(View):
    """Tax of one withdrawal, where `journal_id` is the posting that gave it back; or of a prize,
    where it is the one that withheld it, or that took the prize back (then negative)."""

    id: UUID
    source: Literal["withdrawal", "prize"]
    withdrawal_id: UUID | None
    grant_id: UUID | None
    member_id: UUID
    month: str
    kind: TaxKind
    taxable_fen: int
    tax_fen: int
    created_at: Moment
    reversed_at: Moment | None
    reason: str | None
    journal_id: UUID | None


class TaxRecordsView(View):
    """A page of a month's records."""

    records: list[TaxRecordView]


class QuoteQuery(Body):
    """How much one thinks of withdrawing, from which account, and of whom."""

    source: Source = Source.REBATE
    owner_id: UUID | None = None
    amount_fen: Annotated[int, Field(ge=1, le=10_000_000_000)]


class QuoteView(View):
    """What a withdrawal of this amount would cost now, what its receiver would get, and by which
    `channels` it may go: the first one without a choice."""

    amount_fen: int
    fee_fen: int
    taxable_fen: int
    tax_fen: int
    tax_kind: TaxKind
    transfer_fen: int
    channels: list[ChannelName]
