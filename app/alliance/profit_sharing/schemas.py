"""Shapes of payout channels and receivers."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.alliance.schemas import LongText
from app.core.schemas import Body, Moment, ShortText, View
from app.wallet.service import PayoutWay

Relation = Literal[
    "SERVICE_PROVIDER", "STORE", "STAFF", "STORE_OWNER", "PARTNER", "HEADQUARTER", "BRAND",
    "DISTRIBUTOR", "USER", "SUPPLIER",
]  # fmt: skip


class ChannelRequest(Body):
    """How a merchant's settled money leaves from now on."""

    channel: PayoutWay


class ChannelView(View):
    """One version of how a merchant is paid."""

    merchant_id: UUID
    version: int
    channel: PayoutWay
    created_by: UUID
    created_at: Moment


class ChannelHistory(View):
    """All versions, newest first."""

    channels: list[ChannelView]


class ReceiverRequest(Body):
    """Who gets a merchant's part: a merchant number with its registered name, or a member."""

    account: Annotated[str, Field(strict=True, pattern=r"^\d{8,16}$")] | None = None
    member_id: UUID | None = None
    name: ShortText | None = None
    relation: Relation = "STORE"

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.account is None) == (self.member_id is None):
            raise ValueError("one of account and member_id is needed")
        if self.account is not None and self.name is None:
            raise ValueError("a merchant number needs its registered name")
        return self


class ReceiverView(View):
    """A merchant's receiver; its name is never shown."""

    id: UUID
    merchant_id: UUID
    account: str | None
    member_id: UUID | None
    relation: Relation
    state: str
    refusal: str | None
    created_at: Moment
    registered_at: Moment | None


class ReceiverQuery(Body):
    """Which proposals: the oldest first, after an id."""

    status: Literal["proposed", "confirmed", "declined"] | None = None
    after: UUID | None = None


class ProposedReceiverView(ReceiverView):
    """A receiver that one person of finance proposed (`created_by`), beside the one in force while
    it waits."""

    merchant_name: str
    current: ReceiverView | None
    created_by: UUID
    decided_by: UUID | None
    reason: str | None
    decided_at: Moment | None


class ReceiverPage(View):
    """A page of proposed receivers."""

    proposals: list[ProposedReceiverView]


class ReceiverDecision(Body):
    """Whether the merchant's part goes there from now on."""

    is_confirmed: bool
    reason: LongText | None = None
