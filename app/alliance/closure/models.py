"""Pauses and closures, with every step that people took."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class Pause(Base):
    """A time in which a store, or without `store_id` all of a merchant's, takes no money; open
    while it has no `resumed_at`. In the merchant's bucket. Personal data: none."""

    __tablename__ = "alliance_pause"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text)
    paused_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    resume_reason: Mapped[str | None] = mapped_column(Text)
    resumed_by: Mapped[UUID | None] = mapped_column(Uuid)
    resumed_at: Mapped[datetime | None] = mapped_column(Moment)


class Closure(Base):
    """The end of a store, or without `store_id` of a merchant, in the merchant's bucket.

    `status`: requested → approved, rejected or withdrawn; approved → undo_requested → undone, or
    approved again. Approved and undo_requested take effect with the business day `closes_on`
    (`starts_at`, UTC). `asked_by` asked for what waits: another one decides. Whose home store it is
    goes to `fallback_store_id`, if one is named; `rehomed_at`: all have gone. Personal data: none.
    """

    __tablename__ = "alliance_closure"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID | None] = mapped_column(Uuid)
    closes_on: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    fallback_store_id: Mapped[UUID | None] = mapped_column(Uuid)
    rehomed_at: Mapped[datetime | None] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class ClosureStep(Base):
    """What somebody did about a closure, and why; never changed. Personal data: none."""

    __tablename__ = "alliance_closure_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    closure_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
