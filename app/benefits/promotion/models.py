"""Tables of promotion. No balances: what somebody got is a grant, and in the ledger."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, Integer, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Link(Base):
    """Somebody promotes something of a campaign, once, in the promoter's bucket. Its id is the
    subject of its scene token. Personal data: who promotes what."""

    __tablename__ = "benefits_promotion_link"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    subject: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)


class LinkClick(Base):
    """A member came by a link, once a minute, in the member's bucket; no address, no device.
    Deleted after some months. Personal data: who looked at what."""

    __tablename__ = "benefits_promotion_click"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    link_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    minute: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    clicked_at: Mapped[datetime] = mapped_column(Moment)


class PromotedSale(Base):
    """A purchase that a click brought, once for each sale, in the payer's bucket (fen).

    An order has its row from its payment on, under the id that its sale will have. `amount_fen` is
    the commission, at first estimated; `lost_fen` of it went with refunds; `granted_fen` was paid
    as `grant_id`. Who bought stands on the sale only. Personal data: the promoter.
    """

    __tablename__ = "benefits_promotion_sale"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sale_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    link_id: Mapped[UUID] = mapped_column(Uuid)
    campaign_id: Mapped[UUID] = mapped_column(Uuid)
    promoter_id: Mapped[UUID] = mapped_column(Uuid)
    clicked_at: Mapped[datetime] = mapped_column(Moment)
    purchased_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    lost_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    granted_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    grant_id: Mapped[UUID | None] = mapped_column(Uuid)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Digest(Base):
    """A business day on which something happened to a promoter's commissions (fen); told once it
    is over. Personal data: the promoter."""

    __tablename__ = "benefits_promotion_digest"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    sales: Mapped[int] = mapped_column(Integer, default=0)
    earned_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    taken_back_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    closed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
