"""What members and staff do with tickets. Each change locks the ticket, in the current unit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import service as alliance
from app.core.config import settings
from app.core.crypto import decrypt, encrypt
from app.core.db import db, one_at_a_time, read
from app.core.errors import NotFound
from app.core.world import bucket_of, new_id, now
from app.members import service as members
from app.notices import outgoing
from app.notices.texts import ticket_answered
from app.notices.tickets import pictures
from app.notices.tickets.errors import (
    TicketClosed,
    TicketFull,
    TicketOpen,
    TicketRated,
    TooManyTicketMessages,
    TooManyTickets,
)
from app.notices.tickets.models import Ticket, TicketMessage, words_context
from app.wallet import service as wallet

MOST_OPEN = 10
MOST_AN_HOUR, MOST_WRITTEN = 20, 300
UNDECIDED = ("open", "answered")


def open_ticket(
    member_id: UUID,
    kind: str,
    subject_id: UUID | None,
    words: str,
    shown: Collection[UUID] = (),
) -> Ticket:
    """Opens a ticket about something of the member's, or about nothing in particular.

    `shown` are pictures sent before. Raises NotFound where it is not theirs, TooManyTickets,
    TicketPictureUnknown; one at a time for a member.
    """
    one_at_a_time(f"notices/ticket/{members.today(member_id)}")
    if subject_id is not None:
        _must_own(member_id, kind, subject_id)
    mine = Ticket.member_id.in_(members.everyone_of(member_id))
    unsettled = select(func.count()).where(mine, Ticket.state.in_(UNDECIDED))
    if int(db.session.scalar(unsettled) or 0) >= MOST_OPEN:
        raise TooManyTickets(most=MOST_OPEN)
    moment = now()
    row = Ticket(
        id=new_id(bucket_of(member_id)),
        member_id=member_id,
        kind=kind,
        subject_id=subject_id,
        state="open",
        opened_at=moment,
        changed_at=moment,
        reopened=0,
    )
    db.session.add(row)
    db.session.flush()
    pictures.use(member_id, shown, _say(row, "member", "opened", words))
    return row


def write(ticket_id: UUID, member_id: UUID, words: str, shown: Collection[UUID] = ()) -> Ticket:
    """The member adds something; a ticket closed within TICKET_REOPEN_DAYS opens again. Raises
    NotFound, TicketFull, TooManyTicketMessages, TicketClosed, TicketPictureUnknown."""
    row = _theirs(ticket_id, member_id)
    _must_have_room(row)
    if row.state == "closed":
        _reopen(row)
    row.state, row.changed_at = "open", now()
    pictures.use(member_id, shown, _say(row, "member", "written", words))
    return row


def close_own(ticket_id: UUID, member_id: UUID) -> Ticket:
    """The member needs no more; again is fine. Raises NotFound."""
    row = _theirs(ticket_id, member_id)
    if row.state != "closed":
        _close(row)
        _say(row, "member", "closed", None)
    return row


def rate(ticket_id: UUID, member_id: UUID, stars: int) -> Ticket:
    """The member says how they were helped, one to five. Raises NotFound, TicketOpen,
    TicketRated."""
    row = _theirs(ticket_id, member_id)
    if row.state != "closed":
        raise TicketOpen()
    if row.rating is not None:
        raise TicketRated()
    row.rating, row.rated_at = stars, now()
    db.session.flush()
    return row


def assign(ticket_id: UUID, staff_id: UUID, assignee_id: UUID | None) -> Ticket:
    """Gives a ticket to one of the staff, or to nobody. Raises NotFound."""
    row = _locked(ticket_id)
    row.assigned_to = assignee_id
    note = f"→ {assignee_id}" if assignee_id else "→"
    _say(row, "staff", "assigned", note, staff_id=staff_id, is_internal=True)
    return row


def answer(
    ticket_id: UUID,
    staff_id: UUID,
    words: str,
    shown: Collection[UUID] = (),
    *,
    is_closing: bool,
) -> Ticket:
    """Answers the member, who is told that there is an answer, never what it says; `shown` are
    pictures that this one of the staff uploaded for the ticket. Whoever answers a ticket that
    nobody has takes it. The same words and pictures twice on end are one answer. Raises NotFound,
    TicketClosed, TicketPictureUnknown."""
    row = _locked(ticket_id)
    if row.state == "closed":
        raise TicketClosed()
    if not is_closing and _is_repeated(row, "answered", words, staff_id, shown):
        return row
    row.assigned_to = row.assigned_to or staff_id
    row.state, row.changed_at = "answered", now()
    said = _say(row, "staff", "answered", words, staff_id=staff_id)
    pictures.use(row.member_id, shown, said)
    if is_closing:
        _close(row)
        _say(row, "staff", "closed", None, staff_id=staff_id, is_internal=True)
    content = ticket_answered(row.changed_at, is_closed=is_closing)
    outgoing.queue(f"ticket.answered:{said.id}", members.today(row.member_id), content)
    return row


def note(ticket_id: UUID, staff_id: UUID, words: str) -> Ticket:
    """Writes something down for staff only; the same twice on end once. Raises NotFound."""
    row = _locked(ticket_id)
    if not _is_repeated(row, "noted", words, staff_id):
        _say(row, "staff", "noted", words, staff_id=staff_id, is_internal=True)
    return row


def close(ticket_id: UUID, staff_id: UUID, reason: str) -> Ticket:
    """Closes a ticket without an answer; the reason is for staff. Raises NotFound,
    TicketClosed."""
    row = _locked(ticket_id)
    if row.state == "closed":
        raise TicketClosed()
    _close(row)
    _say(row, "staff", "closed", reason, staff_id=staff_id, is_internal=True)
    return row


def reopen(ticket_id: UUID, staff_id: UUID, reason: str) -> Ticket:
    """Opens a closed ticket again: the undoing of a closing, at any time; for staff why. Raises
    NotFound, TicketOpen."""
    row = _locked(ticket_id)
    if row.state != "closed":
        raise TicketOpen()
    _open_again(row)
    row.state, row.changed_at = "open", now()
    _say(row, "staff", "reopened", reason, staff_id=staff_id, is_internal=True)
    return row


def waiting() -> int:
    """How many tickets wait for staff: the gauge `tickets_waiting`."""
    return int(read(select(func.count()).where(Ticket.state == "open"))[0][0])


def _is_repeated(
    row: Ticket, step: str, words: str, staff_id: UUID, shown: Collection[UUID] = ()
) -> bool:
    """Whether the ticket's last message is this very one: a form that was sent twice. The ticket
    is locked."""
    newest = select(TicketMessage).where(TicketMessage.ticket_id == row.id)
    last = db.session.scalars(newest.order_by(TicketMessage.id.desc()).limit(1)).first()
    if last is None or (last.step, last.staff_id) != (step, staff_id) or last.words is None:
        return False
    sent = pictures.of_messages([last.id])[last.id]
    return set(sent) == set(shown) and decrypt(last.words, words_context(last.id)) == words


def _must_have_room(row: Ticket) -> None:
    """Counts what its member said and did in a locked ticket."""
    hour = now() - timedelta(hours=1)
    lately = func.count().filter(TicketMessage.at > hour)
    theirs = (TicketMessage.ticket_id == row.id, TicketMessage.author == "member")
    count, recent = db.session.execute(select(func.count(), lately).where(*theirs)).one()
    if count >= MOST_WRITTEN:
        raise TicketFull(most=MOST_WRITTEN)
    if recent >= MOST_AN_HOUR:
        raise TooManyTicketMessages(most=MOST_AN_HOUR)


def _must_own(member_id: UUID, kind: str, subject_id: UUID) -> None:
    owner_id = _owner(kind, subject_id)
    if owner_id is None or owner_id not in members.everyone_of(member_id):
        raise NotFound()


def _owner(kind: str, subject_id: UUID) -> UUID | None:
    try:
        if kind == "payment":
            return alliance.sale_facts(subject_id).payer_id
        if kind == "withdrawal":
            return wallet.withdrawal(subject_id).member_id
    except (alliance.PaymentUnknown, NotFound):
        return None
    if kind == "order":
        return alliance.order_payer(subject_id)
    return wallet.top_up_owner(subject_id) if kind == "top_up" else None


def _locked(ticket_id: UUID) -> Ticket:
    row = db.session.get(Ticket, ticket_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def _theirs(ticket_id: UUID, member_id: UUID) -> Ticket:
    row = _locked(ticket_id)
    if row.member_id not in members.everyone_of(member_id):
        raise NotFound()
    return row


def _reopen(row: Ticket) -> None:
    limit = timedelta(days=settings().ticket_reopen_days)
    if row.closed_at is None or now() - row.closed_at > limit:
        raise TicketClosed()
    _open_again(row)


def _open_again(row: Ticket) -> None:
    row.closed_at, row.rating, row.rated_at = None, None, None
    row.reopened += 1


def _close(row: Ticket) -> None:
    row.state, row.closed_at, row.changed_at = "closed", now(), now()


def _say(
    row: Ticket,
    author: str,
    step: str,
    words: str | None,
    *,
    staff_id: UUID | None = None,
    is_internal: bool = False,
) -> TicketMessage:
    identity = new_id(bucket_of(row.id))
    said = TicketMessage(
        id=identity,
        ticket_id=row.id,
        member_id=row.member_id,
        author=author,
        staff_id=staff_id,
        is_internal=is_internal,
        step=step,
        words=encrypt(words, words_context(identity)) if words is not None else None,
        at=now(),
    )
    db.session.add(said)
    db.session.flush()
    return said
