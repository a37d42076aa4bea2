"""What came of comparing WeChat Pay's bills with the books. No row is ever changed.

All rows are the platform's, in its bucket. No personal data: numbers and amounts (fen) only.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.wallet.models import Moment


class ReconciliationRun(Base):
    """One bill of one Beijing day, compared once. `source`: wechat, or file (by hand).

    `their_closing_fen` is the account's balance in the bill, `our_closing_fen` what the books
    held at the day's end; between them stands what was on its way (`in_transit_fen`: counted
    there, not yet or already booked here) and what earlier lines differ by (`carried_fen`).
    """

    __tablename__ = "wallet_reconciliation"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    bill: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    lines: Mapped[int] = mapped_column(Integer)
    matched: Mapped[int] = mapped_column(Integer)
    their_closing_fen: Mapped[int | None] = mapped_column(BigInteger)
    our_closing_fen: Mapped[int | None] = mapped_column(BigInteger)
    in_transit_fen: Mapped[int | None] = mapped_column(BigInteger)
    carried_fen: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)


class ReconciliationLine(Base):
    """A line of a bill with what the books say of it, or what the books have and the bill lacks.

    `place` is the line in the bill, null where it has none. `record_kind` and `record_id` name
    what was found here: order, refund, withdrawal, suspense, journal. `booked_at`: when that was
    booked, if it was when compared. `result`: app/wallet/reconciliation_rules.py.
    """

    __tablename__ = "wallet_reconciliation_line"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    run_id: Mapped[UUID] = mapped_column(Uuid)
    day: Mapped[date] = mapped_column(Date)
    bill: Mapped[str] = mapped_column(Text)
    part: Mapped[str] = mapped_column(Text)
    place: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime | None] = mapped_column(Moment)
    reference: Mapped[str] = mapped_column(Text)
    wechat_number: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    their_fen: Mapped[int | None] = mapped_column(BigInteger)
    our_fen: Mapped[int | None] = mapped_column(BigInteger)
    their_state: Mapped[str | None] = mapped_column(Text)
    our_state: Mapped[str | None] = mapped_column(Text)
    record_kind: Mapped[str | None] = mapped_column(Text)
    record_id: Mapped[UUID | None] = mapped_column(Uuid)
    booked_at: Mapped[datetime | None] = mapped_column(Moment)


class ReconciliationStep(Base):
    """One step towards an open line's end: who did what, why, and the journal that it posted.

    `is_final`: the line is no longer open. `effective_at`: from when on the books hold what the
    line differed by; null where nothing was booked. `record_id` with `our_fen`: the record that
    the line turned out to show, where that was booked after the bill was compared.
    """

    __tablename__ = "wallet_reconciliation_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    line_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    action: Mapped[str] = mapped_column(Text)
    principal_id: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text)
    is_final: Mapped[bool]
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    effective_at: Mapped[datetime | None] = mapped_column(Moment)
    record_id: Mapped[UUID | None] = mapped_column(Uuid)
    our_fen: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Moment)


class SuspenseStep(Base):
    """One step towards the end of an amount in suspense: who did what, why, with which journal.

    `refund_id`: WeChat is asked to pay it back under `number_of` this.
    """

    __tablename__ = "wallet_suspense_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    action: Mapped[str] = mapped_column(Text)
    principal_id: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    refund_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(Moment)
