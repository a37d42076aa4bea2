"""Recipients, receipts and what was paid for them. No balances: what a fund holds is in the ledger.

Personal data: none. Recipients are organisations, known by their registration number.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Recipient(Base):
    """An organisation that one of the funds may pay, until it is closed."""

    __tablename__ = "wallet_recipient"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    fund: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    registration_number: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    closed_by: Mapped[UUID | None] = mapped_column(Uuid)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class Receipt(Base):
    """A receipt as it was handed in, under the SHA-256 of its bytes; never changed."""

    __tablename__ = "wallet_receipt"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    media_type: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    handed_in_by: Mapped[UUID] = mapped_column(Uuid)
    handed_in_at: Mapped[datetime] = mapped_column(Moment)


class Spending(Base):
    """Money of a fund (fen) that the bank has paid to a recipient, who gave a receipt.

    `status`: requested → paid or rejected; paid → undoing → undone, or paid again. Each step that
    posts takes a second person. `paid_on` and `bank_reference` are the bank's.
    """

    __tablename__ = "wallet_spending"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    fund: Mapped[str] = mapped_column(Text)
    recipient_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(Text)
    receipt_number: Mapped[str] = mapped_column(Text)
    receipt_hash: Mapped[bytes] = mapped_column(LargeBinary)
    bank_reference: Mapped[str] = mapped_column(Text)
    paid_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    undo_reason: Mapped[str | None] = mapped_column(Text)
    undo_asked_by: Mapped[UUID | None] = mapped_column(Uuid)
    undo_decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    undo_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class FundMonth(Base):
    """A Beijing month of a fund, closed once and for good (fen): `opening + in − out = closing`.

    `out_fen` was spent against receipts, less what was undone; `in_fen` is all other movement.
    """

    __tablename__ = "wallet_fund_month"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    fund: Mapped[str] = mapped_column(Text, primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    opening_fen: Mapped[int] = mapped_column(BigInteger)
    in_fen: Mapped[int] = mapped_column(BigInteger)
    out_fen: Mapped[int] = mapped_column(BigInteger)
    closing_fen: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[datetime] = mapped_column(Moment)
