"""What the operator decided about somebody's right to bring members, step by step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class AuthorisationStep(Base):
    """One decision about a recommender (member or salesperson), written once.

    `state`: authorised, suspended or revoked since `decided_at`; the newest holds. Without any the
    recommender is authorised. In the recommender's bucket.

    Personal data: none but the pseudonymous id; the reason is staff's own words.
    """

    __tablename__ = "members_authorisation_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    recommender_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID] = mapped_column(Uuid)
    decided_at: Mapped[datetime] = mapped_column(Moment)
