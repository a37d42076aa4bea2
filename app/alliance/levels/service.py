"""Which level a member has, and the gift that it brings.

A level is never stored: it is what the member's purchases of late conceded, by the shares that were
given out, less refunds, as soon as their freeze (REBATE_FREEZE_DAYS) is over. So a purchase that is
returned within it brings no gift, and nothing has to be taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.alliance.errors import (
    LevelGiftTaken,
    LevelGiftUnfunded,
    LevelNotReached,
    MemberLevelUnknown,
)
from app.alliance.levels.models import LevelGift, MemberLevel
from app.alliance.models import Sale, SaleShare
from app.core.config import settings
from app.core.db import db, one_at_a_time
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.members import service as members
from app.wallet import service as wallet

BUCKET = bucket_of(PLATFORM_ID)


@dataclass(frozen=True, slots=True)
class NewLevel:
    """What a level says (fen)."""

    name: str
    name_en: str
    threshold_fen: int
    period_days: int
    gift_fen: int
    budget_fen: int


def add(new: NewLevel, author: UUID) -> MemberLevel:
    """Publishes a level, in the current unit."""
    row = MemberLevel(
        bucket=BUCKET,
        id=new_id(BUCKET),
        name=new.name,
        name_en=new.name_en,
        threshold_fen=new.threshold_fen,
        period_days=new.period_days,
        gift_fen=new.gift_fen,
        budget_fen=new.budget_fen,
        created_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def end(level_id: UUID) -> MemberLevel:
    """Ends a level now, in the current unit; gifts that were taken stay. Ended before: no change.

    Raises MemberLevelUnknown.
    """
    row = _locked(level_id)
    if row.ended_at is None:
        row.ended_at = now()
        db.session.flush()
    return row


def in_force() -> Sequence[MemberLevel]:
    """All levels that have not ended, the highest threshold first."""
    mine = (MemberLevel.bucket == BUCKET, MemberLevel.ended_at.is_(None))
    order = (MemberLevel.threshold_fen.desc(), MemberLevel.id)
    return db.session.scalars(select(MemberLevel).where(*mine).order_by(*order)).all()


def level_ids() -> frozenset[UUID]:
    """The levels in force."""
    return frozenset(each.id for each in in_force())


def conceded_fen(level: MemberLevel, people: Collection[UUID]) -> int:
    """What counts for a level of the purchases of one person, by all their member ids, in fen."""
    frozen_since = now() - timedelta(days=settings().rebate_freeze_days)
    first = frozen_since - timedelta(days=level.period_days)
    joined = (SaleShare.bucket == Sale.bucket) & (SaleShare.sale_id == Sale.id)
    lasting = func.coalesce(func.sum(SaleShare.amount_fen - SaleShare.refunded_fen), 0)
    statement = (
        select(lasting)
        .select_from(Sale)
        .join(SaleShare, joined)
        .where(
            Sale.bucket.in_({bucket_of(each) for each in people}),
            Sale.payer_id.in_(people),
            Sale.distributed_at <= frozen_since,
            Sale.distributed_at > first,
        )
    )
    return int(db.session.scalar(statement) or 0)


def level_of(member_id: UUID) -> MemberLevel | None:
    """The highest level that a member has now, in the current unit of work; None without any."""
    people = members.everyone_of(members.today(member_id))
    reached = (each for each in in_force() if conceded_fen(each, people) >= each.threshold_fen)
    return next(reached, None)


def take_gift(member_id: UUID, level_id: UUID) -> LevelGift:
    """Gives a member the gift of a level that they have reached, in the current unit.

    One gift of a person at a time, and of a level: locks both, then the fund. Raises
    MemberLevelUnknown, LevelNotReached, LevelGiftTaken (`again_at`), LevelGiftUnfunded.
    """
    person = members.today(member_id)
    one_at_a_time(f"alliance/level-gift/{person}")
    level = _locked(level_id)
    if level.ended_at is not None or not level.gift_fen:
        raise MemberLevelUnknown()
    people = members.everyone_of(person)
    conceded = conceded_fen(level, people)
    if conceded < level.threshold_fen:
        raise LevelNotReached(conceded_fen=conceded, threshold_fen=level.threshold_fen)
    _must_be_due(level, people)
    if _given_fen(level_id) + level.gift_fen > level.budget_fen:
        raise LevelGiftUnfunded()
    bucket = bucket_of(person)
    identity = new_id(bucket)
    journal_id = wallet.grant_experience(
        person, level.gift_fen, grant_key=f"level:{identity}", principal_id=member_id
    )
    if journal_id is None:
        raise LevelGiftUnfunded()
    row = LevelGift(
        bucket=bucket,
        id=identity,
        level_id=level_id,
        member_id=person,
        conceded_fen=conceded,
        gift_fen=level.gift_fen,
        journal_id=journal_id,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _must_be_due(level: MemberLevel, people: Collection[UUID]) -> None:
    taken = select(func.max(LevelGift.created_at)).where(
        LevelGift.bucket.in_({bucket_of(each) for each in people}),
        LevelGift.member_id.in_(people),
        LevelGift.level_id == level.id,
    )
    last = db.session.scalar(taken)
    again_at = last + timedelta(days=level.period_days) if last else None
    if again_at is not None and again_at > now():
        raise LevelGiftTaken(again_at=again_at.isoformat())


def _given_fen(level_id: UUID) -> int:
    total = select(func.coalesce(func.sum(LevelGift.gift_fen), 0))
    return int(db.session.scalar(total.where(LevelGift.level_id == level_id)) or 0)


def _locked(level_id: UUID) -> MemberLevel:
    key = (BUCKET, level_id)
    row = db.session.get(MemberLevel, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise MemberLevelUnknown()
    return row
