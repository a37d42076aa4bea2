"""Members who speak for a merchant, and those of them who may take its money out.

To let one take money out needs two people of staff, and all contacts are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue, payee_news
from app.alliance.errors import NothingAsked
from app.alliance.models import Contact
from app.core import four_eyes
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import bucket_of, now

PAGE = catalogue.PAGE


def name(merchant_id: UUID, member_id: UUID, staff_id: UUID, *, may_withdraw: bool) -> Contact:
    """Names a member who speaks for a merchant, in the current unit of work.

    That they `may_withdraw` waits until somebody else confirms it; that they may not, holds at
    once. Locks the contact. Raises MerchantUnknown, MemberUnknown.
    """
    found = _locked(merchant_id, member_id)
    if found is None:
        catalogue.add_contact(merchant_id, member_id)
        found = db.session.get_one(Contact, _key(merchant_id, member_id))
    if may_withdraw and not found.may_withdraw:
        found.trust_asked_by = staff_id
        payee_news.tell(merchant_id, "payee_proposed")
    elif not may_withdraw:
        if found.may_withdraw:
            payee_news.tell(merchant_id, "payee_ended")
        found.may_withdraw, found.trust_asked_by = False, None
    db.session.flush()
    return found


def decide(merchant_id: UUID, member_id: UUID, staff_id: UUID, *, is_confirmed: bool) -> Contact:
    """Lets a contact take the merchant's money out, as somebody else asked for, or declines it; in
    the current unit of work. Locks it. Raises NotFound, NothingAsked, SecondPersonNeeded."""
    found = _locked(merchant_id, member_id)
    if found is None:
        raise NotFound()
    if found.trust_asked_by is None:
        raise NothingAsked()
    if is_confirmed:
        four_eyes.require_other(staff_id, found.trust_asked_by)
        found.may_withdraw, found.trusted_at = True, now()
        payee_news.tell(merchant_id, "payee_confirmed")
    found.trust_asked_by = None
    db.session.flush()
    return found


def remove(merchant_id: UUID, member_id: UUID) -> None:
    """The member speaks for the merchant no more, and is told like those who still do; what they
    asked for before stays. In the current unit of work. Raises NotFound."""
    found = _locked(merchant_id, member_id)
    if found is None:
        raise NotFound()
    db.session.delete(found)
    db.session.flush()
    payee_news.tell(merchant_id, "contact_removed", also=member_id)


def page(merchant_id: UUID, after: UUID | None) -> Sequence[Contact]:
    """Up to PAGE contacts of a merchant after a member's id. Raises MerchantUnknown."""
    catalogue.merchant(merchant_id)
    mine = (Contact.bucket == bucket_of(merchant_id), Contact.merchant_id == merchant_id)
    wanted = select(Contact).where(*mine).order_by(Contact.member_id).limit(PAGE)
    if after is not None:
        wanted = wanted.where(Contact.member_id > after)
    return db.session.scalars(wanted).all()


def who_may_withdraw(merchant_id: UUID) -> dict[UUID, datetime | None]:
    """The contacts who may take a merchant's money out, and since when (UTC; None: long since), in
    the current unit of work."""
    mine = (Contact.bucket == bucket_of(merchant_id), Contact.merchant_id == merchant_id)
    found = select(Contact.member_id, Contact.trusted_at).where(*mine, Contact.may_withdraw)
    return {row.member_id: row.trusted_at for row in db.session.execute(found)}


def _key(merchant_id: UUID, member_id: UUID) -> tuple[int, UUID, UUID]:
    return bucket_of(merchant_id), merchant_id, member_id


def _locked(merchant_id: UUID, member_id: UUID) -> Contact | None:
    key = _key(merchant_id, member_id)
    return db.session.get(Contact, key, with_for_update=True, populate_existing=True)
