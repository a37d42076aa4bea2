"""Tables of netting. Written once; the database refuses any change. Personal data: none."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, Integer, LargeBinary, SmallInteger, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class Netting(Base):
    """The netting of a period; business days (Asia/Shanghai), both included. Periods follow one
    another without gap or overlap, so that each sale is in exactly one.

    `spent_fen` less `refunded_fen` is the sum of its cells, `gross_fen` what pairs of merchants owe
    each other, `netted_fen` what remains of that when all settle at once.
    """

    __tablename__ = "alliance_netting"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    begins_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    sale_count: Mapped[int] = mapped_column(Integer)
    refund_count: Mapped[int] = mapped_column(Integer)
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    refunded_fen: Mapped[int] = mapped_column(BigInteger)
    gross_fen: Mapped[int] = mapped_column(BigInteger)
    netted_fen: Mapped[int] = mapped_column(BigInteger)
    collected_fen: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class NettingCell(Base):
    """Principal of the issuer's top-ups spent at the seller (fen). The issuer is the platform
    where the money was issued by no store."""

    __tablename__ = "alliance_netting_cell"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    netting_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    issuer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    seller_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    refunded_fen: Mapped[int] = mapped_column(BigInteger)


class NettingPosition(Base):
    """What a period comes to for one merchant (fen), see rules.Position."""

    __tablename__ = "alliance_netting_position"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    netting_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    own_fen: Mapped[int] = mapped_column(BigInteger)
    receivable_fen: Mapped[int] = mapped_column(BigInteger)
    payable_fen: Mapped[int] = mapped_column(BigInteger)
    net_fen: Mapped[int] = mapped_column(BigInteger)
    from_pending_fen: Mapped[int] = mapped_column(BigInteger)
    from_deposit_fen: Mapped[int] = mapped_column(BigInteger)
    moves_fen: Mapped[int] = mapped_column(BigInteger)
