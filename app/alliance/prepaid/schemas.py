"""Shapes of the requests and answers about prepaid money. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schemas import Body, Fen, Moment, ShortText, View


class Tier(Body):
    """Pay at least so much, get so much on top."""

    at_least_fen: Fen
    bonus_fen: Fen


class PlanRequest(Body):
    """The next version of a top-up plan; the same `name` takes the place of the one before.

    Without `merchant_id` it is the platform's, for every store. Days are business days.
    """

    name: ShortText
    merchant_id: UUID | None = None
    store_id: UUID | None = None
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=20)]
    funder: Literal["store", "platform"] = "store"
    starts_on: date
    ends_on: date | None = None
    person_limit: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    budget_fen: Fen

    @model_validator(mode="after")
    def _sound(self) -> PlanRequest:
        steps = [(tier.at_least_fen, tier.bonus_fen) for tier in self.tiers]
        rises = pairwise(steps)
        if any(low[0] >= high[0] or low[1] >= high[1] for low, high in rises):
            raise ValueError("the tiers rise, in what is paid and in what is added")
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("a plan ends on or after the day it starts")
        if self.merchant_id is None and (self.store_id is not None or self.funder == "store"):
            raise ValueError("a plan of a store, or paid by it, names its merchant")
        return self


class PlanView(View):
    """A version of a top-up plan."""

    id: UUID
    merchant_id: UUID | None
    store_id: UUID | None
    name: str
    version: int
    tiers: list[Tier]
    funder: Literal["store", "platform"]
    starts_on: date
    ends_on: date | None
    person_limit: int | None
    budget_fen: int
    ended_at: Moment | None
    is_draft: bool


class StaffPlanView(PlanView):
    """A plan as the platform's staff see it: who wrote and who published it, and what of its
    budget is promised or given (fen) to how many top-ups."""

    merchant_name: str | None
    created_by: UUID
    published_by: UUID | None
    promised_count: int
    promised_fen: int


class PlanDrafts(View):
    """Plans that the platform is to pay, waiting for somebody else to publish them."""

    plans: list[StaffPlanView]


class RunningPlans(View):
    """A page of the plans that run or are to begin, in the order of their ids; the most that any
    plan may give on top (10000 = as much as was paid)."""

    plans: list[StaffPlanView]
    bonus_maximum_bp: int


class PlansQuery(Body):
    """Plans after this one."""

    after: UUID | None = None


class OfferedPlan(PlanView):
    """A plan as a member sees it at a store: closed with a `reason`, or open (reason empty)."""

    is_open: bool
    reason: str


class OfferedPlans(View):
    """The plans of a store today."""

    plans: list[OfferedPlan]


class AdvanceView(View):
    """How a merchant's advances stand: lent and not back, due and not collected, come back."""

    merchant_id: UUID
    lent_fen: int
    due_fen: int
    collected_fen: int
    deposit_fen: int
    offer_budget_fen: int


class MoveRequest(Body):
    """Move settled money of a merchant to one of its own funds."""

    target: Literal["deposit", "offer_budget"]
    amount_fen: Fen


class MoveView(View):
    """What was moved, and the journal that says so."""

    merchant_id: UUID
    target: Literal["deposit", "offer_budget"]
    amount_fen: int
    journal_id: UUID
    request_id: UUID | None = None


class MovementRequest(MoveRequest):
    """Ask that money be paid in from the bank, or that of a deposit be released.

    `reference` is the bank's number of the payment, or the reason of the release.
    """

    kind: Literal["paid_in", "released"]
    reference: ShortText


class DecisionRequest(Body):
    """What the second person decides."""

    is_approved: bool


class MovementView(View):
    """A movement of a merchant's fund that takes two people."""

    id: UUID
    merchant_id: UUID
    kind: Literal["paid_in", "released"]
    target: Literal["deposit", "offer_budget"]
    amount_fen: int
    reference: str
    status: Literal["requested", "done", "rejected"]
    requested_by: UUID
    decided_by: UUID | None
    journal_id: UUID | None
    created_at: Moment
    decided_at: Moment | None
    request_id: UUID | None = None


class NamedMovementView(MovementView):
    """A movement with what its merchant is called."""

    merchant_name: str


class MovementsQuery(Body):
    """Which movements: those in a state, of a merchant, after one."""

    status: Literal["requested", "done", "rejected"] | None = None
    merchant_id: UUID | None = None
    after: UUID | None = None


class MovementPage(View):
    """A page of movements, in the order of their ids."""

    movements: list[NamedMovementView]
