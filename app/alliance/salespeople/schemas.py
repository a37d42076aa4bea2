"""What the routes of salespeople and other recommenders read and answer."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.alliance.schemas import SalespersonView
from app.core.schemas import Body, Moment, View

State = Literal["authorised", "suspended", "revoked"]


class AuthorisationRequest(Body):
    """What a recommender's authorisation becomes, and why."""

    state: State
    reason: Annotated[str, Field(strict=True, min_length=1, max_length=500)]


class StepView(View):
    """One decision about a recommender."""

    number: int
    state: State
    reason: str
    decided_by: UUID
    decided_at: Moment


class AuthorisationView(View):
    """Whether a recommender's code binds anybody to them, and every decision about it.

    Without a decision they are authorised."""

    recommender_id: UUID
    state: State
    steps: list[StepView]


class SalespersonDetail(SalespersonView):
    """A salesperson: the scene token of their code, what they brought, and every decision."""

    scene: str
    state: State
    member_count: int
    merchant_count: int
    steps: list[StepView]


class MySalespersonView(View):
    """The salesperson one is: code, state, and how many members and merchants one brought."""

    id: UUID
    name: str
    scene: str
    state: State
    member_count: int
    merchant_count: int


class CommissionQuery(Body):
    """Which month (Asia/Shanghai)."""

    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="2026-11")]


class EarnedView(View):
    """Commission of sales by what was brought, less refunds (fen)."""

    brought: Literal["members", "merchants"]
    sale_count: int
    commission_fen: int


class CommissionView(View):
    """A month of a salesperson."""

    salesperson_id: UUID
    month: str
    earned: list[EarnedView]
