"""Tables of the room. No balances: what somebody owns is in the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Double, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE, JSONB, TSMULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class _Owned(Base):
    """A row that lives in its owner's bucket."""

    __abstract__ = True

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Catalogue(Base):
    """One number that grows with each change of merchants, stores and contracts."""

    __tablename__ = "alliance_catalogue"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class Salesperson(_Owned):
    """Somebody authorised to bring merchants and members. Personal data: name, member."""

    __tablename__ = "alliance_salesperson"

    name: Mapped[str] = mapped_column(Text)
    member_id: Mapped[UUID | None] = mapped_column(Uuid)
    is_active: Mapped[bool]


class Merchant(_Owned):
    """A shop owner of the alliance, and who brought it. Personal data: none.

    `licence_number`: of its business licence; without one it is a natural person to the tax office.
    """

    __tablename__ = "alliance_merchant"

    name: Mapped[str] = mapped_column(Text)
    licence_number: Mapped[str | None] = mapped_column(Text)
    salesperson_id: Mapped[UUID | None] = mapped_column(Uuid)
    recommender_kind: Mapped[str | None] = mapped_column(Text)
    recommender_id: Mapped[UUID | None] = mapped_column(Uuid)


class Store(_Owned):
    """A place where members pay; on the map in degrees (GCJ-02). `category` is the Chinese name of
    `category_code`.

    Hours are kept as they were written, and as spans of the clock on the wall (Asia/Shanghai) that
    the search looks at: `open_weekly` in minutes of the week, within `special_span` instead
    `special_open`. What else is searched the database computes. Personal data: none.
    """

    __tablename__ = "alliance_store"

    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    category_code: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    telephone: Mapped[str | None] = mapped_column(Text)
    weekly_hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    special_days: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    pictures: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    open_weekly: Mapped[Any] = mapped_column(INT4MULTIRANGE, nullable=True)
    special_span: Mapped[Any] = mapped_column(TSMULTIRANGE, nullable=True)
    special_open: Mapped[Any] = mapped_column(TSMULTIRANGE, nullable=True)


class Contact(Base):
    """A member who speaks for a merchant and gets its notices; one who `may_withdraw` may take its
    money out, to their own WeChat, `trusted_at` says since when (null: from before this was kept).
    `trust_asked_by`: who of staff wants them to, until somebody else has confirmed it.
    Personal data: the member."""

    __tablename__ = "alliance_contact"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    may_withdraw: Mapped[bool] = mapped_column(default=False)
    trust_asked_by: Mapped[UUID | None] = mapped_column(Uuid)
    trusted_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)


class SplitPolicy(_Owned):
    """An immutable version of a split policy: basis points and fallbacks by party."""

    __tablename__ = "alliance_policy"

    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    shares_bp: Mapped[dict[str, int]] = mapped_column(JSONB)
    fallbacks: Mapped[dict[str, str]] = mapped_column(JSONB)
    one_person_one_share: Mapped[bool]
    created_by: Mapped[UUID] = mapped_column(Uuid)


class Contract(_Owned):
    """An immutable version of a merchant's contract; only its end is recorded: where the next
    version begins, or before.

    `advance_bp` of each top-up is lent to the merchant, up to the limit, against the deposit.
    What members pay from prepaid money is `member_discount_bp` below the list price.
    The cycles are working days after which sales and experience gold are settled; without one
    that of the settings. `is_channel_fee_borne`: the merchant pays what WeChat Pay keeps.
    `starts_on` and `ends_on` are business days (Asia/Shanghai), both included.
    """

    __tablename__ = "alliance_contract"

    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    policy_id: Mapped[UUID] = mapped_column(Uuid)
    concession_bp: Mapped[int] = mapped_column(SmallInteger)
    is_bonus_included: Mapped[bool]
    experience_cap_bp: Mapped[int] = mapped_column(SmallInteger)
    payment_maximum_fen: Mapped[int | None] = mapped_column(BigInteger)
    advance_bp: Mapped[int] = mapped_column(SmallInteger)
    advance_limit_fen: Mapped[int] = mapped_column(BigInteger)
    advance_deposit_fen: Mapped[int] = mapped_column(BigInteger)
    settlement_fee_bp: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_channel_fee_borne: Mapped[bool] = mapped_column(default=False)
    settlement_working_days: Mapped[int | None] = mapped_column(SmallInteger)
    experience_working_days: Mapped[int | None] = mapped_column(SmallInteger)
    member_discount_bp: Mapped[int] = mapped_column(SmallInteger, default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[UUID] = mapped_column(Uuid)


class Sale(_Owned):
    """A payment at a store, in the payer's bucket, with what it was made of (fen). The payer is a
    member, or another merchant that pays all of it from settled money (`settled_fen`). What a
    member won in goods a campaign has paid, all of it (`gift_fen`).

    `awaiting` WeChat's part, then `paid`; `cancelled` or `expired` without it; `refunded` when
    all of it went back (`refunded_fen`). `amount_fen` is what was paid; the member price, at
    `member_discount_bp` of that moment's contract, took `discount_fen` off the list price.
    Personal data: who bought where.
    """

    __tablename__ = "alliance_sale"

    payer_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    contract_id: Mapped[UUID] = mapped_column(Uuid)
    policy_id: Mapped[UUID] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    principal_fen: Mapped[int] = mapped_column(BigInteger)
    bonus_fen: Mapped[int] = mapped_column(BigInteger)
    experience_fen: Mapped[int] = mapped_column(BigInteger)
    rebate_fen: Mapped[int] = mapped_column(BigInteger)
    wechat_fen: Mapped[int] = mapped_column(BigInteger)
    settled_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    gift_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    concession_fen: Mapped[int] = mapped_column(BigInteger)
    discount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    member_discount_bp: Mapped[int] = mapped_column(SmallInteger, default=0)
    refunded_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    paid_at: Mapped[datetime | None] = mapped_column(Moment)
    distributed_at: Mapped[datetime | None] = mapped_column(Moment)
    settlement_id: Mapped[UUID | None] = mapped_column(Uuid)
    experience_settlement_id: Mapped[UUID | None] = mapped_column(Uuid)

    @property
    def is_merchants_purchase(self) -> bool:
        """Whether another merchant is the payer."""
        return bool(self.settled_fen)

    @property
    def merchant_share_fen(self) -> int:
        """What the merchant gets of the sale, experience gold included."""
        return self.amount_fen - self.concession_fen

    @property
    def list_fen(self) -> int:
        """What it would have cost without prepaid money."""
        return self.amount_fen + self.discount_fen

    @property
    def left_fen(self) -> int:
        """What has not gone back to the payer."""
        return self.amount_fen - self.refunded_fen

    @property
    def net_fen(self) -> int:
        """What goes to the merchant's `pending`: without experience gold and concession."""
        return self.amount_fen - self.experience_fen - self.concession_fen


class SaleOrder(Base):
    """The WeChat part of a combined payment: its order, and the hold on the purses meanwhile."""

    __tablename__ = "alliance_sale_order"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sale_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    hold_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    held_fen: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class SaleShare(Base):
    """What one party got of a sale's concession, in the sale's bucket.

    `party` is who the policy names, `receiver` who got it. `collected_fen` of it paid an older
    debt (`clawback_due`), `refunded_fen` went back with refunds; `reversed_at`: all of it did.
    Personal data: the earner.
    """

    __tablename__ = "alliance_share"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sale_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    party: Mapped[str] = mapped_column(Text, primary_key=True)
    receiver: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    collected_fen: Mapped[int] = mapped_column(BigInteger)
    refunded_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    release_at: Mapped[datetime | None] = mapped_column(Moment)
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    reversed_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def free_fen(self) -> int:
        """What of it is in the earner's purse: not collected for a debt, not gone back. Refunds
        take this first, then what was collected."""
        return max(0, self.amount_fen - self.collected_fen - self.refunded_fen)


class Debtor(Base):
    """An earner who owed something back at some time; how much now is in the ledger."""

    __tablename__ = "alliance_debtor"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Refund(_Owned):
    """A refund of a sale, in the sale's bucket. `from_…_fen` say what it took unsettled.

    Of the merchant's money it took `net_fen` and, for experience gold, `experience_fen`; `purses`
    says what went back where. Filled when it is done.
    """

    __tablename__ = "alliance_refund"

    sale_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(SmallInteger)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[UUID] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    from_pending_fen: Mapped[int] = mapped_column(BigInteger)
    from_experience_pending_fen: Mapped[int] = mapped_column(BigInteger)
    net_fen: Mapped[int | None] = mapped_column(BigInteger)
    experience_fen: Mapped[int | None] = mapped_column(BigInteger)
    purses: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    settlement_id: Mapped[UUID | None] = mapped_column(Uuid)
    experience_settlement_id: Mapped[UUID | None] = mapped_column(Uuid)


class WebVisit(Base):
    """Somebody on their way through WeChat's login on a page; deleted after a day.

    A registry, not a money table: keyed by the hash of its single-use state, without a bucket.
    `outcome`: member, or snapshot (nobody). `joined` is what the login came to, without a token.

    Personal data: none but a link to the member.
    """

    __tablename__ = "alliance_web_visit"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    scene: Mapped[str | None] = mapped_column(Text)
    return_to: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(Text)
    joined: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    credited_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
