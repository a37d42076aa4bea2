"""Who consented to which text about prepaid money."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class TermsConsent(Base):
    """That a member consented to a version of the text, first when, and at which door.

    Personal data: none but the member's id.
    """

    __tablename__ = "alliance_terms_consent"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[str] = mapped_column(Text, primary_key=True)
    door: Mapped[str] = mapped_column(Text)
    consented_at: Mapped[datetime] = mapped_column(Moment)
