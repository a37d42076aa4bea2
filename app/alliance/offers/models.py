"""Tables of offers, all in the merchant's bucket. Personal data: none."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Offer(Base):
    """What a store offers. `status`: draft (never shown), displayed, paused (by its merchant), or
    taken_down (by the operator, until a version is approved again).

    What members see is version `shown_version`; its title, prices and category are copied here,
    `terms` are what it is found by. `stock` None: without end. `sold` counts what is taken.
    """

    __tablename__ = "alliance_offer"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    latest_version: Mapped[int] = mapped_column(Integer)
    shown_version: Mapped[int | None] = mapped_column(Integer)
    stock: Mapped[int | None] = mapped_column(BigInteger)
    sold: Mapped[int] = mapped_column(BigInteger, default=0)
    title: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    member_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    created_at: Mapped[datetime] = mapped_column(Moment)


class OfferVersion(Base):
    """One wording of an offer, never changed but for its `status`: draft, in_review, approved,
    rejected, or withdrawn (a newer one took its place before it was decided)."""

    __tablename__ = "alliance_offer_version"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    pictures: Mapped[list[str]] = mapped_column(ARRAY(Text))
    category: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    price_fen: Mapped[int] = mapped_column(BigInteger)
    member_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    deliveries: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)


class OfferStep(Base):
    """One step of an offer, never changed: what, of which version, by whom, and why."""

    __tablename__ = "alliance_offer_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    step: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    principal_id: Mapped[UUID] = mapped_column(Uuid)
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class OfferPicture(Base):
    """A picture as it was drawn anew, by the SHA-256 of its JPEG."""

    __tablename__ = "alliance_offer_picture"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
