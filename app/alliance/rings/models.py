"""Findings of ring detection, and what people made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, SmallInteger, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Ring(Base):
    """A rule that fired about somebody. `state`: open, cleared or confirmed by people.

    `parties`: the members and merchants who take part; `figures` and the sentences say what was
    seen at `seen_at`. In the subject's bucket.

    Personal data: none but pseudonymous ids.
    """

    __tablename__ = "alliance_ring"
    __table_args__ = (
        Index(
            "alliance_ring_open_idx",
            "bucket",
            "rule",
            "subject_id",
            unique=True,
            postgresql_where=sql("state = 'open'"),
        ),
        Index("alliance_ring_state_idx", "state", "id"),
        Index("alliance_ring_subject_idx", "subject_id"),
        Index(
            "alliance_ring_parties_idx",
            "parties",
            postgresql_using="gin",
            postgresql_where=sql("state = 'confirmed'"),
        ),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    rule: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    parties: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sentence: Mapped[str] = mapped_column(Text)
    sentence_en: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open")
    found_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class RingStep(Base):
    """What somebody of the staff decided about a finding, and why; written once.

    Personal data: none; the reason is staff's own words.
    """

    __tablename__ = "alliance_ring_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ring_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID] = mapped_column(Uuid)
    decided_at: Mapped[datetime] = mapped_column(Moment)
