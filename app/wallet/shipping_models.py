"""What WeChat was told of the shipping of an order, and what it told of its settlement."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class OrderShipping(Base):
    """The shipping of an order that was paid in the mini-program.

    `state`: due, reported, not_needed (WeChat does not want it, or the order was refunded), or
    refused (for people; `error_code` and `error_message` are WeChat's). `estimated_at`,
    `received_at` and `settled_at` are what WeChat told of the order's money. `way` and the parcel
    are set where the room above ships; `receiver_contact` is masked but for seven digits.
    """

    __tablename__ = "wallet_order_shipping"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    way: Mapped[str | None] = mapped_column(Text)
    express_company: Mapped[str | None] = mapped_column(Text)
    tracking_no: Mapped[str | None] = mapped_column(Text)
    receiver_contact: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    reported_at: Mapped[datetime | None] = mapped_column(Moment)
    estimated_at: Mapped[datetime | None] = mapped_column(Moment)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


class ShippingRetry(Base):
    """Somebody of the staff had a refused shipping reported again; kept as it was written.

    `error_code` and `error_message` are what WeChat had said before.
    """

    __tablename__ = "wallet_shipping_retry"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
