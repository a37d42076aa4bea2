"""Exports and the parts of their files. Gone with the file: nothing here is needed afterwards.

Personal data: as much as the exported list shows its readers. A file is its owner's only, and its
parts are removed when it expires.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Export(Base):
    """A whole list that somebody of the staff asked for as a file.

    `status`: waiting, running, done, failed (`failure`: a code), cancelled, deleted or expired.
    `following` is the query of the next page to be read, and null once all were; `part_count`
    fences who writes.
    """

    __tablename__ = "pages_export"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    listing: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    following: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    row_count: Mapped[int] = mapped_column(BigInteger, default=0)
    part_count: Mapped[int] = mapped_column(Integer, default=0)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class ExportPart(Base):
    """A part of an export, compressed (zlib). `kind` file: bytes of the file; rows: rows as JSON,
    of which the file is made at the end."""

    __tablename__ = "pages_export_part"

    export_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
