"""Tables of lotteries. No balances: what somebody won is a grant, and in the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class LotterySeed(Base):
    """The seed of a campaign's draws, encrypted; a registry keyed by the campaign, which carries
    its bucket. Told to everybody when no draw can be made any more."""

    __tablename__ = "benefits_lottery_seed"

    campaign_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    seed_sealed: Mapped[str] = mapped_column(Text)
    commitment: Mapped[str] = mapped_column(Text)


class LotteryBook(Base):
    """How far the draws of a campaign have come, in its bucket: locked by whoever draws, and by
    whoever changes what its chances are. `head` is that of the chain after the last draw, `given`
    how many of each prize went, by its number."""

    __tablename__ = "benefits_lottery_book"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    draws: Mapped[int] = mapped_column(Integer)
    head: Mapped[str] = mapped_column(Text)
    given: Mapped[dict[str, Any]] = mapped_column(JSONB)


class LotteryPurchase(Base):
    """A purchase that counts in a campaign, in the buyer's bucket; `conceded_fen` is what lasts of
    its concession after refunds. Personal data: who bought."""

    __tablename__ = "benefits_lottery_purchase"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sale_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    conceded_fen: Mapped[int] = mapped_column(BigInteger)
    paid_at: Mapped[datetime] = mapped_column(Moment)


class LotteryDraw(Base):
    """One draw of a campaign, in its bucket; number, nonce and outcome never change.

    `picked` is the prize on which it fell, `prize` the one it gave (0: nothing), `grant_id` its
    payment. `voided_at`: no chance stands behind it any more, so that its prize is taken back,
    which was done at `taken_back_at`. Goods are claimed until `claim_until`, and paid for then;
    what nobody claimed has `lapsed_at`. Personal data: who drew.
    """

    __tablename__ = "benefits_lottery_draw"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    nonce: Mapped[str] = mapped_column(Text)
    head: Mapped[str] = mapped_column(Text)
    picked: Mapped[int] = mapped_column(SmallInteger)
    prize: Mapped[int] = mapped_column(SmallInteger)
    grant_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    voided_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_back_at: Mapped[datetime | None] = mapped_column(Moment)
    claim_until: Mapped[datetime | None] = mapped_column(Moment)
    lapsed_at: Mapped[datetime | None] = mapped_column(Moment)


def seed_context(campaign_id: UUID) -> str:
    """What an encrypted seed is bound to."""
    return f"benefits_lottery_seed/seed_sealed/{campaign_id}"
