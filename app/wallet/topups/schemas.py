"""Shapes of the requests and answers about top-ups. Amounts in fen, moments in UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import LARGEST_FEN, Body, Fen, Moment, ShortText, View


class TopUpView(View):
    """A top-up. `status`: waiting, credited, closed, suspense. `refundable_fen` of it is unspent;
    until `refundable_until` its member may have that back without a reason."""

    id: UUID
    member_id: UUID
    store_id: UUID
    amount_fen: int
    status: Literal["waiting", "credited", "closed", "suspense"]
    journal_id: UUID | None
    created_at: Moment
    expires_at: Moment
    credited_at: Moment | None
    plan_id: UUID | None
    bonus_fen: int
    bonus_status: Literal["promised", "granted", "released"] | None
    refunded_fen: int
    refundable_fen: int
    refundable_until: Moment | None


class TopUpsQuery(Body):
    """Which top-ups: `before` is the last id of the page before; the newest come first."""

    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class TopUpsView(View):
    """A page of credited top-ups, the newest first; within `refund_days` unspent money goes back
    without a reason."""

    top_ups: list[TopUpView]
    refund_days: int


class RefundOutlookQuery(Body):
    """How much of the unspent money one thinks of having back; all of it by default."""

    amount_fen: Annotated[int, Field(ge=1, le=LARGEST_FEN)] | None = None


class RefundOutlookView(View):
    """What a refund of `amount_fen` would come to now: `returns_fen` goes to the payer, of the
    bonus `bonus_back_fen` is taken back, and `kept_fen` stands in for bonus that was spent."""

    amount_fen: int
    returns_fen: int
    bonus_back_fen: int
    kept_fen: int


class TopUpRefundRequest(Body):
    """How much of the unspent money to have back; all of it by default."""

    amount_fen: Fen | None = None


class StaffTopUpRefundRequest(TopUpRefundRequest):
    """The same, with the reason that the payer sees."""

    reason: ShortText


class TopUpRefundView(View):
    """A refund on its way through WeChat."""

    id: UUID
    top_up_id: UUID
    amount_fen: int
    status: Literal["requested", "processing", "done", "troubled"]
    journal_id: UUID
    created_at: Moment
    request_id: UUID | None = None
