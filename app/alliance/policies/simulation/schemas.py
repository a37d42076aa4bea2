"""Shapes of simulations. Amounts in fen; days are business days (Asia/Shanghai), both included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.alliance.policies.schemas import PolicyRequest
from app.alliance.policies.simulation.results import Kind
from app.core.schemas import Body, Moment, View

LONGEST = timedelta(days=3_660)
Offset = Annotated[int, Field(ge=0, le=10_000_000)]


class SimulationRequest(Body):
    """Which sales to replay, and under what: a draft, a version, or a policy as written."""

    first_day: date
    last_day: date
    draft_id: UUID | None = None
    policy_id: UUID | None = None
    policy: PolicyRequest | None = None

    @model_validator(mode="after")
    def _clear(self) -> SimulationRequest:
        given = [each for each in (self.draft_id, self.policy_id, self.policy) if each is not None]
        if len(given) != 1:
            raise ValueError("one of draft_id, policy_id and policy")
        if not date(2000, 1, 1) <= self.first_day <= self.last_day <= date(2200, 1, 1):
            raise ValueError("the last day is not before the first")
        if self.last_day - self.first_day > LONGEST:
            raise ValueError("ten years at most")
        return self


class SimulationLinesQuery(Body):
    """Which lines, and from which on."""

    kind: Kind = "earner"
    offset: Offset = 0


class SimulationKindQuery(Body):
    """Which lines."""

    kind: Kind = "earner"


class SimulationView(View):
    """A simulation and how far it is. `changed_count` sales are divided otherwise; sales that come
    out otherwise than posted under their own policy (`own_different_…`) are a fault of ours."""

    id: UUID
    name: str
    shares_bp: dict[str, int]
    fallbacks: dict[str, str]
    one_person_one_share: bool
    draft_id: UUID | None
    policy_id: UUID | None
    first_day: date
    last_day: date
    status: str
    requested_by: UUID
    sale_count: int | None
    done_count: int
    undistributed_count: int
    changed_count: int
    concession_fen: int
    own_different_count: int
    own_different_fen: int
    created_at: Moment
    finished_at: Moment | None


class SimulationPage(View):
    """Simulations, newest first."""

    simulations: list[SimulationView]


class SimulationLineView(View):
    """What was posted (`before`) and what the draft gives (`after`), what refunds took back of
    each, and the difference of what remains."""

    whom: str
    subject_id: UUID | None
    name: str | None
    party: str | None
    before_fen: int
    after_fen: int
    before_refunded_fen: int
    after_refunded_fen: int
    difference_fen: int


class SimulationLinePage(View):
    """Lines, those that change most first."""

    lines: list[SimulationLineView]


class WholeSimulationView(SimulationView):
    """With the sums by party, and the ten earners who gain and lose most."""

    parties: list[SimulationLineView]
    gains: list[SimulationLineView]
    losses: list[SimulationLineView]
