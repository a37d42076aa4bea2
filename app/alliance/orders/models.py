"""Tables of carts and orders, in the buyer's bucket; pick-up numbers in the merchant's.

No balances: what is in escrow is in the ledger.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class CartItem(Base):
    """An offer in a member's cart, with the prices (fen) that the member saw last. Personal data:
    what somebody wants to buy."""

    __tablename__ = "alliance_cart_item"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    quantity: Mapped[int] = mapped_column(Integer)
    price_fen: Mapped[int] = mapped_column(BigInteger)
    member_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Order(Base):
    """What a member buys of one store, to be handed over in one way; see rules.py for `status`.

    The contract and policy are those in force when it was placed: its sale (of the same id) is made
    under them. `amount_fen` is its price, `member_amount_fen` at member prices; `paid_fen` is what
    was paid, `wechat_fen` of it by WeChat, all of it by a campaign where it `is_gift`;
    `returned_fen` of it went back before the sale. What the purses gave stands in
    `parts_journal_id`. `next_at`: when time decides what becomes of it. Personal data: who bought
    what.
    """

    __tablename__ = "alliance_order"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    payer_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    contract_id: Mapped[UUID] = mapped_column(Uuid)
    policy_id: Mapped[UUID] = mapped_column(Uuid)
    supplier_id: Mapped[UUID | None] = mapped_column(Uuid)
    delivery: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    remark: Mapped[str | None] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    member_amount_fen: Mapped[int] = mapped_column(BigInteger)
    is_member_price: Mapped[bool] = mapped_column(default=False)
    is_gift: Mapped[bool] = mapped_column(default=False)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    wechat_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    returned_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    wechat_order_id: Mapped[UUID | None] = mapped_column(Uuid)
    parts_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    paid_at: Mapped[datetime | None] = mapped_column(Moment)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    shipped_at: Mapped[datetime | None] = mapped_column(Moment)
    extended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def escrow_fen(self) -> int:
        """What of it lies in `order_escrow` until it ends."""
        return self.paid_fen - self.returned_fen


class OrderLine(Base):
    """One offer of an order, as it was when the order was placed; only what went back changes.

    Prices are of one piece, `unit_fen` is the one that was paid, `supply_fen` what its supplier
    gets. `returned` pieces went back.
    """

    __tablename__ = "alliance_order_line"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(Uuid)
    offer_version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    picture: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    price_fen: Mapped[int] = mapped_column(BigInteger)
    member_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    unit_fen: Mapped[int | None] = mapped_column(BigInteger)
    supply_fen: Mapped[int | None] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(Integer, default=0)


class OrderReceiver(Base):
    """To whom an order is shipped. Personal data: name, phone and address, encrypted together.

    A registry keyed by the order, which carries its bucket.
    """

    __tablename__ = "alliance_order_receiver"

    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    receiver_sealed: Mapped[str] = mapped_column(Text)


class OrderParcel(Base):
    """What an order was shipped by; the last number counts, those before it were mistyped.

    `carrier` is WeChat's code of the company.
    """

    __tablename__ = "alliance_order_parcel"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    carrier: Mapped[str] = mapped_column(Text)
    tracking_no: Mapped[str] = mapped_column(Text)
    shipped_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class OrderStep(Base):
    """One step of an order, never changed: what, by whom, and where it led."""

    __tablename__ = "alliance_order_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    step: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    principal_id: Mapped[UUID] = mapped_column(Uuid)
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class OrderReturn(Base):
    """Money of an order that went back before its sale (fen); `lines`: pieces by line's number."""

    __tablename__ = "alliance_order_return"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    wechat_fen: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[UUID] = mapped_column(Uuid)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class PickupNumber(Base):
    """The first half of a pick-up code, in the merchant's bucket; the other half is stored nowhere.

    `failures` counts wrong second halves; `used_at`: handed over, or taken out of use.
    """

    __tablename__ = "alliance_pickup_number"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


def receiver_context(order_id: UUID) -> str:
    """What an encrypted receiver is bound to."""
    return f"alliance_order_receiver/receiver_sealed/{order_id}"
