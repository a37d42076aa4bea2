"""Tables of settlement: statements with their lines, runs, the calendar. All but runs are kept as
they were written; the database refuses changes of statements, lines and the calendar's history.

Personal data: none; a line names a sale, never who bought.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class Settlement(Base):
    """A merchant's statement: its `number` counts the merchant's. Immutable.

    `pending_fen`, `experience_fen` and the fees are the sums of its lines, `opening_…` what the
    statement before carried over. `payable_fen` of the sales and `experience_payable_fen` of the
    experience gold became available. Where refunds and collected advances outweigh, nothing does
    and the sum is carried over into the next (`closing_…`).

    `supply_fen` is what supplies brought and took at once, `supply_owed_fen` what
    it owes sellers of returned ones after this statement; neither is in what becomes available.
    """

    __tablename__ = "alliance_settlement"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    paid_before: Mapped[datetime] = mapped_column(Moment)
    line_count: Mapped[int] = mapped_column(Integer)
    sale_count: Mapped[int] = mapped_column(Integer)
    refund_count: Mapped[int] = mapped_column(Integer)
    pending_fen: Mapped[int] = mapped_column(BigInteger)
    experience_fen: Mapped[int] = mapped_column(BigInteger)
    advance_fen: Mapped[int] = mapped_column(BigInteger)
    service_fee_fen: Mapped[int] = mapped_column(BigInteger)
    channel_fee_fen: Mapped[int] = mapped_column(BigInteger)
    opening_pending_fen: Mapped[int] = mapped_column(BigInteger)
    opening_service_fee_fen: Mapped[int] = mapped_column(BigInteger)
    opening_channel_fee_fen: Mapped[int] = mapped_column(BigInteger)
    opening_experience_fen: Mapped[int] = mapped_column(BigInteger)
    payable_fen: Mapped[int] = mapped_column(BigInteger)
    experience_payable_fen: Mapped[int] = mapped_column(BigInteger)
    supply_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    opening_supply_owed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    supply_owed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)

    @property
    def total_fen(self) -> int:
        """What became available by it."""
        return self.payable_fen + self.experience_payable_fen

    @property
    def opening_fen(self) -> int:
        """What the statement before carried over of sales, refunds, advances and fees."""
        fees = self.opening_service_fee_fen + self.opening_channel_fee_fen
        return self.opening_pending_fen - fees

    @property
    def closing_fen(self) -> int:
        """What it carries over of sales, refunds, advances and fees: 0, or below."""
        fees = self.service_fee_fen + self.channel_fee_fen
        return self.opening_fen + self.pending_fen - fees - self.payable_fen

    @property
    def closing_experience_fen(self) -> int:
        """What it carries over of experience gold: 0, or below."""
        return self.opening_experience_fen + self.experience_fen - self.experience_payable_fen


class SettlementLine(Base):
    """One thing of a settlement, in no other one (fen; what lowers the statement is negative).

    `kind`: sale, refund, experience (gold of a sale whose cycle ended), experience_refund (gold
    that went back), advance (collected from the merchant), supply (paid to a supplier out of
    the sale); of who supplied: supplied, supply_returned, supply_recovered (a debt, taken),
    supply_secured (from its deposit); of who was supplied: supply_repaid (a debt, paid back).
    `subject_id`: the sale, refund, collection, supply payment, supply return, or the recovery's
    journal. `supply_fen`: what it brought or took of the merchant's money at once. `gross_fen` and
    `purses` are the whole of the sale or refund, `pending_fen` and `experience_fen` what of it
    the statement counts; fees lower that. `discount_fen`: by how much the member price was
    below the list price; it is in no other amount. Immutable.
    """

    __tablename__ = "alliance_settlement_line"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    settlement_id: Mapped[UUID] = mapped_column(Uuid)
    moment: Mapped[datetime] = mapped_column(Moment)
    sale_id: Mapped[UUID | None] = mapped_column(Uuid)
    store_id: Mapped[UUID | None] = mapped_column(Uuid)
    gross_fen: Mapped[int] = mapped_column(BigInteger)
    concession_fen: Mapped[int] = mapped_column(BigInteger)
    pending_fen: Mapped[int] = mapped_column(BigInteger)
    experience_fen: Mapped[int] = mapped_column(BigInteger)
    service_fee_fen: Mapped[int] = mapped_column(BigInteger)
    channel_fee_fen: Mapped[int] = mapped_column(BigInteger)
    purses: Mapped[dict[str, int]] = mapped_column(JSONB)
    discount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    supply_fen: Mapped[int] = mapped_column(BigInteger, default=0)

    @property
    def net_fen(self) -> int:
        """What the line adds to the statement."""
        fees = self.service_fee_fen + self.channel_fee_fen
        return self.pending_fen + self.experience_fen - fees


class SettlementRun(Base):
    """A run over the merchants with something due, and how far it got; `seen_at` is its last
    sign of life. What it issued counts whether it ended or not. Merchants are taken in the order of
    their ids; `reached_id` is the last one it was at."""

    __tablename__ = "alliance_settlement_run"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    requested_by: Mapped[UUID] = mapped_column(Uuid)
    merchant_count: Mapped[int] = mapped_column(Integer)
    done_count: Mapped[int] = mapped_column(Integer, default=0)
    issued_count: Mapped[int] = mapped_column(Integer, default=0)
    failed_count: Mapped[int] = mapped_column(Integer, default=0)
    reached_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class CalendarDay(Base):
    """A day that differs from what the calendar of the library (or the week) says."""

    __tablename__ = "alliance_calendar_day"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_working: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)


class CalendarYear(Base):
    """A year that people have entered from the State Council's announcement."""

    __tablename__ = "alliance_calendar_year"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)


class CalendarChange(Base):
    """Who set a year's days to what, and what they were. Immutable."""

    __tablename__ = "alliance_calendar_change"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger)
    days: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    days_before: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
