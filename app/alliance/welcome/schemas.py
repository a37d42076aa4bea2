"""Shapes of the welcome gift. Amounts in fen."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schemas import Body, View


class AgreementRequest(Body):
    """The member has read the terms and agrees."""

    is_agreed: Annotated[bool, Field(strict=True)]

    @model_validator(mode="after")
    def _agreed(self) -> AgreementRequest:
        if not self.is_agreed:
            raise ValueError("who does not agree asks for nothing")
        return self


class GiftView(View):
    """The experience gold for new members and where it stands for the signed-in one: `open` while
    the member may agree to its terms."""

    status: Literal["granted", "open", "on_first_visit", "not_offered"]
    amount_fen: int
    terms_zh: str
    terms_en: str
    journal_id: UUID | None
    request_id: str | None = None
