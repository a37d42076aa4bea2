"""What the routes of disputes and corrections read and answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, View

Reason = Annotated[str, Field(strict=True, min_length=1, max_length=500)]


class DisputeRequest(Body):
    """Why the member's binding is wrong, in their own words."""

    reason: Reason


class DisputeView(View):
    """A dispute. `state`: open, rejected (see `answer`) or corrected (see the binding's evidence).

    `reason` is null once the member was erased."""

    id: UUID
    state: Literal["open", "rejected", "corrected"]
    reason: str | None
    opened_at: Moment
    answer: str | None
    answered_at: Moment | None


class StaffDisputeView(DisputeView):
    """A dispute, for staff."""

    member_id: UUID
    correction_id: UUID | None


class DisputeList(View):
    """A page of the member's own disputes, in the order in which they were opened."""

    disputes: list[DisputeView]


class StaffDisputeList(View):
    """A page of disputes, in the order in which they were opened."""

    disputes: list[StaffDisputeView]


class PageAfter(Body):
    """Which page: what follows an id."""

    after: UUID | None = None


class DisputeQuery(PageAfter):
    """Disputes of a state, after an id."""

    state: Literal["open", "rejected", "corrected"] = "open"


class RejectionRequest(Body):
    """Why the binding stays; the member reads it."""

    answer: Reason


class CorrectionRequest(Body):
    """What the binding should say. Without a home store the present one stays.

    `recommender_id` is needed for all kinds but the platform. A recommending merchant needs a home
    store of theirs."""

    recommender_kind: Literal["platform", "salesperson", "member", "merchant"]
    recommender_id: UUID | None = None
    home_store_id: UUID | None = None
    reason: Reason
    dispute_id: UUID | None = None


class CorrectionQuery(PageAfter):
    """Corrections of a state, after an id."""

    state: Literal["proposed", "applied", "declined"] = "proposed"


class CorrectionDecision(Body):
    """A second person's answer; whoever proposed it may only decline."""

    decision: Literal["confirm", "decline"]
    reason: Reason | None = None


class CorrectionView(View):
    """A correction: the binding at its proposal, what it should say, and what came of it."""

    id: UUID
    member_id: UUID
    dispute_id: UUID | None
    state: Literal["proposed", "applied", "declined"]
    recommender_kind: str
    recommender_id: UUID
    home_store_id: UUID | None
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    proposed_by: UUID
    proposed_at: Moment
    decided_by: UUID | None
    decided_at: Moment | None
    decision_reason: str | None


class CorrectionList(View):
    """A page of corrections, in the order in which they were proposed."""

    corrections: list[CorrectionView]
