"""Tables of the queue. No balances of money: the pool and the pot are accounts of the ledger."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Queue(Base):
    """A queue, in the platform's bucket: who comes locks it for the next number (fen).

    It outlives its campaigns: one that `continues` another pays the same queue. `targets_fen` is
    what all places together were to get at most, as they came.
    """

    __tablename__ = "benefits_queue"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    next_number: Mapped[int] = mapped_column(BigInteger)
    targets_fen: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)


class QueueCampaign(Base):
    """Which queue a campaign pays."""

    __tablename__ = "benefits_queue_campaign"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(Uuid)


class QueueAccount(Base):
    """A member who takes part, in their bucket; `sale_id` is the purchase that opened it, where
    the rules ask for one. Personal data."""

    __tablename__ = "benefits_queue_account"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sale_id: Mapped[UUID] = mapped_column(Uuid)
    opened_at: Mapped[datetime] = mapped_column(Moment)


class QueuePlace(Base):
    """A purchase in a queue, in its payer's bucket (fen). Personal data: who bought.

    `number` is its ticket. Of `first_target_fen` refunds have left `target_fen`; `paid_fen` is
    what it got, `taken_fen` what went back of that. `before_fen` is what all earlier tickets were
    to get, as they came. `waiting`, then `paid`, or `left` where the purchase was undone.
    """

    __tablename__ = "benefits_queue_place"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(Uuid)
    campaign_id: Mapped[UUID] = mapped_column(Uuid)
    sale_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(BigInteger)
    before_fen: Mapped[int] = mapped_column(BigInteger)
    first_target_fen: Mapped[int] = mapped_column(BigInteger)
    target_fen: Mapped[int] = mapped_column(BigInteger)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    taken_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    parts: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(Text)
    is_told: Mapped[bool] = mapped_column(Boolean, default=False)
    joined_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def left_fen(self) -> int:
        """What it still waits for."""
        if self.state != "waiting":
            return 0
        return max(0, self.target_fen - self.paid_fen + self.taken_fen)


class QueueBlock(Base):
    """How many tickets of a block have left the queue, and what was settled of their first
    targets (fen): paid, or given up. A block of level n holds 64 to the power n tickets."""

    __tablename__ = "benefits_queue_block"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    gone: Mapped[int] = mapped_column(BigInteger)
    settled_fen: Mapped[int] = mapped_column(BigInteger)


class QueueDay(Base):
    """What a queue's pot got (less what went back to the pool), paid and held on a Beijing day
    (fen), and the places taken."""

    __tablename__ = "benefits_queue_day"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    in_fen: Mapped[int] = mapped_column(BigInteger)
    out_fen: Mapped[int] = mapped_column(BigInteger)
    back_fen: Mapped[int] = mapped_column(BigInteger)
    balance_fen: Mapped[int] = mapped_column(BigInteger)
    places: Mapped[int] = mapped_column(BigInteger)
    targets_fen: Mapped[int] = mapped_column(BigInteger)
