"""What the routes of this room ask and answer."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from app.core.schemas import Body, Moment, View
from app.notices.kinds import Door, Kind


class NoticeState(StrEnum):
    """What became of a notice."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class NoticesAsked(Body):
    """Which notices staff want to see; `until` is not included, `before` is an id."""

    state: NoticeState | None = None
    kind: Kind | None = None
    door: Door | None = None
    error_code: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    member_id: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class OwnNoticesAsked(Body):
    """Which of one's own notices; `before` is the last id of the page before."""

    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class NoticeView(View):
    """One notice as its receiver sees it."""

    id: UUID
    kind: str
    text: str
    state: str
    created_at: Moment


class NoticeList(View):
    """A page of notices, newest first."""

    notices: list[NoticeView]


class StaffNoticeView(NoticeView):
    """One notice as staff see it: with its door and WeChat's reason."""

    member_id: UUID
    event: str
    door: str | None
    attempts: int
    error_code: str | None
    changed_at: Moment


class StaffNoticeList(View):
    """Notices, newest first; `before` of the next page is the last id of this one."""

    notices: list[StaffNoticeView]


class FilledTemplate(View):
    """A template's message as it would be sent: WeChat's field → value."""

    door: str
    template_id: str
    values: dict[str, str]


class NoticePreview(View):
    """A kind of notice with example values, and how it is told.

    `daily` is the most that one person gets on a Beijing day; older than `lasts_seconds` it is
    not sent any more.
    """

    kind: str
    title: str
    audience: str
    occasion: str
    nature: str
    doors: list[str]
    waits_at_night: bool
    daily: int
    lasts_seconds: int
    can_decline: bool
    text: str
    templates: list[FilledTemplate]


class NoticePreviews(View):
    """Every kind of notice, and the night (Beijing) in which only money is told."""

    quiet_hours: str | None
    previews: list[NoticePreview]


class NoticeWish(Body):
    """Whether one kind of notice is wanted."""

    kind: Kind
    wanted: Annotated[bool, Field(strict=True)]


class NoticeWishes(Body):
    """Which kinds of notices are wanted; kinds that are not named stay as they are."""

    preferences: Annotated[list[NoticeWish], Field(min_length=1, max_length=len(Kind))]


class NoticePreference(View):
    """A kind of notice that the member may get."""

    kind: str
    title: str
    wanted: bool
    can_decline: bool


class NoticePreferences(View):
    """All kinds of notices."""

    preferences: list[NoticePreference]


class SubscriptionAnswers(Body):
    """What wx.requestSubscribeMessage returned in the mini-program, by template id."""

    answers: Annotated[
        dict[str, Literal["accept", "reject", "ban", "filter", "acceptWithAudio"]],
        Field(min_length=1, max_length=20),
    ]


class SubscriptionView(View):
    """A template that the mini-program may ask for. `remaining` is null for any number."""

    template_id: str
    kinds: list[str]
    remaining: int | None


class SubscriptionList(View):
    """The templates to ask for."""

    subscriptions: list[SubscriptionView]


class TapsAsked(Body):
    """Which Beijing days, both included: by default the last thirty, at most a year."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None


class TapView(View):
    """How often an entry of the menu was tapped on a Beijing day. `name`: what the entry is called
    today; null for what is no longer in the menu."""

    day: date
    event: str
    key: str
    name: str | None
    taps: int


class TapList(View):
    """Taps by day and entry."""

    taps: list[TapView]


class InviteCode(View):
    """The member's own code: its scene token and where its pictures are."""

    scene: str
    png: str
    svg: str
    poster: str
