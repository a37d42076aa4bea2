"""Shapes of requests and answers about bookings of the platform's money. Amounts in fen, UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Fen, Moment, View
from app.wallet.treasury import Fund, Place

PageSize = Annotated[int, Field(ge=1, le=100)]
Kind = Literal["paid_in", "moved", "tax_paid"]
Status = Literal["waiting", "booked", "refused"]
Reason = Annotated[str, Field(strict=True, max_length=200, pattern=r"\S\s*\S")]
Receipt = Annotated[str, Field(strict=True, max_length=100, pattern=r"\S")]


class FundRequest(Body):
    """Money that has arrived outside, for one of the platform's funds."""

    account: Fund
    amount_fen: Fen
    source: Literal["bank_custody"] = "bank_custody"


class TreasuryRequest(Body):
    """Money moved between two places outside."""

    model_config = {"populate_by_name": True, "extra": "forbid"}

    origin: Annotated[Place, Field(alias="from")]
    target: Annotated[Place, Field(alias="to")]
    amount_fen: Fen


class TaxPaymentRequest(Body):
    """What was paid to the tax office, and the number of its receipt."""

    amount_fen: Fen
    receipt: Receipt


class BookingsQuery(Body):
    """Which bookings; `before` is the last id of the page before. `waiting`: they, or their
    reversals, wait for a second person; `reversed`: their reversals were booked."""

    status: Literal["waiting", "booked", "refused", "reversed"] | None = None
    kind: Kind | None = None
    before: UUID | None = None
    limit: PageSize = 50


class BookingDecision(Body):
    """What the second person says; who asked may say false, which takes it back."""

    is_approved: bool


class ReversalRequest(Body):
    """Why what was booked is reversed."""

    reason: Reason


class TreasuryBookingView(View):
    """A booking. `paid_in`: from the place `origin` into the fund `target`; `moved`: between two
    places; `tax_paid`: from the bank to the tax office, with the number of its `receipt`. While it
    is `waiting` for a second person nothing is posted: `journal_id` is null. `decided_by` is null
    where one person booked it. A booked one may be reversed once:
    `reversal_status` is null before anybody asks, and `reversal_journal_id` null until it is
    booked; a refused reversal may be asked for again."""

    id: UUID
    kind: Kind
    origin: str
    target: str
    receipt: str | None
    amount_fen: int
    status: Status
    requested_by: UUID
    created_at: Moment
    decided_by: UUID | None
    decided_at: Moment | None
    journal_id: UUID | None
    reversal_status: Status | None
    reversal_reason: str | None
    reversal_asked_by: UUID | None
    reversal_asked_at: Moment | None
    reversal_decided_by: UUID | None
    reversal_decided_at: Moment | None
    reversal_journal_id: UUID | None


class AcceptedTreasuryBooking(TreasuryBookingView):
    """A booking, and the request that made or decided it."""

    request_id: UUID


class TreasuryBookingPage(View):
    """A page of bookings, newest first."""

    bookings: list[TreasuryBookingView]
