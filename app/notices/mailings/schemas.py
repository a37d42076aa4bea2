"""Shapes of requests and answers about service messages. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from app.core.schemas import Body, FenOrZero, Moment, ShortText, View

Days = Annotated[int, Field(strict=True, ge=1, le=180)]
EARLIEST, LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
PageSize = Annotated[int, Field(ge=1, le=100)]
MailingState = Literal[
    "counting", "counted", "scheduled", "rejected", "running", "paused", "done", "stopped"
]


class MailingSegment(Body):
    """Whom a message is for; a condition that is not named means everybody who agreed."""

    home_store_ids: Annotated[list[UUID], Field(max_length=100)] | None = None
    level_ids: Annotated[list[UUID], Field(max_length=20)] | None = None
    bought_within_days: Days | None = None
    not_bought_within_days: Days | None = None
    category_code: ShortText | None = None
    prepaid_at_least_fen: FenOrZero | None = None
    prepaid_at_most_fen: FenOrZero | None = None

    @model_validator(mode="after")
    def _sound(self) -> MailingSegment:
        if self.category_code is not None and self.bought_within_days is None:
            raise ValueError("a category is that of what was bought within some days")
        return self


class MailingRequest(Body):
    """A message and whom it is for. A merchant's goes to members of its own stores only."""

    title: ShortText
    text: Annotated[str, Field(strict=True, min_length=5, max_length=300, pattern=r"\S")]
    segment: MailingSegment = MailingSegment()


class MailingReview(Body):
    """Let it go at a moment, or reject it with a reason."""

    starts_at: AwareDatetime | None = None
    reason: ShortText | None = None

    @model_validator(mode="after")
    def _sound(self) -> MailingReview:
        if (self.starts_at is None) == (self.reason is None):
            raise ValueError("either a moment at which it starts, or the reason of a rejection")
        if self.starts_at is not None and not EARLIEST <= self.starts_at < LATEST:
            raise ValueError("a moment between 2020 and 2100")
        return self


class MailingStop(Body):
    """Why a message ends."""

    reason: ShortText


class MailingsQuery(Body):
    """Which messages; `before` is the last id of the page before."""

    before: UUID | None = None
    limit: PageSize = 20


class MailingView(View):
    """A message, as it is sent (`shown_as`), and how far it is. To merchants numbers below ten
    are null."""

    id: UUID
    merchant_id: UUID | None
    title: str
    text: str
    shown_as: str
    segment: MailingSegment
    state: MailingState
    counted: int | None
    queued: int | None
    results: dict[str, int | None]
    written_by: UUID
    written_at: Moment
    reviewed_by: UUID | None
    starts_at: datetime | None
    reason: str | None
    ended_at: datetime | None


class MailingList(View):
    """Messages, newest first."""

    mailings: list[MailingView]


class MailingConsentRequest(Body):
    """Agree to the present text, or withdraw."""

    is_consented: Annotated[bool, Field(strict=True)]
    version: ShortText | None = None
    door: Literal["mini_program", "web_page", "official_account"] = "mini_program"


class MailingConsentView(View):
    """The present text, and whether the member agrees to service messages."""

    version: str
    text: str
    is_consented: bool
