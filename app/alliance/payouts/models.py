"""Tables of automatic payouts. History is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Integer, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class PayoutWish(Base):
    """An immutable version of whether, and from what amount (fen), a merchant's settled money
    leaves by itself; the newest one counts. `receiver_id`: which contact gets it by WeChat."""

    __tablename__ = "alliance_payout_wish"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    is_on: Mapped[bool]
    minimum_fen: Mapped[int] = mapped_column(BigInteger)
    receiver_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Payout(Base):
    """What came of a settlement for a merchant who wants its money by itself, once for each: the
    withdrawal, or the code of the reason why there is none."""

    __tablename__ = "alliance_payout"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    settlement_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    withdrawal_id: Mapped[UUID | None] = mapped_column(Uuid)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
