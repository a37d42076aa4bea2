"""Shapes of pauses and closures."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from app.alliance.schemas import LongText
from app.core.schemas import Body, Moment, View


class PauseRequest(Body):
    """Pause a store, or without `store_id` all of the merchant."""

    store_id: UUID | None = None
    reason: LongText


class StandingReason(Body):
    """Why."""

    reason: LongText


class PauseView(View):
    """A pause; over once it has `resumed_at`."""

    id: UUID
    merchant_id: UUID
    store_id: UUID | None
    reason: str
    paused_by: UUID
    created_at: Moment
    resume_reason: str | None
    resumed_by: UUID | None
    resumed_at: Moment | None


class PauseQuery(Body):
    """Which page: the rows after an id; `is_open`: only pauses that last, or only past ones."""

    after: UUID | None = None
    is_open: bool | None = None
    merchant_id: UUID | None = None


class ClosureQuery(Body):
    """Which page: the rows after an id; a merchant's only, or those that wait for a person."""

    after: UUID | None = None
    merchant_id: UUID | None = None
    is_waiting: bool = False


class PausePage(View):
    """A page of pauses."""

    pauses: list[PauseView]


class ClosureRequest(Body):
    """Close a store, or without `store_id` the merchant, from a business day on. Whose home store
    it is goes to `fallback_store_id`, and tops up there from that day on."""

    store_id: UUID | None = None
    closes_on: date
    fallback_store_id: UUID | None = None
    reason: LongText


class ClosureDecision(Body):
    """The second person's word on what waits; a refusal says why."""

    is_approved: bool
    reason: LongText | None = None


class ClosureView(View):
    """A closure. `asked_by` asked for what waits; another person decides."""

    id: UUID
    merchant_id: UUID
    store_id: UUID | None
    closes_on: date
    fallback_store_id: UUID | None
    status: Literal["requested", "approved", "rejected", "withdrawn", "undo_requested", "undone"]
    asked_by: UUID
    created_at: Moment


class NamedClosureView(ClosureView):
    """A closure with what its merchant and stores are called."""

    merchant_name: str
    store_name: str | None
    fallback_store_name: str | None


class ClosureStepView(View):
    """What somebody did about a closure."""

    kind: str
    staff_id: UUID
    reason: str | None
    created_at: Moment


class ClosureHistory(NamedClosureView):
    """A closure with all its steps, oldest first."""

    steps: list[ClosureStepView]


class ClosurePage(View):
    """A page of closures."""

    closures: list[NamedClosureView]


class StandingView(View):
    """How a store stands today; `closes_on` also where that day is to come."""

    store_id: UUID
    name: str
    status: Literal["open", "paused", "closed"]
    closes_on: date | None


class MerchantStanding(View):
    """How a merchant's stores stand, a page at a time."""

    merchant_id: UUID
    stores: list[StandingView]


class ShortageView(View):
    """What a merchant with a closed store owes, and what it holds (fen).

    `short_fen` = `due_fen` + `refunds_waiting_fen` + `owed_back_fen` + `supplies_owed_fen`.
    """

    merchant_id: UUID
    merchant_name: str
    short_fen: int
    lent_fen: int
    due_fen: int
    refunds_waiting_fen: int
    owed_back_fen: int
    supplies_owed_fen: int
    pending_fen: int
    available_fen: int
    deposit_fen: int
    offer_budget_fen: int


class ShortagePage(View):
    """A page of shortages; `next_after` asks for the next page, null at the end."""

    shortages: list[ShortageView]
    next_after: UUID | None
