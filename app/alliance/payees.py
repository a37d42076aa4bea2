"""Who may take out what a merchant or a salesperson earned, and who receives it."""

from __future__ import annotations

from datetime import datetime
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
    if caller.kind == "member":
        trusted = who_may_withdraw(owner_id)
        return _payee(merchant, {caller.id: trusted[caller.id]}) if caller.id in trusted else None
    if caller.merchant_id != owner_id or "merchant_owner" not in caller.roles:
        return None
    return _payee(merchant, _wished(owner_id, receiver_id))


def _wished(merchant_id: UUID, receiver_id: UUID | None) -> dict[UUID, datetime | None]:
    """Of those who may take a merchant's money out the one wished for, or all."""
    trusted = who_may_withdraw(merchant_id)
    return {one: at for one, at in trusted.items() if receiver_id in (None, one)}


def _payee(merchant: Merchant, trusted: dict[UUID, datetime | None]) -> Payee:
    receiver, since = next(iter(trusted.items())) if len(trusted) == 1 else (None, None)
    is_business, way = merchant.licence_number is not None, _way(merchant.id)
    return Payee(OwnerKind.MERCHANT, merchant.id, receiver, is_business, way, since=since)


def _way(merchant_id: UUID) -> str | None:
    """The channel chosen for a merchant. What profit sharing leaves goes as the setting says."""
    chosen = channels.newest(merchant_id)
    is_kept = chosen is None or chosen.channel == PayoutWay.PROFIT_SHARING
    return None if chosen is None or is_kept else chosen.channel


def payee_by_itself(merchant_id: UUID, receiver_id: UUID | None) -> Payee:
    """Whom a merchant's settled money goes to without anybody asking, in the current unit of work:
    the bank account, or the contact wished for, else the only one who may."""
    merchant = db.session.get_one(Merchant, (bucket_of(merchant_id), merchant_id))
    return _payee(merchant, _wished(merchant_id, receiver_id))
