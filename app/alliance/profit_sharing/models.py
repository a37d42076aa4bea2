"""Tables of a merchant's payout channel and of receivers of splits. History is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class PayoutChannel(Base):
    """An immutable version of how a merchant is paid; the newest one counts."""

    __tablename__ = "alliance_payout_channel"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    channel: Mapped[str] = mapped_column(Text)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


class SharingReceiver(Base):
    """Who gets a merchant's part of split payments: a merchant number, or a member's WeChat.

    `state`: proposed, until a second person has confirmed or declined it; then wanted, registered
    or refused at WeChat Pay; leaving, then gone, once replaced or without a contract. Rows without
    `decided_by` that are not proposed are from when one person named them. Personal data: the
    registered name (`name_sealed`, encrypted; a person's own where an individual runs the shop),
    the member.
    """

    __tablename__ = "alliance_sharing_receiver"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    account: Mapped[str | None] = mapped_column(Text)
    member_id: Mapped[UUID | None] = mapped_column(Uuid)
    name_sealed: Mapped[str | None] = mapped_column(Text)
    relation: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    refusal: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    registered_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


def name_context(identity: UUID) -> str:
    """What a receiver's encrypted name is bound to."""
    return f"alliance_sharing_receiver/name_sealed/{identity}"
