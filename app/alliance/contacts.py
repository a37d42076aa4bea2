"""Members who speak for a merchant, and those of them who may take its money out."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.alliance.models import Contact
from app.core.db import db
from app.core.world import bucket_of


def who_may_withdraw(merchant_id: UUID) -> set[UUID]:
    """The contacts who may take a merchant's money out, in the current unit of work."""
    mine = (Contact.bucket == bucket_of(merchant_id), Contact.merchant_id == merchant_id)
    found = select(Contact.member_id).where(*mine, Contact.may_withdraw)
    return set(db.session.scalars(found))
