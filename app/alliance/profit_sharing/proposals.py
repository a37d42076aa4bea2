"""Receivers that are to get merchants' parts: one person of finance proposes, another confirms.

Nothing is told to WeChat Pay, and no split goes there, before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.alliance import catalogue, contacts, payee_news
from app.alliance.errors import ReceiverDecided
from app.alliance.profit_sharing import receivers
from app.alliance.profit_sharing.models import SharingReceiver, name_context
from app.core import crypto, four_eyes
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import bucket_of, new_id, now
from app.wallet import service as wallet

Status = Literal["proposed", "confirmed", "declined"]


@dataclass(frozen=True, slots=True)
class NewReceiver:
    """Who is to receive: a merchant number with its registered name, or one of the contacts."""

    account: str | None
    member_id: UUID | None
    name: str | None
    relation: str


def propose(merchant_id: UUID, new: NewReceiver, author: UUID) -> SharingReceiver:
    """Writes down who is to get a merchant's part, for somebody else of finance to confirm, in the
    current unit of work; the contacts are told. The one before stays in force.

    Raises MerchantUnknown, ReceiverUnknown: the member is no contact who may take the merchant's
    money out.
    """
    catalogue.merchant(merchant_id)
    _require_fit(merchant_id, new.member_id)
    identity = new_id(bucket_of(merchant_id))
    row = SharingReceiver(
        id=identity,
        merchant_id=merchant_id,
        account=new.account,
        member_id=new.member_id,
        name_sealed=crypto.encrypt(new.name, name_context(identity)) if new.name else None,
        relation=new.relation,
        state="proposed",
        created_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    payee_news.tell(merchant_id, "receiver_proposed")
    return row


def decide(
    receiver_id: UUID, staff_id: UUID, reason: str | None, *, is_confirmed: bool
) -> SharingReceiver:
    """Puts a proposed receiver in force, of which the contacts are told, or declines it, in the
    current unit of work. Locks it. Raises NotFound, ReceiverDecided, SecondPersonNeeded for whoever
    proposed it, ReceiverUnknown where the member may not take the money out any more."""
    row = db.session.get(SharingReceiver, receiver_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.state != "proposed":
        raise ReceiverDecided()
    four_eyes.require_other(staff_id, row.created_by)
    row.decided_by, row.reason, row.decided_at = staff_id, reason, now()
    if is_confirmed:
        _require_fit(row.merchant_id, row.member_id)
        receivers.put_in_force(row)
        payee_news.tell(row.merchant_id, "receiver")
    else:
        row.state = "declined"
    db.session.flush()
    return row


def listed(status: Status | None, after: UUID | None) -> Sequence[SharingReceiver]:
    """Proposals, the oldest first, a page after an id, in the current unit of work."""
    state = SharingReceiver.state
    wanted = {
        None: [(state == "proposed") | SharingReceiver.decided_by.is_not(None)],
        "proposed": [state == "proposed"],
        "confirmed": [SharingReceiver.decided_by.is_not(None), state != "declined"],
        "declined": [state == "declined"],
    }
    return list(catalogue.page(SharingReceiver, after, *wanted[status]))


def _require_fit(merchant_id: UUID, member_id: UUID | None) -> None:
    if member_id is not None and member_id not in contacts.who_may_withdraw(merchant_id):
        raise wallet.ReceiverUnknown()
