"""Tables of stores beside `alliance_store` itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class StoreCategory(Base):
    """What a store may be: a tree of two levels, whose codes say the tree (`food`, `food.tea`).

    A registry of some dozens of rows, without a bucket. A code is never given twice and never
    changes; a closed one (`closed_at`) stays on the stores that have it. Personal data: none.
    """

    __tablename__ = "alliance_store_category"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[UUID | None] = mapped_column(Uuid)
