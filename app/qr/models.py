"""What the room remembers: which codes were issued, and their WeChat tickets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Code(Base):
    """A scene token that was issued, by whom, and the WeChat ticket that carries it.

    A registry, not a money table: keyed by the token's own hash, without a bucket.
    `ticket_expires_at` is null for a permanent ticket. `fetching_until`: somebody asks WeChat.

    Personal data: none but the link to its subject.
    """

    __tablename__ = "qr_code"
    __table_args__ = (
        Index("qr_code_subject_idx", "subject_id"),
        Index("qr_code_store_address_idx", "ticket_url", postgresql_where=text("kind = 'S'")),
    )

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    token: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    issued_by: Mapped[UUID | None] = mapped_column(Uuid)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    ticket: Mapped[str | None] = mapped_column(Text)
    ticket_url: Mapped[str | None] = mapped_column(Text)
    ticket_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    url_link: Mapped[str | None] = mapped_column(Text)
    url_scheme: Mapped[str | None] = mapped_column(Text)
    links_expire_at: Mapped[datetime | None] = mapped_column(Moment)
    fetching_until: Mapped[datetime | None] = mapped_column(Moment)
