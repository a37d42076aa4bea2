"""Shapes of rewards. Amounts in fen."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schemas import Body, Fen, Moment, ShortText, View

Day = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2199, 12, 31))]
Status = Literal["waiting", "paid", "taken_back", "closed"]


class RewardRuleRequest(Body):
    """A promise: when the first purchase of a member, or all together, have conceded
    `threshold_fen`, whoever brought them gets `reward_fen`, once. The campaign fund pays, or the
    budget of the merchant that is named, at whose stores the purchases then are. Business days,
    both included."""

    name: ShortText
    kind: Literal["first", "cumulative"]
    threshold_fen: Fen
    reward_fen: Fen
    budget_fen: Fen
    starts_on: Day
    ends_on: Day
    merchant_id: UUID | None = None

    @model_validator(mode="after")
    def _sound(self) -> RewardRuleRequest:
        if self.ends_on < self.starts_on:
            raise ValueError("a rule ends on or after the day it starts")
        if self.reward_fen > self.threshold_fen:
            raise ValueError("a reward is no more than what was conceded for it")
        if self.reward_fen > self.budget_fen:
            raise ValueError("the budget pays at least one reward")
        return self


class RewardRuleView(View):
    """A rule. Without a merchant the platform pays."""

    id: UUID
    merchant_id: UUID | None
    merchant_name: str | None = None
    name: str
    kind: str
    threshold_fen: int
    reward_fen: int
    budget_fen: int
    starts_on: date
    ends_on: date
    ended_at: Moment | None
    created_by: UUID
    created_at: Moment


class RewardTotal(View):
    """How many rewards stand so, and what they come to."""

    status: Status
    count: int
    amount_fen: int


class RewardReport(RewardRuleView):
    """A rule and what became of it."""

    totals: list[RewardTotal]


class RewardRulePage(View):
    """A page of rules."""

    rules: list[RewardRuleView]


class RewardQuery(Body):
    """Which rewards: the newest first, before an id."""

    after: UUID | None = None


class RewardView(View):
    """A reward as its recommender sees it: not for whom."""

    id: UUID
    rule_id: UUID
    status: Status
    amount_fen: int
    journal_id: UUID | None
    created_at: Moment
    changed_at: Moment
    release_at: Moment | None
    released_at: Moment | None


class GivenReward(RewardView):
    """A reward as staff see it."""

    member_id: UUID
    recommender_id: UUID
    sale_id: UUID
    collected_fen: int


class RewardPage(View):
    """A page of rewards."""

    rewards: list[GivenReward]


class OwnRewardPage(View):
    """A page of one's own rewards."""

    rewards: list[RewardView]
