"""Saying whether a merchant's settled money leaves by itself."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue, contacts, payee_news
from app.alliance.payouts.models import Payout, PayoutWish
from app.core.db import db, one_at_a_time
from app.core.world import bucket_of, now
from app.wallet import service as wallet

PAGE = 50


def wish(
    merchant_id: UUID, is_on: bool, minimum_fen: int, receiver_id: UUID | None, author: UUID
) -> PayoutWish:
    """Writes the next version, in the current unit of work. Raises MerchantUnknown,
    ReceiverUnknown: the receiver is no contact whom the operator lets withdraw."""
    catalogue.merchant(merchant_id)
    if receiver_id is not None and receiver_id not in contacts.who_may_withdraw(merchant_id):
        raise wallet.ReceiverUnknown()
    one_at_a_time(f"alliance/payout_wish/{merchant_id}")
    last = newest(merchant_id)
    row = PayoutWish(
        bucket=bucket_of(merchant_id),
        merchant_id=merchant_id,
        version=(last.version if last else 0) + 1,
        is_on=is_on,
        minimum_fen=minimum_fen,
        receiver_id=receiver_id,
        created_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    payee_news.tell(merchant_id, "automatic_payout")
    return row


def newest(merchant_id: UUID) -> PayoutWish | None:
    """The wish in force, in the current unit of work."""
    mine = PayoutWish.bucket == bucket_of(merchant_id), PayoutWish.merchant_id == merchant_id
    latest = select(PayoutWish).where(*mine).order_by(PayoutWish.version.desc())
    return db.session.scalar(latest.limit(1))


def outcomes(merchant_id: UUID, before: UUID | None) -> list[Payout]:
    """What came of a merchant's settlements, newest first, up to PAGE, in the current unit."""
    mine = Payout.bucket == bucket_of(merchant_id), Payout.merchant_id == merchant_id
    wanted = select(Payout).where(*mine).order_by(Payout.settlement_id.desc()).limit(PAGE)
    if before is not None:
        wanted = wanted.where(Payout.settlement_id < before)
    return list(db.session.scalars(wanted))
