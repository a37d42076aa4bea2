"""Tables of prepaid money. No balances: what somebody owns or owes is in the ledger."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, Integer, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class LotAdvance(Base):
    """What was lent to a merchant on one lot, in the merchant's bucket (fen).

    `due_fen` has fallen due as far as the last look (`looked_at`) knew, `collected_fen` of it came
    back. `member_id` holds the lot now, `issued_to` got it. Personal data: who topped up where.
    """

    __tablename__ = "alliance_advance"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    store_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    issued_to: Mapped[UUID] = mapped_column(Uuid)
    account: Mapped[int] = mapped_column(SmallInteger)
    issued_fen: Mapped[int] = mapped_column(BigInteger)
    advanced_fen: Mapped[int] = mapped_column(BigInteger)
    due_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    collected_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    looked_at: Mapped[datetime] = mapped_column(Moment)


class AdvanceCollection(Base):
    """What of a merchant's advances came back at once, and from which of its accounts (fen).

    A line of the settlement that `settlement_id` names, as soon as there is one; else immutable.
    """

    __tablename__ = "alliance_advance_collection"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    from_pending_fen: Mapped[int] = mapped_column(BigInteger)
    from_deposit_fen: Mapped[int] = mapped_column(BigInteger)
    journal_id: Mapped[UUID] = mapped_column(Uuid)
    settlement_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class TouchedMember(Base):
    """A member whose lots on which money was lent have moved, until somebody has looked."""

    __tablename__ = "alliance_touched_member"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    touched_at: Mapped[datetime] = mapped_column(Moment)


class TopUpPlan(Base):
    """An immutable version of a top-up plan; only its end may be recorded, once.

    `tiers`: pay at least so much, get so much (fen), ascending. Without `merchant_id` it is the
    platform's, for every store. Days are business days (Asia/Shanghai), both included. What the
    platform is to pay is a draft (`is_draft`, and ended until then) that somebody else publishes.
    """

    __tablename__ = "alliance_top_up_plan"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID | None] = mapped_column(Uuid)
    store_id: Mapped[UUID | None] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    tiers: Mapped[list[dict[str, int]]] = mapped_column(JSONB)
    funder: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    person_limit: Mapped[int | None] = mapped_column(Integer)
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    is_draft: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    published_by: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class PlanClaim(Base):
    """A top-up under a plan, in the member's bucket: promised, then granted or released."""

    __tablename__ = "alliance_plan_claim"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    top_up_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    funder: Mapped[int] = mapped_column(SmallInteger)
    bonus_fen: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)
    granted_at: Mapped[datetime | None] = mapped_column(Moment)
    released_at: Mapped[datetime | None] = mapped_column(Moment)


class FundMovement(Base):
    """Money from the bank into a merchant's fund, or out of one: asked for by one person, decided
    by another."""

    __tablename__ = "alliance_fund_movement"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[UUID] = mapped_column(Uuid)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
