"""That a member disputes who brought them, and what staff put right."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, SmallInteger, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Dispute(Base):
    """A member's word that their binding is wrong. `state`: open, rejected or corrected.

    No money table: without a bucket, so that the encrypted reason is bound to the one key.

    Personal data: reason (encrypted; null once the member was erased).
    """

    __tablename__ = "members_binding_dispute"
    __table_args__ = (
        Index(
            "members_binding_dispute_open_idx",
            "member_id",
            unique=True,
            postgresql_where=sql("state = 'open'"),
        ),
        Index("members_binding_dispute_state_idx", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    state: Mapped[str] = mapped_column(Text, default="open")
    reason: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None] = mapped_column(Uuid)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    correction_id: Mapped[UUID | None] = mapped_column(Uuid)


class Correction(Base):
    """Another binding that one of the staff proposes and a second one decides about.

    `state`: proposed, applied or declined. `before` is the binding at the proposal (null: none),
    `after` the one that was put in its place. In the member's bucket.

    Personal data: none but pseudonymous ids; reasons are staff's own words.
    """

    __tablename__ = "members_binding_correction"
    __table_args__ = (
        Index(
            "members_binding_correction_open_idx",
            "bucket",
            "member_id",
            unique=True,
            postgresql_where=sql("state = 'proposed'"),
        ),
        Index("members_binding_correction_member_idx", "member_id", "id"),
        Index("members_binding_correction_state_idx", "state", "id"),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    dispute_id: Mapped[UUID | None] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(Text, default="proposed")
    recommender_kind: Mapped[str] = mapped_column(Text)
    recommender_id: Mapped[UUID] = mapped_column(Uuid)
    home_store_id: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    proposed_by: Mapped[UUID] = mapped_column(Uuid)
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision_reason: Mapped[str | None] = mapped_column(Text)
