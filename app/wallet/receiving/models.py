"""The table of leaves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.wallet.models import Moment


class ReceivingLeave(Base):
    """A member's leave to be paid without confirming; its number at WeChat is `number_of(id)`.

    At most one of a member is not closed. Personal data: the link to the member.
    """

    __tablename__ = "wallet_receiving_leave"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    scene: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    package_info: Mapped[str | None] = mapped_column(Text)
    is_given_up: Mapped[bool] = mapped_column(default=False)
    close_reason: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    looks: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_look_at: Mapped[datetime | None] = mapped_column(Moment)
