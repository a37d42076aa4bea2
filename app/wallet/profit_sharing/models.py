"""Tables of profit sharing. Amounts are fen. Personal data: none but links to members."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.wallet.models import Moment


class Split(Base):
    """One request to WeChat about frozen money; its number there is `number_of(id)` for ever.

    `kind`: split (to one receiver, from the owner's `available`) or release (what is left becomes
    free again; no owner). States: app/wallet/profit_sharing/rules.py. A receiver is a merchant
    number or a member. `attempt` counts the requests for the same part. `amount_fen` of a release
    is known at its end; `is_automatic`: WeChat did it by itself, under the payment's own number.
    """

    __tablename__ = "wallet_split"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID | None] = mapped_column(Uuid)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    receiver_account: Mapped[str | None] = mapped_column(Text)
    receiver_member_id: Mapped[UUID | None] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    description: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(SmallInteger, default=1)
    is_automatic: Mapped[bool] = mapped_column(default=False)
    fail_reason: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    end_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    proposed_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decision: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    looks: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_look_at: Mapped[datetime | None] = mapped_column(Moment)


class SplitReturn(Base):
    """Money taken back from a merchant that got a split; `out_return_no` is `number_of(id)`.

    `state`: requested, done, or failed (then `fail_reason`, and another may follow).
    """

    __tablename__ = "wallet_split_return"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    split_id: Mapped[UUID] = mapped_column(Uuid)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    fail_reason: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    looks: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_look_at: Mapped[datetime | None] = mapped_column(Moment)
