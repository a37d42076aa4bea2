"""Reminding of experience gold before it ends: once for all lots of somebody that end together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import bucket_of, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.models import Lot

EXPIRING = "experience.expiring"
LOOK_SECONDS = 300.0
BATCH = 100
SETTLED = timedelta(days=1)  # who was granted something yesterday need not be reminded of it


@dataclass(frozen=True, slots=True)
class Expiring:
    """What is left (fen) in lots that end soon, whose it is, and when (UTC) the first one ends."""

    member_id: UUID
    amount_fen: int
    ends_at: datetime


def remind(limit: int = BATCH) -> int:
    """Duty: writes a letter for each of up to `limit` members whose experience gold ends within
    EXPERIENCE_REMIND_DAYS; how many members were looked at. Lots without anything left are passed
    over for good, unless a refund gives something back before their end."""
    return in_transaction(lambda: _remind(limit)) if settings().experience_remind_days else 0


def expiring(lot_ids: Collection[UUID]) -> Expiring | None:
    """What is left now in lots that a letter named, in the current unit; None if nothing is, or
    all of it has ended."""
    buckets = {bucket_of(lot_id) for lot_id in lot_ids}
    found = db.session.scalars(
        select(Lot)
        .where(Lot.bucket.in_(buckets), Lot.id.in_(lot_ids), Lot.expires_at > now())
        .order_by(Lot.expires_at)
    ).all()
    left = _left(found)
    open_ = [lot for lot in found if left.get(lot.id) and lot.expires_at]
    if not open_ or open_[0].expires_at is None:
        return None
    amount_fen = sum(left[lot.id] for lot in open_)
    return Expiring(open_[0].owner_id, amount_fen, open_[0].expires_at)


def _remind(limit: int) -> int:
    moment = now()
    due = (
        Lot.account == Account.EXPERIENCE,
        Lot.swept_at.is_(None),
        Lot.reminded_at.is_(None),
        Lot.expires_at > moment,
        Lot.expires_at <= moment + timedelta(days=settings().experience_remind_days),
        Lot.issued_at <= moment - SETTLED,
    )
    owners = select(Lot.owner_id).where(*due).group_by(Lot.owner_id).limit(limit)
    wanted = select(Lot).where(*due, Lot.owner_id.in_(owners.scalar_subquery()))
    lots = db.session.scalars(wanted.order_by(Lot.id).with_for_update(skip_locked=True)).all()
    left = _left(lots)
    by_owner: dict[UUID, list[str]] = {}
    for lot in lots:
        lot.reminded_at = moment
        mine = by_owner.setdefault(lot.owner_id, [])
        if left.get(lot.id):
            mine.append(str(lot.id))
    for owner_id, lot_ids in by_owner.items():
        if lot_ids:
            outbox.emit(EXPIRING, {"lot_ids": lot_ids}, bucket=bucket_of(owner_id))
    db.session.flush()
    return len(by_owner)


def _left(lots: Collection[Lot]) -> dict[UUID, int]:
    owners, ids = {lot.owner_id for lot in lots}, [lot.id for lot in lots]
    return ledger.lot_balances(owners, Account.EXPERIENCE, ids) if ids else {}
