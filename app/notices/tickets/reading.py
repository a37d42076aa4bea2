"""Tickets as members and staff see them, and how the inbox stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.core.crypto import decrypt
from app.core.db import db
from app.core.errors import NotFound
from app.members import service as members
from app.notices.tickets import pictures
from app.notices.tickets.models import Ticket, TicketMessage, words_context

MESSAGES_SHOWN = 100


def own(ticket_id: UUID, member_id: UUID) -> Ticket:
    """A ticket of the member's, in the current unit of work. Raises NotFound."""
    row = find(ticket_id)
    if row.member_id not in members.everyone_of(member_id):
        raise NotFound()
    return row


def find(ticket_id: UUID) -> Ticket:
    """A ticket, in the current unit of work. Raises NotFound."""
    row = db.session.get(Ticket, ticket_id)
    if row is None:
        raise NotFound()
    return row


def of_member(member_id: UUID, before: UUID | None, limit: int) -> Sequence[Ticket]:
    """The member's tickets, newest first, in the current unit of work."""
    wanted = select(Ticket).where(Ticket.member_id.in_(members.everyone_of(member_id)))
    if before is not None:
        wanted = wanted.where(Ticket.id < before)
    return db.session.scalars(wanted.order_by(Ticket.id.desc()).limit(limit)).all()


def inbox(
    state: str, kind: str | None, assigned_to: UUID | None, after: UUID | None, limit: int
) -> Sequence[Ticket]:
    """Tickets in a state, those that wait longest first, in the current unit of work; `after` is
    the last ticket of the page before."""
    wanted = select(Ticket).where(Ticket.state == state)
    if kind is not None:
        wanted = wanted.where(Ticket.kind == kind)
    if assigned_to is not None:
        wanted = wanted.where(Ticket.assigned_to == assigned_to)
    if after is not None:
        last = find(after)
        wanted = wanted.where(tuple_(Ticket.changed_at, Ticket.id) > (last.changed_at, last.id))
    return db.session.scalars(wanted.order_by(Ticket.changed_at, Ticket.id).limit(limit)).all()


def messages(
    ticket: Ticket, before: UUID | None = None, *, with_internal: bool
) -> tuple[list[dict[str, Any]], UUID | None]:
    """What was said last in a ticket (before a message), oldest first, in clear, in the current
    unit of work; MESSAGES_SHOWN at most, and the first one's id where more was said before."""
    wanted = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id)
    if not with_internal:
        wanted = wanted.where(TicketMessage.is_internal.is_(False))
    if before is not None:
        wanted = wanted.where(TicketMessage.id < before)
    newest = wanted.order_by(TicketMessage.id.desc()).limit(MESSAGES_SHOWN + 1)
    found = db.session.scalars(newest).all()
    shown = found[:MESSAGES_SHOWN]
    earlier_before = shown[-1].id if len(found) > len(shown) else None
    sent = pictures.of_messages([row.id for row in shown])
    told = [_in_clear(row, sent[row.id], with_internal=with_internal) for row in reversed(shown)]
    return told, earlier_before


def _in_clear(row: TicketMessage, sent: list[UUID], *, with_internal: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "author": row.author,
        "step": row.step,
        "staff_id": row.staff_id if with_internal else None,
        "is_internal": row.is_internal,
        "text": decrypt(row.words, words_context(row.id)) if row.words else None,
        "pictures": sent,
        "at": row.at,
    }


def report() -> dict[str, Any]:
    """How many tickets are in each state, and what members thought of the closed ones."""
    counted = db.session.execute(select(Ticket.state, func.count()).group_by(Ticket.state))
    rated = db.session.execute(select(func.count(), func.sum(Ticket.rating))
                               .where(Ticket.rating.is_not(None))).one()  # fmt: skip
    oldest = select(func.min(Ticket.changed_at)).where(Ticket.state == "open")
    return {
        "states": {row[0]: row[1] for row in counted},
        "oldest_waits_since": db.session.scalar(oldest),
        "ratings": int(rated[0]),
        "stars": int(rated[1] or 0),
    }
