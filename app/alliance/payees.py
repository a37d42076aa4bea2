"""Who may take out what a merchant or a salesperson earned, and who receives it."""

from __future__ import annotations

from uuid import UUID

from app.alliance.contacts import who_may_withdraw
from app.alliance.models import Merchant, Salesperson
from app.alliance.profit_sharing import channels
from app.core.auth import Principal
from app.core.db import db
from app.core.world import bucket_of
from app.wallet.service import OwnerKind, Payee, PayoutWay


def payee_of(owner_id: UUID, *, caller: Principal, receiver_id: UUID | None) -> Payee | None:
    """Receiver of the wallet's `payee_asked`, in the current unit of work.

    A salesperson's money is asked for by the member they are. A merchant's by a contact who may
    withdraw, who then receives it, or by its owner's staff account for such a contact: the chosen
    one, else the only one. None for anybody else.
    """
    key = (bucket_of(owner_id), owner_id)
    salesperson = db.session.get(Salesperson, key)
    if salesperson is not None:
        is_theirs = caller.kind == "member" and salesperson.member_id == caller.id
        return Payee(OwnerKind.SALESPERSON, owner_id, caller.id) if is_theirs else None
    merchant = db.session.get(Merchant, key)
    if merchant is None:
        return None
    trusted = who_may_withdraw(owner_id)
    is_business, way = merchant.licence_number is not None, _way(owner_id)
    if caller.kind == "member":
        may = caller.id in trusted
        return Payee(OwnerKind.MERCHANT, owner_id, caller.id, is_business, way) if may else None
    if caller.merchant_id != owner_id or "merchant_owner" not in caller.roles:
        return None
    wanted = {receiver_id} & trusted if receiver_id else trusted
    receiver = next(iter(wanted)) if len(wanted) == 1 else None
    return Payee(OwnerKind.MERCHANT, owner_id, receiver, is_business, way)


def _way(merchant_id: UUID) -> str | None:
    """The channel chosen for a merchant. What profit sharing leaves goes as the setting says."""
    chosen = channels.newest(merchant_id)
    is_kept = chosen is None or chosen.channel == PayoutWay.PROFIT_SHARING
    return None if chosen is None or is_kept else chosen.channel


def payee_by_itself(merchant_id: UUID, receiver_id: UUID | None) -> Payee:
    """Whom a merchant's settled money goes to without anybody asking, in the current unit of work:
    the bank account, or the contact wished for, else the only one who may."""
    merchant = db.session.get_one(Merchant, (bucket_of(merchant_id), merchant_id))
    trusted = who_may_withdraw(merchant_id)
    wanted = {receiver_id} & trusted if receiver_id else trusted
    receiver = next(iter(wanted)) if len(wanted) == 1 else None
    is_business = merchant.licence_number is not None
    return Payee(OwnerKind.MERCHANT, merchant_id, receiver, is_business, _way(merchant_id))
