"""Who agreed to service messages, and what was written to whom of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class MailingConsent(Base):
    """From when until when a member agreed to service messages, to which text, at which door.

    Personal data: none but the member's id.
    """

    __tablename__ = "notices_mailing_consent"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[str] = mapped_column(Text)
    door: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Mailing(Base):
    """A message to a segment of the members who agreed.

    `state`: counting → counted → scheduled or rejected; scheduled → running ⇄ paused → done, or
    stopped. `after` is the last member of the batch before, in counting and in sending alike.
    Personal data: none; who got it is in the notices.
    """

    __tablename__ = "notices_mailing"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID | None] = mapped_column(Uuid)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    segment: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text)
    counted: Mapped[int] = mapped_column(Integer, default=0)
    queued: Mapped[int] = mapped_column(Integer, default=0)
    after: Mapped[UUID | None] = mapped_column(Uuid)
    written_by: Mapped[UUID] = mapped_column(Uuid)
    written_at: Mapped[datetime] = mapped_column(Moment)
    reviewed_by: Mapped[UUID | None] = mapped_column(Uuid)
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    starts_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
