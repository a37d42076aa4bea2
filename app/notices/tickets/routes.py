"""What members and staff do with tickets. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request

from app.alliance import service as alliance
from app.core import auth
from app.core.api import JPEG, api_blueprint
from app.core.audit.recording import reveals
from app.core.db import in_transaction
from app.core.idempotency import execute, idempotent
from app.core.limits import caller_asked, limiter
from app.notices.tickets import desk, pictures, reading
from app.notices.tickets.models import Ticket
from app.notices.tickets.schemas import (
    InboxQuery,
    OwnTicketText,
    OwnTicketView,
    StaffTicketDetail,
    TicketAnswer,
    TicketAssignment,
    TicketInbox,
    TicketList,
    TicketPictureView,
    TicketQuery,
    TicketRating,
    TicketReport,
    TicketRequest,
    TicketsQuery,
    TicketText,
    TicketView,
)

blueprint = api_blueprint("tickets", __name__)
Fields = dict[str, Any]
STAFF = ("support", "operator")
UPLOADS, UPLOADS_OF_ONE, PICTURES = "60 per minute", "20 per minute", "600 per minute"


@blueprint.post("/me/tickets")
@blueprint.input(TicketRequest, arg_name="body")
@blueprint.output(TicketView, status_code=201)
@idempotent(money=False)
@auth.member
def open_ticket(body: TicketRequest) -> Response:
    """Ask the staff something, about a payment, a top-up, a withdrawal, an order or else."""
    member_id = auth.principal().id
    about = (body.kind, body.subject_id, body.text, body.pictures)

    def work() -> tuple[int, Fields]:
        row = desk.open_ticket(member_id, *about)
        return 201, TicketView.model_validate(row).model_dump(mode="json", exclude={"request_id"})

    return execute(work)


@blueprint.get("/me/tickets")
@blueprint.input(TicketsQuery, location="query", arg_name="query")
@blueprint.output(TicketList)
@auth.member
def list_my_tickets(query: TicketsQuery) -> Fields:
    """The signed-in member's tickets, newest first."""
    member_id = auth.principal().id

    def work() -> list[Fields]:
        return _rows(reading.of_member(member_id, query.before, query.limit))

    return {"tickets": in_transaction(work)}


@blueprint.post("/me/tickets/pictures")
@blueprint.output(TicketPictureView, status_code=201)
@auth.member
@limiter.limit(UPLOADS)
@limiter.limit(UPLOADS_OF_ONE, key_func=caller_asked)
def send_ticket_picture() -> Fields:
    """Send a picture (JPEG, PNG or WebP, at most 4 MiB) as the body, to be named in what one writes
    next; it is drawn anew."""
    request.max_content_length = alliance.LARGEST_PICTURE_BYTES
    member_id = auth.principal().id
    in_transaction(lambda: pictures.must_have_room(member_id))
    drawn = alliance.drawn_picture(request.get_data(cache=False))
    return in_transaction(
        lambda: TicketPictureView.model_validate(pictures.keep(member_id, *drawn)).model_dump()
    )


@blueprint.get("/me/tickets/pictures/<uuid:picture_id>.jpg")
@blueprint.doc(responses=JPEG)
@auth.member
@limiter.limit(PICTURES)
def show_own_ticket_picture(picture_id: UUID) -> Response:
    """A picture that the signed-in member has sent."""
    return _picture(picture_id, auth.principal().id)


@blueprint.get("/me/tickets/<uuid:ticket_id>")
@blueprint.input(TicketQuery, location="query", arg_name="query")
@blueprint.output(OwnTicketView)
@auth.member
def show_my_ticket(ticket_id: UUID, query: TicketQuery) -> Fields:
    """One of the signed-in member's tickets, with what was said."""
    member_id = auth.principal().id
    return _own(lambda: reading.own(ticket_id, member_id), query.before)


@blueprint.post("/me/tickets/<uuid:ticket_id>/messages")
@blueprint.input(OwnTicketText, arg_name="body")
@blueprint.output(OwnTicketView)
@auth.member
def write_in_ticket(ticket_id: UUID, body: OwnTicketText) -> Fields:
    """Add something; a ticket that was closed not long ago opens again."""
    member_id = auth.principal().id
    return _own(lambda: desk.write(ticket_id, member_id, body.text, body.pictures))


@blueprint.post("/me/tickets/<uuid:ticket_id>/close")
@blueprint.output(OwnTicketView)
@auth.member
def close_my_ticket(ticket_id: UUID) -> Fields:
    """Close one's own ticket."""
    member_id = auth.principal().id
    return _own(lambda: desk.close_own(ticket_id, member_id))


@blueprint.post("/me/tickets/<uuid:ticket_id>/rating")
@blueprint.input(TicketRating, arg_name="body")
@blueprint.output(OwnTicketView)
@auth.member
def rate_ticket(ticket_id: UUID, body: TicketRating) -> Fields:
    """Say how one was helped, when the ticket is closed."""
    member_id = auth.principal().id
    return _own(lambda: desk.rate(ticket_id, member_id, body.stars))


@blueprint.get("/tickets")
@blueprint.input(InboxQuery, location="query", arg_name="query")
@blueprint.output(TicketInbox)
@auth.staff(*STAFF)
def show_inbox(query: InboxQuery) -> Fields:
    """The inbox: tickets in a state, those that wait longest first."""
    return {"tickets": in_transaction(lambda: _rows(reading.inbox(**query.model_dump())))}


@blueprint.get("/tickets/report")
@blueprint.output(TicketReport)
@auth.staff(*STAFF)
def show_ticket_report() -> Fields:
    """How many tickets wait, since when, and what members thought of the closed ones."""
    return in_transaction(reading.report)


@blueprint.get("/tickets/pictures/<uuid:picture_id>.jpg")
@blueprint.doc(responses=JPEG)
@auth.staff(*STAFF)
@limiter.limit(PICTURES)
@reveals
def show_ticket_picture(picture_id: UUID) -> Response:
    """A picture that a member has sent with a ticket."""
    return _picture(picture_id, None)


def _picture(picture_id: UUID, member_id: UUID | None) -> Response:
    jpeg = in_transaction(lambda: pictures.content(picture_id, member_id))
    response = Response(jpeg, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/tickets/<uuid:ticket_id>/pictures")
@blueprint.output(TicketPictureView, status_code=201)
@idempotent(money=False)
@auth.staff(*STAFF)
@limiter.limit(UPLOADS)
@limiter.limit(UPLOADS_OF_ONE, key_func=caller_asked)
def send_picture_of_answer(ticket_id: UUID) -> Response:
    """Send a picture (JPEG, PNG or WebP, at most 4 MiB) as the body, to be named in one's next
    answer to this ticket; it is drawn anew."""
    request.max_content_length = alliance.LARGEST_PICTURE_BYTES
    staff_id = auth.principal().id
    in_transaction(lambda: pictures.must_have_room(reading.find(ticket_id).member_id, staff_id))
    drawn = alliance.drawn_picture(request.get_data())

    def work() -> tuple[int, Fields]:
        row = pictures.keep(reading.find(ticket_id).member_id, *drawn, staff_id)
        shown = TicketPictureView.model_validate(row)
        return 201, shown.model_dump(mode="json", exclude={"request_id"})

    return execute(work)


@blueprint.get("/tickets/<uuid:ticket_id>")
@blueprint.input(TicketQuery, location="query", arg_name="query")
@blueprint.output(StaffTicketDetail)
@auth.staff(*STAFF)
@reveals
def show_ticket(ticket_id: UUID, query: TicketQuery) -> Fields:
    """A ticket with everything said and done in it."""
    return _whole(lambda: reading.find(ticket_id), query.before)


@blueprint.post("/tickets/<uuid:ticket_id>/assignment")
@blueprint.input(TicketAssignment, arg_name="body")
@blueprint.output(StaffTicketDetail)
@auth.staff(*STAFF)
def assign_ticket(ticket_id: UUID, body: TicketAssignment) -> Fields:
    """Give a ticket to one of the staff, or to nobody."""
    staff_id = auth.principal().id
    return _whole(lambda: desk.assign(ticket_id, staff_id, body.staff_id))


@blueprint.post("/tickets/<uuid:ticket_id>/answers")
@blueprint.input(TicketAnswer, arg_name="body")
@blueprint.output(StaffTicketDetail)
@auth.staff(*STAFF)
def answer_ticket(ticket_id: UUID, body: TicketAnswer) -> Fields:
    """Answer the member, who is told that there is an answer."""
    staff_id = auth.principal().id
    wish = (body.text, body.pictures)
    return _whole(lambda: desk.answer(ticket_id, staff_id, *wish, is_closing=body.closes))


@blueprint.post("/tickets/<uuid:ticket_id>/notes")
@blueprint.input(TicketText, arg_name="body")
@blueprint.output(StaffTicketDetail)
@auth.staff(*STAFF)
def note_in_ticket(ticket_id: UUID, body: TicketText) -> Fields:
    """Write something down for staff only."""
    staff_id = auth.principal().id
    return _whole(lambda: desk.note(ticket_id, staff_id, body.text))


@blueprint.post("/tickets/<uuid:ticket_id>/close")
@blueprint.input(TicketText, arg_name="body")
@blueprint.output(StaffTicketDetail)
@auth.staff(*STAFF)
def close_ticket(ticket_id: UUID, body: TicketText) -> Fields:
    """Close a ticket without an answer; staff read why."""
    staff_id = auth.principal().id
    return _whole(lambda: desk.close(ticket_id, staff_id, body.text))


@blueprint.post("/tickets/<uuid:ticket_id>/reopen")
@blueprint.input(TicketText, arg_name="body")
@blueprint.output(StaffTicketDetail)
@auth.staff(*STAFF)
def reopen_ticket(ticket_id: UUID, body: TicketText) -> Fields:
    """Open a closed ticket again; staff read why."""
    staff_id = auth.principal().id
    return _whole(lambda: desk.reopen(ticket_id, staff_id, body.text))


def _rows(found: Any) -> list[Fields]:
    return [_fields(row) for row in found]


def _fields(row: Ticket) -> Fields:
    return {column.name: getattr(row, column.name) for column in Ticket.__table__.columns}


def _own(change: Callable[[], Ticket], before: UUID | None = None) -> Fields:
    return _with_messages(change, before, with_internal=False)


def _whole(change: Callable[[], Ticket], before: UUID | None = None) -> Fields:
    return _with_messages(change, before, with_internal=True)


def _with_messages(
    change: Callable[[], Ticket], before: UUID | None, *, with_internal: bool
) -> Fields:
    def work() -> Fields:
        row = change()
        said, earlier_before = reading.messages(row, before, with_internal=with_internal)
        return _fields(row) | {"messages": said, "earlier_before": earlier_before}

    return in_transaction(work)
