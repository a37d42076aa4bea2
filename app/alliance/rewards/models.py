"""Tables of rewards. No balances: what somebody got is in the ledger."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class RewardRule(Base):
    """An immutable promise to recommenders; only its end may be recorded, once (fen).

    `first`: the member's first purchase concedes at least `threshold_fen`. `cumulative`: their
    purchases within the days of the rule do together. Without `merchant_id` purchases everywhere
    count and `campaign_fund` pays, else those at the merchant's stores, and its `offer_budget`
    pays. Days are business days (Asia/Shanghai), both included.
    """

    __tablename__ = "alliance_reward_rule"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID | None] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    threshold_fen: Mapped[int] = mapped_column(BigInteger)
    reward_fen: Mapped[int] = mapped_column(BigInteger)
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Reward(Base):
    """What a rule gives for one member, once, in the member's bucket (fen).

    `waiting` for money of its funder; `paid`; `taken_back` when refunds brought the concession
    below the threshold; `closed` when the rule's budget was spent before. `attempt` counts the
    payments, for what was taken back may be earned again. `collected_fen` of it paid an older debt
    of the recommender. Personal data: who brought whom.
    """

    __tablename__ = "alliance_reward"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    recommender_id: Mapped[UUID] = mapped_column(Uuid)
    sale_id: Mapped[UUID] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    collected_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    release_at: Mapped[datetime | None] = mapped_column(Moment)
    released_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def free_fen(self) -> int:
        """What of it went to the recommender's purse."""
        return self.amount_fen - self.collected_fen
