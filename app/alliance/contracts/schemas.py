"""Shapes of offered contracts."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.alliance.schemas import ContractView, LongText
from app.core.schemas import Body, Moment, View


class AnswerRequest(Body):
    """The merchant's word on an offer, with the hash of the terms it has read."""

    is_accepted: bool
    terms_hash: Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{64}$")]
    reason: LongText | None = None


class WithdrawalOfOffer(Body):
    """Why an offer is taken back."""

    reason: LongText


class ContractVersionView(ContractView):
    """A version, and how the merchant stands to it. `signed`: on paper. What is offered, declined
    or withdrawn is not in force on any day."""

    acceptance: Literal["signed", "offered", "accepted", "declined", "withdrawn"]
    terms_hash: str
    answered_by: UUID | None
    answered_at: Moment | None
    reason: str | None


class ContractVersionQuery(Body):
    """Which page: versions below a number."""

    before: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class ContractVersionPage(View):
    """A page of a merchant's versions, newest first."""

    versions: list[ContractVersionView]
