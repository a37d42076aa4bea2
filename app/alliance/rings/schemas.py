"""What the ring report reads and answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, View

State = Literal["open", "cleared", "confirmed"]
Rule = Literal[
    "burst", "withdraw_only", "own_second_account", "second_accounts", "one_card", "mutual_buying"
]


class RingQuery(Body):
    """Findings of a state, maybe of one rule, after an id."""

    state: State = "open"
    rule: Rule | None = None
    after: UUID | None = None


class RingDecision(Body):
    """What people make of a finding, and why; `open` takes an earlier decision back."""

    state: State
    reason: Annotated[str, Field(strict=True, min_length=1, max_length=500)]


class RingView(View):
    """A finding: which rule fired about whom, who takes part, the figures it saw, and in words."""

    id: UUID
    rule: Rule
    title: str
    title_en: str
    subject_kind: Literal["member", "salesperson", "merchant"]
    subject_id: UUID
    parties: list[UUID]
    figures: dict[str, Any]
    sentence: str
    sentence_en: str
    state: State
    found_at: Moment
    seen_at: Moment


class RingStepView(View):
    """One decision about a finding."""

    number: int
    state: State
    reason: str
    decided_by: UUID
    decided_at: Moment


class RingDetail(RingView):
    """A finding with every decision about it."""

    steps: list[RingStepView]


class RingList(View):
    """A page of findings, in the order in which they were found."""

    rings: list[RingView]
