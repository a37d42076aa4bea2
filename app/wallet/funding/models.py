"""What staff have booked of the platform's own money. No balances: those are the ledger's.

Personal data: none.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class TreasuryBooking(Base):
    """Money (fen) that somebody of finance says has come into a fund (`paid_in`), was moved from
    one place outside to another (`moved`), or was paid to the tax office (`tax_paid`), whose
    `receipt` stands in one booking that is neither refused nor reversed.

    `status`: booked at once where one person may, else waiting → booked or refused by somebody
    else; who asked may take it back (refused). `decided_by` is null where one person booked it.

    What was booked by mistake is reversed once. `reversal_status` is null until somebody asks for
    that, then as `status`; a refused reversal may be asked for again, and the row keeps the last.
    """

    __tablename__ = "wallet_treasury_booking"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    receipt: Mapped[str | None] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    reversal_status: Mapped[str | None] = mapped_column(Text)
    reversal_reason: Mapped[str | None] = mapped_column(Text)
    reversal_asked_by: Mapped[UUID | None] = mapped_column(Uuid)
    reversal_asked_at: Mapped[datetime | None] = mapped_column(Moment)
    reversal_decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    reversal_decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reversal_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
