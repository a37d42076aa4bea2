"""Tables of suppliers: who they are, what they supply at which price, and what they were paid.

A supplier is an owner like a merchant, with a row there: its staff, its payee, its withdrawals are
those of every merchant. Personal data: none.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Supplier(Base):
    """A merchant whom the operator lets supply others."""

    __tablename__ = "alliance_supplier"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Supply(Base):
    """What a supplier gets (fen) for each piece of an offer, in the seller's bucket: proposed by
    the seller, then accepted or declined by the supplier, ended by either. Never changed else."""

    __tablename__ = "alliance_supply"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    supplier_id: Mapped[UUID] = mapped_column(Uuid)
    price_fen: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(Uuid)
    answered_by: Mapped[UUID | None] = mapped_column(Uuid)
    ended_by: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class SupplyPayment(Base):
    """What a supplier was paid (fen) out of an order's sale, in the seller's bucket. `short_fen`:
    what the sale's proceeds did not cover, which the two settle between themselves. It is a line
    of the seller's statement `settlement_id` and of the supplier's `supplier_settlement_id`."""

    __tablename__ = "alliance_supply_payment"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    supplier_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    short_fen: Mapped[int] = mapped_column(BigInteger)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    settlement_id: Mapped[UUID | None] = mapped_column(Uuid)
    supplier_settlement_id: Mapped[UUID | None] = mapped_column(Uuid)


class SupplyReturn(Base):
    """A supplier's part (fen) of one refund, in the seller's bucket. `covered_fen` of it the seller
    gave in the supplier's place; `recovered_fen` of that came back since, `from_deposit_fen` of it
    from a closed supplier's deposit, the last of it with the journal `recovery_id`.

    A line of the supplier's statement `settlement_id`; `stated_fen` of what was recovered, and
    `stated_deposit_fen` of what came from the deposit, is in the supplier's statements,
    `repaid_stated_fen` of what was recovered in the seller's."""

    __tablename__ = "alliance_supply_return"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(Uuid)
    refund_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    supplier_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    covered_fen: Mapped[int] = mapped_column(BigInteger)
    recovered_fen: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)
    settlement_id: Mapped[UUID | None] = mapped_column(Uuid)
    stated_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    from_deposit_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    stated_deposit_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    repaid_stated_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    recovery_id: Mapped[UUID | None] = mapped_column(Uuid)
    recovered_at: Mapped[datetime | None] = mapped_column(Moment)
