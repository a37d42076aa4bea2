"""What the routes of this room ask and answer."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from app.core.schemas import Body, Moment, View


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


class NoticesAsked(Body):
    """Which notices staff want to see: of one state, of one member, before an id."""

    state: NoticeState | None = None
    member_id: UUID | None = None
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
    """The last notices, newest first."""

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


class TapsAsked(Body):
    """Which Beijing days, both included: by default the last thirty, at most a year."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None


class TapView(View):
    """How often an entry of the menu was tapped on a Beijing day."""

    day: date
    event: str
    key: str
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
