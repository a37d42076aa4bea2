"""Tables of campaigns and grants. No balances: a pot is an account of the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Campaign(Base):
    """What is promised to whom, when, and who pays; in its funder's bucket (fen, UTC).

    `draft` until somebody else publishes it, from when the database refuses changes of what it
    says; then `published`, `paused` or `ended`. `revision` counts what a draft has said, `editors`
    are all who wrote one. `returned_at`: what was left went back.
    `looked_at`: when the clock last had it in hand; null comes first.
    """

    __tablename__ = "benefits_campaign"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    benefit: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    merchant_id: Mapped[UUID | None] = mapped_column(Uuid)
    funder: Mapped[str] = mapped_column(Text)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    audience: Mapped[dict[str, Any]] = mapped_column(JSONB)
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(Text)
    fundings: Mapped[int] = mapped_column(Integer, default=0)
    returns: Mapped[int] = mapped_column(SmallInteger, default=0)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    editors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[UUID | None] = mapped_column(Uuid)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    looked_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)


class Pause(Base):
    """A time in which a campaign was paused, so that a purchase can be asked whether it fell into
    one, whenever it is read of."""

    __tablename__ = "benefits_pause"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    paused_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    resumed_at: Mapped[datetime | None] = mapped_column(Moment)


class Grant(Base):
    """What somebody got of a campaign, once for its key, in their bucket (fen).

    Of `amount_fen`, `tax_fen` was withheld and `collected_fen` paid an older debt; the rest went
    to `purse`, or paid the order `order_id` of goods. `taken_back_fen` of the amount went back,
    `taken_free_fen` of it from that purse or that order; `claimed_fen` of it is still owed by the
    owner. `looked_at`: when it could not be released, the last time. Personal data: what somebody
    got.
    """

    __tablename__ = "benefits_grant"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(Uuid)
    benefit: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID] = mapped_column(Uuid)
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    escrow_of: Mapped[UUID | None] = mapped_column(Uuid)
    purse: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    tax_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    collected_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    taken_back_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    taken_free_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    takings_back: Mapped[int] = mapped_column(SmallInteger, default=0)
    claimed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    order_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    release_at: Mapped[datetime | None] = mapped_column(Moment)
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    looked_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def free_fen(self) -> int:
        """What of it went to the owner's purse, or paid their order."""
        return self.amount_fen - self.tax_fen - self.collected_fen
