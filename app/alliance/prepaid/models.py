"""Tables of prepaid money. No balances: what somebody owns or owes is in the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, SmallInteger, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class LotAdvance(Base):
    """What was lent to a merchant on one lot, in the merchant's bucket (fen).

    `due_fen` has fallen due as far as the last look (`looked_at`) knew, `collected_fen` of it came
    back. `member_id` holds the lot now, `issued_to` got it. Personal data: who topped up where.
    """

    __tablename__ = "alliance_advance"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    issued_to: Mapped[UUID] = mapped_column(Uuid)
    account: Mapped[int] = mapped_column(SmallInteger)
    issued_fen: Mapped[int] = mapped_column(BigInteger)
    advanced_fen: Mapped[int] = mapped_column(BigInteger)
    due_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    collected_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    looked_at: Mapped[datetime] = mapped_column(Moment)


class AdvanceCollection(Base):
    """What of a merchant's advances came back at once, and from which of its accounts (fen).

    A line of the settlement that `settlement_id` names, as soon as there is one; else immutable.
    """

    __tablename__ = "alliance_advance_collection"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    from_pending_fen: Mapped[int] = mapped_column(BigInteger)
    from_deposit_fen: Mapped[int] = mapped_column(BigInteger)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    settlement_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class TouchedMember(Base):
    """A member whose lots on which money was lent have moved, until somebody has looked."""

    __tablename__ = "alliance_touched_member"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    touched_at: Mapped[datetime] = mapped_column(Moment)
