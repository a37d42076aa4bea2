"""Who invited which phone number."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Invitation(Base):
    """An invitation of a number. `state`: open, declined, confirmed or expired.

    No money table: without a bucket, so that the encrypted number is bound to the one key. Number
    and hash are null once it has ended. `withdrawn_at`: the inviter took it back. What the inviter
    sees is not `state`: that it was declined is not told (`service.shown_state`).

    Personal data: number (encrypted), given by the inviter.
    """

    __tablename__ = "members_invitation"
    __table_args__ = (
        Index("members_invitation_inviter_idx", "inviter_id", "id"),
        Index(
            "members_invitation_phone_idx",
            "phone_key",
            postgresql_where=sql("phone_key IS NOT NULL"),
        ),
        Index(
            "members_invitation_one_idx",
            "inviter_id",
            "phone_key",
            unique=True,
            postgresql_where=sql("phone_key IS NOT NULL"),
        ),
        Index(
            "members_invitation_due_idx",
            "expires_at",
            postgresql_where=sql("phone_key IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    inviter_id: Mapped[UUID] = mapped_column(Uuid)
    phone_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    number: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    invitee_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
