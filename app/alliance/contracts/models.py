"""What a merchant said to a version of its contract."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class ContractOffer(Base):
    """A version that is in force only once the merchant accepts it, in the merchant's bucket.

    A version without such a row was signed on paper. `answer`: accepted, declined or withdrawn,
    once; `terms_hash` (SHA-256) is of what was accepted, `answered_by` a member, or staff of the
    merchant, or for a withdrawal of the platform. Personal data: none but pseudonymous ids.
    """

    __tablename__ = "alliance_contract_offer"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    terms_hash: Mapped[str] = mapped_column(Text)
    offered_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_kind: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
