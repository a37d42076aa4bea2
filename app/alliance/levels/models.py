"""Tables of member levels. No balances: a gift is experience gold in the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class MemberLevel(Base):
    """An immutable level: whose purchases of the last `period_days` have conceded `threshold_fen`.

    Once in each such time it brings `gift_fen` of experience gold (0: none) from `campaign_fund`,
    all gifts of the level at most `budget_fen`. Only its end may be recorded, once.
    """

    __tablename__ = "alliance_member_level"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    threshold_fen: Mapped[int] = mapped_column(BigInteger)
    period_days: Mapped[int] = mapped_column(SmallInteger)
    gift_fen: Mapped[int] = mapped_column(BigInteger)
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class LevelGift(Base):
    """A gift that a member took, in their bucket, with what had been conceded then (fen)."""

    __tablename__ = "alliance_level_gift"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    level_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    conceded_fen: Mapped[int] = mapped_column(BigInteger)
    gift_fen: Mapped[int] = mapped_column(BigInteger)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
