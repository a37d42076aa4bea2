"""Shapes of requests and answers about tickets. Moments in UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schemas import Body, Moment, View

TicketKind = Literal["payment", "top_up", "withdrawal", "order", "other"]
TicketState = Literal["open", "answered", "closed"]
Words = Annotated[str, Field(strict=True, min_length=1, max_length=2_000, pattern=r"\S")]
PageSize = Annotated[int, Field(ge=1, le=100)]
MOST_PICTURES = 6
Pictures = Annotated[list[UUID], Field(max_length=MOST_PICTURES)]
WITH_SUBJECT = frozenset({"payment", "top_up", "withdrawal", "order"})


class TicketRequest(Body):
    """A question. `subject_id`: the member's own payment, top-up, withdrawal or order it is
    about."""

    kind: TicketKind
    subject_id: UUID | None = None
    text: Words
    pictures: Pictures = []

    @model_validator(mode="after")
    def _sound(self) -> TicketRequest:
        if self.subject_id is not None and self.kind not in WITH_SUBJECT:
            raise ValueError("only a payment, top-up, withdrawal or order is named by its id")
        return self


class TicketText(Body):
    """Something to say, or the reason of what is done."""

    text: Words


class OwnTicketText(TicketText):
    """Something that the member adds, with pictures sent before (`/me/tickets/pictures`)."""

    pictures: Pictures = []


class TicketPictureView(View):
    """A picture, shown at `/api/v1/me/tickets/pictures/{id}.jpg` to the member whose it is, or whom
    staff sent it with an answer."""

    id: UUID
    width: int
    height: int
    request_id: UUID | None = None


class TicketAnswer(TicketText):
    """An answer to the member, with pictures sent before (`/tickets/{ticket_id}/pictures`);
    `closes` the ticket with it."""

    pictures: Pictures = []
    closes: Annotated[bool, Field(strict=True)] = False


class TicketRating(Body):
    """How the member was helped."""

    stars: Annotated[int, Field(strict=True, ge=1, le=5)]


class TicketAssignment(Body):
    """Who of the staff has a ticket; nobody without an id."""

    staff_id: UUID | None = None


class TicketQuery(Body):
    """Which of its messages: those before a message's id; without one, the newest."""

    before: UUID | None = None


class TicketsQuery(Body):
    """Which of one's own tickets; `before` is the last id of the page before."""

    before: UUID | None = None
    limit: PageSize = 20


class InboxQuery(Body):
    """Which tickets; `after` is the last id of the page before."""

    state: TicketState = "open"
    kind: TicketKind | None = None
    assigned_to: UUID | None = None
    after: UUID | None = None
    limit: PageSize = 50


class TicketMessageView(View):
    """Something said or done in a ticket; `text` is null once it was erased."""

    id: UUID
    author: Literal["member", "staff"]
    step: str
    text: str | None
    pictures: list[UUID]
    at: Moment


class TicketView(View):
    """A ticket."""

    id: UUID
    kind: TicketKind
    subject_id: UUID | None
    state: TicketState
    opened_at: Moment
    changed_at: Moment
    closed_at: Moment | None
    rating: int | None
    request_id: UUID | None = None


class OwnTicketView(TicketView):
    """A ticket with what was said to and by the member, a hundred messages at once, the oldest of
    them first. `earlier_before`: the id to ask for those before them with; null where none are."""

    messages: list[TicketMessageView]
    earlier_before: UUID | None


class TicketList(View):
    """The member's tickets, newest first."""

    tickets: list[TicketView]


class StaffTicketView(TicketView):
    """A ticket as staff see it."""

    member_id: UUID
    assigned_to: UUID | None
    reopened: int


class StaffTicketMessageView(TicketMessageView):
    """Also what is for staff only, and by whom."""

    staff_id: UUID | None
    is_internal: bool


class StaffTicketDetail(StaffTicketView):
    """A ticket with everything said and done in it, paged as for its member."""

    messages: list[StaffTicketMessageView]
    earlier_before: UUID | None


class TicketInbox(View):
    """Tickets that wait longest first."""

    tickets: list[StaffTicketView]


class TicketReport(View):
    """How the inbox stands: `stars` is the sum of `ratings` ratings."""

    states: dict[str, int]
    oldest_waits_since: Moment | None
    ratings: int
    stars: int
