"""Tickets and what was said in them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, DateTime, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Ticket(Base):
    """A member's question. `state`: open (staff are to answer), answered, closed.

    `subject_id` is what it is about: a payment, top-up, withdrawal or order of theirs.
    Personal data: none but the member's id; the words are in the messages.
    """

    __tablename__ = "notices_ticket"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(Text)
    assigned_to: Mapped[UUID | None] = mapped_column(Uuid)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    reopened: Mapped[int] = mapped_column(SmallInteger, default=0)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    rated_at: Mapped[datetime | None] = mapped_column(Moment)


class TicketMessage(Base):
    """What was said or done in a ticket, never changed. `author`: member or staff.

    An internal one is for staff only: notes, and who took, closed or opened the ticket again.
    Personal data: the words (encrypted, bound to the row's id; null once they were erased).
    """

    __tablename__ = "notices_ticket_message"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    author: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[UUID | None] = mapped_column(Uuid)
    is_internal: Mapped[bool] = mapped_column(Boolean)
    step: Mapped[str] = mapped_column(Text)
    words: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class TicketPicture(Base):
    """A picture that a member sends with what they write, or with `staff_id` one of the staff with
    their answer, as it was drawn anew; null `message_id` until something was written with it.
    Personal data: the picture (encrypted, bound to the id)."""

    __tablename__ = "notices_ticket_picture"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(Uuid)
    message_id: Mapped[UUID | None] = mapped_column(Uuid)
    jpeg: Mapped[str] = mapped_column(Text)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)


def picture_context(identity: UUID) -> str:
    """What an encrypted picture is bound to."""
    return f"notices_ticket_picture/jpeg/{identity}"


def words_context(identity: UUID) -> str:
    """What encrypted words are bound to."""
    return f"notices_ticket_message/words/{identity}"
