"""How long tickets are kept, and what is told and erased of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.keys.columns import sealed
from app.core.personal_data import part
from app.core.world import now
from app.notices.tickets.models import (
    Ticket,
    TicketMessage,
    TicketPicture,
    picture_context,
    words_context,
)

SECONDS = 3_600.0
BATCH = 500


def declare() -> None:
    """Declares this subject's parts; called by the room's opening."""
    tickets = Ticket.member_id
    part("notices.tickets", "工单", Ticket, tickets.in_, but={"assigned_to"})
    part(
        "notices.ticket_messages",
        "工单内容",
        TicketMessage,
        lambda ids: TicketMessage.member_id.in_(ids) & TicketMessage.is_internal.is_(False),
        but={"staff_id", "is_internal"},
    )
    part(
        "notices.ticket_pictures",
        "工单图片",
        TicketPicture,
        lambda ids: (
            TicketPicture.member_id.in_(ids)
            & (TicketPicture.staff_id.is_(None) | TicketPicture.message_id.is_not(None))
        ),
        but={"jpeg", "staff_id"},
    )
    sealed(TicketMessage.words, words_context)
    sealed(TicketPicture.jpeg, picture_context)


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: every word and picture of a member's; what is open is closed."""
    gone = delete(TicketPicture).where(TicketPicture.member_id == member_id)
    blank = update(TicketMessage).where(TicketMessage.member_id == member_id).values(words=None)
    theirs = (Ticket.member_id == member_id) & (Ticket.state != "closed")
    over = update(Ticket).where(theirs).values(state="closed", closed_at=now())
    for change in (gone, blank, over):
        db.session.execute(change.execution_options(synchronize_session=False))


def close_quiet() -> int:
    """Duty: closes tickets that were answered TICKET_QUIET_DAYS ago, and the member was content;
    how many."""
    before = now() - timedelta(days=settings().ticket_quiet_days)
    quiet = (
        select(Ticket.id)
        .where(Ticket.state == "answered", Ticket.changed_at < before)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )

    def work() -> int:
        found = list(db.session.scalars(quiet))
        over = update(Ticket).where(Ticket.id.in_(found)).values(state="closed", closed_at=now())
        db.session.execute(over.execution_options(synchronize_session=False))
        return len(found)

    return in_transaction(work)


def clear_old() -> int:
    """Duty: deletes tickets that were closed TICKET_KEEP_DAYS ago, with every word; how many."""
    before = now() - timedelta(days=settings().ticket_keep_days)
    old = select(Ticket.id).where(Ticket.state == "closed", Ticket.closed_at < before).limit(BATCH)

    def work() -> int:
        found = list(db.session.scalars(old.with_for_update(skip_locked=True)))
        said = select(TicketMessage.id).where(TicketMessage.ticket_id.in_(found))
        for gone in (
            delete(TicketPicture).where(TicketPicture.message_id.in_(said)),
            delete(TicketMessage).where(TicketMessage.ticket_id.in_(found)),
            delete(Ticket).where(Ticket.id.in_(found)),
        ):
            db.session.execute(gone.execution_options(synchronize_session=False))
        return len(found)

    return in_transaction(work)
