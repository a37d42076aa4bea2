"""The table of days, the platform's."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, DateTime, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class OverviewDay(Base):
    """What a business day (Asia/Shanghai) came to: sales paid, refunds done, members who joined.

    Amounts in fen. A row is written anew until its day is over (`closed_at`); then it also says
    which party got what of the day's concessions (`shares`), and stays as it is.
    Personal data: none.
    """

    __tablename__ = "alliance_overview_day"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    sales: Mapped[int] = mapped_column(BigInteger)
    sold_fen: Mapped[int] = mapped_column(BigInteger)
    prepaid_fen: Mapped[int] = mapped_column(BigInteger)
    wechat_fen: Mapped[int] = mapped_column(BigInteger)
    experience_fen: Mapped[int] = mapped_column(BigInteger)
    concession_fen: Mapped[int] = mapped_column(BigInteger)
    refunds: Mapped[int] = mapped_column(BigInteger)
    refunded_fen: Mapped[int] = mapped_column(BigInteger)
    joined: Mapped[int] = mapped_column(BigInteger)
    members: Mapped[int] = mapped_column(BigInteger)
    shares: Mapped[dict[str, int]] = mapped_column(JSONB)
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
