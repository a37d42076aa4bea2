"""Shapes of member levels. Amounts in fen."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schemas import Body, Fen, FenOrZero, Moment, ShortText, View


class MemberLevelRequest(Body):
    """A level: purchases of the last `period_days` conceded `threshold_fen`. Its gift is
    experience gold, once in that time; no more than a tenth of what was conceded."""

    name: ShortText
    name_en: ShortText
    threshold_fen: Fen
    period_days: Annotated[int, Field(strict=True, ge=7, le=730)]
    gift_fen: FenOrZero = 0
    budget_fen: FenOrZero = 0

    @model_validator(mode="after")
    def _sound(self) -> MemberLevelRequest:
        if self.gift_fen * 10 > self.threshold_fen:
            raise ValueError("a gift is at most a tenth of what was conceded for it")
        if self.gift_fen > self.budget_fen:
            raise ValueError("the budget pays at least one gift")
        return self


class MemberLevelView(View):
    """A level as everybody sees it."""

    id: UUID
    name: str
    name_en: str
    threshold_fen: int
    period_days: int
    gift_fen: int


class KeptLevel(MemberLevelView):
    """A level as staff see it."""

    budget_fen: int
    ended_at: Moment | None
    created_by: UUID
    created_at: Moment


class MemberLevels(View):
    """All levels, the highest first."""

    levels: list[MemberLevelView]


class OwnLevel(View):
    """One's own level; null without any."""

    level: MemberLevelView | None


class LevelGiftView(View):
    """A gift that was taken."""

    id: UUID
    level_id: UUID
    gift_fen: int
    journal_id: UUID
    request_id: str | None = None
