"""Tables of difference codes. No amounts: those are the sale's and its shares'."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class DifferenceCode(Base):
    """The code of an enterprise, in its bucket: given once, for good. Personal data: none."""

    __tablename__ = "alliance_difference_code"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SalePair(Base):
    """Whose customer bought of whom, in the sale's bucket, as it was when the sale was shared out.

    Without `customer_merchant_id` the payer had no home store. `month` is the first day of the
    month of the payment (Asia/Shanghai). Immutable. Personal data: none.
    """

    __tablename__ = "alliance_sale_pair"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sale_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    customer_merchant_id: Mapped[UUID | None] = mapped_column(Uuid)
    seller_merchant_id: Mapped[UUID] = mapped_column(Uuid)
    month: Mapped[date] = mapped_column(Date)
