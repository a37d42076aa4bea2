"""Tables of paying in a store, all in the member's bucket."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class CodeDevice(Base):
    """One session's phone that makes payment codes. Deleted after its time.

    The secret that it makes them from is stored nowhere. `failures` counts wrong codes under its
    number since the last right one. Personal data: none but the link through its session.
    """

    __tablename__ = "alliance_code_device"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_name: Mapped[bytes] = mapped_column(LargeBinary)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime] = mapped_column(Moment)


class CodePayment(Base):
    """One use of a payment code: each minute of a device (`step`) is in one row at most.

    `confirming` above the free limits, until the member decides or `expires_at`; `taken` once it
    is a sale (of the same id); `declined`; `expired`. Personal data: who bought where.
    """

    __tablename__ = "alliance_code_payment"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    device_number: Mapped[int] = mapped_column(Integer)
    step: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    trade_type: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text)
    verified_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class PaymentPin(Base):
    """A member's payment PIN (argon2id). `failures` counts wrong ones since the last right one."""

    __tablename__ = "alliance_payment_pin"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    pin_hash: Mapped[str] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    usable_at: Mapped[datetime] = mapped_column(Moment)
    set_at: Mapped[datetime] = mapped_column(Moment)


class FreeSpending(Base):
    """What a member let go without a proof on their last such day (fen); see `free_spending`.
    Personal data: the sum of a day."""

    __tablename__ = "alliance_free_spending"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    spent_fen: Mapped[int] = mapped_column(BigInteger)


class PurseChoice(Base):
    """From which purses a member's payment code pays."""

    __tablename__ = "alliance_purse_choice"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    purses: Mapped[list[str]] = mapped_column(ARRAY(Text))
    changed_at: Mapped[datetime] = mapped_column(Moment)


class AmountCode(Base):
    """A store's code for a fixed amount, in the store's bucket. Only its end is ever written.

    `sale_id`: the payment that a code for one payment was used for; free again if that payment
    ended unpaid.
    """

    __tablename__ = "alliance_amount_code"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    description: Mapped[str | None] = mapped_column(Text)
    is_single: Mapped[bool]
    issued_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    sale_id: Mapped[UUID | None] = mapped_column(Uuid)


class AmountCodeUse(Base):
    """By which amount code a sale was paid, in the sale's bucket."""

    __tablename__ = "alliance_amount_code_use"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sale_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
