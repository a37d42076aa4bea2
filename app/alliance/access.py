"""Which staff may touch what: the platform's all, a merchant's only what is the merchant's."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.alliance.errors import PaymentUnknown
from app.alliance.models import Contact, Sale, Salesperson
from app.core.auth import PLATFORM_ROLES, Principal
from app.core.db import db
from app.members import service as members


def is_platform(caller: Principal) -> bool:
    """Whether the caller acts for the platform."""
    return caller.kind == "staff" and bool(caller.roles & PLATFORM_ROLES)


def is_theirs(caller: Principal, merchant_id: UUID, store_id: UUID) -> bool:
    """Whether it is the caller's store: an owner has all of a merchant's, a cashier those named."""
    if caller.kind != "staff" or caller.merchant_id != merchant_id:
        return False
    return "merchant_owner" in caller.roles or store_id in caller.store_ids


def is_buyer(caller: Principal, sale: Sale) -> bool:
    """Whether it is a purchase of the merchant whose owner's staff account this is."""
    is_owner = caller.kind == "staff" and "merchant_owner" in caller.roles
    return is_owner and sale.is_merchants_purchase and caller.merchant_id == sale.payer_id


def may_touch_sale(caller: Principal, sale: Sale) -> None:
    """Raises PaymentUnknown unless the caller is the platform's or that store's staff."""
    if not is_platform(caller) and not is_theirs(caller, sale.merchant_id, sale.store_id):
        raise PaymentUnknown()


def may_see_sale(caller: Principal, sale: Sale) -> None:
    """Raises PaymentUnknown unless it is the caller's own payment, their merchant's own purchase,
    or one of their store."""
    if caller.kind == "member":
        if caller.id not in (sale.payer_id, members.today(sale.payer_id)):
            raise PaymentUnknown()
        return
    if not is_buyer(caller, sale):
        may_touch_sale(caller, sale)


def owners_behind(member_id: UUID) -> set[UUID]:
    """Under which ids a member earns: their own, as a salesperson, for merchants they speak for;
    in the current unit of work."""
    salespeople = select(Salesperson.id).where(Salesperson.member_id == member_id)
    merchants = select(Contact.merchant_id).where(Contact.member_id == member_id)
    return {member_id, *db.session.scalars(salespeople), *db.session.scalars(merchants)}
