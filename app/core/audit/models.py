"""Tables of the audit log: records, those that wait for the sealer, and the hash chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Record(Base):
    """One action of one of the staff, also one that was refused. PostgreSQL refuses to change or
    delete it; a trigger makes it wait for the sealer.

    Personal data: none but the link to the staff account. `reason` is staff's own words; `detail`
    holds decisions, amounts and names of fields, never what a person's fields contain.
    """

    __tablename__ = "core_audit"
    __table_args__ = (
        Index("core_audit_at_idx", "at", "id"),
        Index("core_audit_staff_idx", "staff_id", "at", "id"),
        Index("core_audit_action_idx", "action", postgresql_ops={"action": "text_pattern_ops"}),
        Index("core_audit_objects_idx", "object_ids", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    request_id: Mapped[UUID | None] = mapped_column(Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(Uuid)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    merchant_id: Mapped[UUID | None] = mapped_column(Uuid)
    action: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    object_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    outcome: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Unsealed(Base):
    """A record that no seal holds yet."""

    __tablename__ = "core_audit_unsealed"

    record_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class Seal(Base):
    """A link of the hash chain over records. `first_position` numbers them from 1."""

    __tablename__ = "core_audit_seal"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_position: Mapped[int] = mapped_column(BigInteger)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    record_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    sealed_at: Mapped[datetime] = mapped_column(Moment)
