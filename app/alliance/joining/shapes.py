"""Shapes that applications share with merchants whom staff enter: licences and what speaks
against them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.alliance.joining import rules
from app.core.schemas import View


def normal(rule: Callable[[str], str]) -> AfterValidator:
    """Refuses by a rule without the given value standing in the refusal."""

    def check(given: str) -> str:
        try:
            return rule(given)
        except ValueError as error:
            raise PydanticCustomError("joining", "{reason}", {"reason": str(error)}) from None

    return AfterValidator(check)


Number = Field(strict=True, min_length=1, max_length=40)
Licence = Annotated[str, Number, normal(rules.normal_licence)]


class FindingView(View):
    """What a comparison found; a serious one needs a second reviewer."""

    kind: str
    is_serious: bool
    reason: str
    subject_kind: str | None
    subject_id: UUID | None
