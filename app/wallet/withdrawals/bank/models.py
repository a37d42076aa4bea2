"""Tables of bank batches, the platform's. No account number is kept here: it is read when the file
is written. Personal data: links to withdrawals, the last four digits of the accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.wallet.models import Moment
from app.wallet.withdrawals.bank.rules import PENDING


class BankBatch(Base):
    """Withdrawals that leave together in one file. `state`: prepared, approved, exported.

    Prepared by one, approved by another; the file is handed out once, its SHA-256 kept.
    """

    __tablename__ = "wallet_bank_batch"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    prepared_by: Mapped[UUID] = mapped_column(Uuid)
    approved_by: Mapped[UUID | None] = mapped_column(Uuid)
    exported_by: Mapped[UUID | None] = mapped_column(Uuid)
    file_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)
    exported_at: Mapped[datetime | None] = mapped_column(Moment)


class BankLine(Base):
    """One withdrawal of a batch, under its serial number in the file (from 1).

    `state`: waiting, left_out (ended, or the account changed, before the file was written), sent,
    paid, failed, or returned (paid, and sent back by the receiver's bank later). `account_mark`:
    a keyed hash of the account that the second person agreed to; no other gets into the file.
    `proposed_…`: what the first of two people told the bank to have said; it waits while the line
    is sent or paid, and stays as a record where the second, `told_by`, has carried it out.
    """

    __tablename__ = "wallet_bank_line"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    serial: Mapped[int] = mapped_column(Integer, primary_key=True)
    withdrawal_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    account_mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    account_last_four: Mapped[str | None] = mapped_column(Text)
    account_since: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_outcome: Mapped[str | None] = mapped_column(Text)
    proposed_reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[UUID | None] = mapped_column(Uuid)
    proposed_at: Mapped[datetime | None] = mapped_column(Moment)
    told_by: Mapped[UUID | None] = mapped_column(Uuid)
    return_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(Moment)

    @property
    def is_pending(self) -> bool:
        """Whether it waits for a second person."""
        return self.proposed_outcome is not None and self.state in PENDING
