"""Which channel pays a merchant: chosen by staff, each choice kept."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from app.alliance import catalogue, payee_news, terms
from app.alliance.errors import NoReceiver
from app.alliance.profit_sharing import receivers
from app.alliance.profit_sharing.models import PayoutChannel
from app.core.config import settings
from app.core.db import db, one_at_a_time
from app.core.world import bucket_of, now
from app.wallet import service as wallet
from app.wallet.service import PayoutWay


def choose(merchant_id: UUID, channel: PayoutWay, author: UUID) -> PayoutChannel:
    """Writes the next version, in the current unit of work; the same channel again is the same
    version. Raises MerchantUnknown, CustodyForbids, NoReceiver (nobody is named to split to)."""
    catalogue.merchant(merchant_id)
    possible = wallet.payout_ways(settings().custody)
    if channel not in possible:
        raise wallet.CustodyForbids(channels=sorted(possible))
    if channel is PayoutWay.PROFIT_SHARING and receivers.current(merchant_id) is None:
        raise NoReceiver()
    one_at_a_time(f"alliance/payout_channel/{merchant_id}")
    last = newest(merchant_id)
    if last is not None and last.channel == channel:
        return last
    row = PayoutChannel(
        bucket=bucket_of(merchant_id),
        merchant_id=merchant_id,
        version=(last.version if last else 0) + 1,
        channel=channel,
        created_by=author,
        created_at=now(),
    )
    terms.changed()
    db.session.add(row)
    db.session.flush()
    payee_news.tell(merchant_id, "channel")
    return row


def newest(merchant_id: UUID) -> PayoutChannel | None:
    """The channel in force, in the current unit of work; None where none was chosen."""
    return db.session.scalar(_of(merchant_id).limit(1))


def history(merchant_id: UUID) -> list[PayoutChannel]:
    """All choices, newest first, in the current unit of work. Raises MerchantUnknown."""
    catalogue.merchant(merchant_id)
    return list(db.session.scalars(_of(merchant_id)))


def is_shared(merchant_id: UUID) -> bool:
    """Whether the merchant's part of payments is split by WeChat, in the current unit."""
    found = newest(merchant_id)
    return found is not None and found.channel == PayoutWay.PROFIT_SHARING


def _of(merchant_id: UUID) -> Select[tuple[PayoutChannel]]:
    mine = PayoutChannel.bucket == bucket_of(merchant_id), PayoutChannel.merchant_id == merchant_id
    return select(PayoutChannel).where(*mine).order_by(PayoutChannel.version.desc())
