"""Bank accounts of merchants. History is kept; the newest one counts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class MerchantBankAccount(Base):
    """An immutable version of where a merchant's bank account is; `number_key`: a keyed hash of
    its number (`joining.keys`), by which others who name it are found.

    Personal data (of shops run by an individual): holder and number, both encrypted.
    """

    __tablename__ = "alliance_bank_account"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    holder_sealed: Mapped[str] = mapped_column(Text)
    number_sealed: Mapped[str] = mapped_column(Text)
    number_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_four: Mapped[str] = mapped_column(Text)
    bank: Mapped[str] = mapped_column(Text)
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)


def holder_context(identity: UUID) -> str:
    """What an encrypted holder is bound to."""
    return f"alliance_bank_account/holder_sealed/{identity}"


def number_context(identity: UUID) -> str:
    """What an encrypted number is bound to."""
    return f"alliance_bank_account/number_sealed/{identity}"
