"""That a member asked to be erased, and what became of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Deletion(Base):
    """A member's wish to be erased. `state`: asked, undone (they signed in again), or done.

    `due_at`: when it is carried out; moved on where something came in the way (`delayed_at`).

    Personal data: none but the pseudonymous id.
    """

    __tablename__ = "members_deletion"
    __table_args__ = (
        Index(
            "members_deletion_due_idx",
            "due_at",
            postgresql_where=sql("state = 'asked'"),
        ),
        Index(
            "members_deletion_open_idx",
            "member_id",
            unique=True,
            postgresql_where=sql("state = 'asked'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    state: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    delayed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
