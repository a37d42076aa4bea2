"""Shapes of requests and answers about what funds spend. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from stdnum.cn import uscc

from app.core.schemas import Body, Fen, Moment, ShortText, View

FundName = Literal["charity", "campaign_fund", "operations"]
Status = Literal["requested", "paid", "rejected", "undoing", "undone"]
Hash = Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{64}$", description="SHA-256")]
Reference = Annotated[str, Field(strict=True, pattern=r"^[\x21-\x7e]{1,64}$")]
Purpose = Annotated[str, Field(strict=True, min_length=2, max_length=200)]
PageSize = Annotated[int, Field(ge=1, le=100)]


def _registered(number: str) -> str:
    """A unified social credit identifier (统一社会信用代码, GB 32100) by its check digit."""
    if not uscc.is_valid(number):
        raise ValueError("not a unified social credit identifier (check digit)")
    return str(uscc.compact(number))


class RecipientRequest(Body):
    """An organisation that a fund may pay. `purpose` is public."""

    fund: FundName
    name: ShortText
    registration_number: Annotated[
        str, Field(strict=True, min_length=18, max_length=18), AfterValidator(_registered)
    ]
    purpose: Purpose


class RecipientView(View):
    """A recipient; closed ones are paid no more."""

    id: UUID
    fund: FundName
    name: str
    registration_number: str
    purpose: str
    created_by: UUID
    created_at: Moment
    closed_at: Moment | None


class RecipientPage(View):
    """Recipients in the order in which they came."""

    recipients: list[RecipientView]


class RecipientsQuery(Body):
    """Which recipients; `after` is the last id of the page before."""

    fund: FundName | None = None
    is_open: bool | None = None
    after: UUID | None = None
    limit: PageSize = 50


class HandedInReceipt(View):
    """A receipt that was handed in."""

    sha256: str
    media_type: str


class SpendingRequest(Body):
    """A payment that the bank has made: for what, by which receipt and bank reference."""

    fund: FundName
    recipient_id: UUID
    amount_fen: Fen
    purpose: Purpose
    receipt_number: Reference
    receipt_sha256: Hash
    bank_reference: Reference
    paid_on: date


class SpendingView(View):
    """A spending and how far it is; each step that posts takes two people."""

    id: UUID
    fund: FundName
    recipient_id: UUID
    recipient_name: str
    amount_fen: int
    purpose: str
    receipt_number: str
    receipt_sha256: str
    bank_reference: str
    paid_on: date
    status: Status
    requested_by: UUID
    created_at: Moment
    decided_by: UUID | None
    decided_at: Moment | None
    journal_id: UUID | None
    undo_reason: str | None
    undo_asked_by: UUID | None
    undo_decided_by: UUID | None
    undo_journal_id: UUID | None
    undone_at: Moment | None


class AcceptedSpending(SpendingView):
    """The answer to a step."""

    request_id: UUID | None = None


class SpendingPage(View):
    """Spendings, newest first."""

    spendings: list[SpendingView]


class SpendingsQuery(Body):
    """Which spendings; `before` is the last id of the page before."""

    fund: FundName | None = None
    status: Status | None = None
    before: UUID | None = None
    limit: PageSize = 50


class SpendingDecision(Body):
    """What the second person says."""

    is_approved: bool


class SpendingUndoRequest(Body):
    """Why a booked spending is to be undone; the reason is public with it."""

    reason: Purpose


class PublicFundQuery(Body):
    """Which spendings of a fund; `before` is the last id of the page before."""

    before: UUID | None = None
    limit: PageSize = 50


class FundMonthView(View):
    """A closed month: `opening + in − out = closing`."""

    month: date
    opening_fen: int
    in_fen: int
    out_fen: int
    closing_fen: int
    closed_at: Moment


class PublicSpending(View):
    """What everybody may know of a spending."""

    id: UUID
    recipient: str
    amount_fen: int
    purpose: str
    paid_on: date
    receipt_number: str
    receipt_sha256: str
    undone_at: Moment | None
    undo_reason: str | None


class PublicFund(View):
    """A fund as everybody sees it."""

    fund: FundName
    balance_fen: int
    months: list[FundMonthView]
    spendings: list[PublicSpending]
