"""Whether what a member's purchases conceded reaches a rule's threshold. Reads only.

What was conceded is what the distribution gave out less what refunds took back, so that a purchase
counts exactly as far as it lasts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from app.alliance.models import Sale, SaleShare
from app.alliance.rewards.models import RewardRule
from app.core.db import db
from app.core.world import beijing_day, bucket_of, start_of_beijing_day


def rules_of(sale: Sale) -> Sequence[RewardRule]:
    """The rules under which a paid sale counts, in the current unit of work."""
    assert sale.paid_at is not None
    day = beijing_day(sale.paid_at)
    return db.session.scalars(
        select(RewardRule)
        .where(
            RewardRule.starts_on <= day,
            RewardRule.ends_on >= day,
            or_(RewardRule.ended_at.is_(None), RewardRule.ended_at > sale.paid_at),
            or_(RewardRule.merchant_id.is_(None), RewardRule.merchant_id == sale.merchant_id),
        )
        .order_by(RewardRule.id)
    ).all()


def conceded_fen(rule: RewardRule, people: Collection[UUID]) -> int:
    """What counts for a rule of the purchases of one person, by all their member ids, in fen."""
    if rule.kind == "first":
        first = db.session.scalars(
            select(Sale)
            .where(*_theirs(rule, people), Sale.status == "paid")
            .order_by(Sale.paid_at, Sale.id)
            .limit(1)
        ).first()
        if first is None or first.paid_at is None or not _is_within(rule, first.paid_at):
            return 0
        return _net(Sale.bucket == first.bucket, Sale.id == first.id)
    begins, ends = _days(rule)
    return _net(*_theirs(rule, people), Sale.paid_at >= begins, Sale.paid_at < ends)


def _theirs(rule: RewardRule, people: Collection[UUID]) -> list[ColumnElement[bool]]:
    conditions = [
        Sale.bucket.in_({bucket_of(each) for each in people}),
        Sale.payer_id.in_(people),
        Sale.distributed_at.is_not(None),
    ]
    if rule.merchant_id is not None:
        conditions.append(Sale.merchant_id == rule.merchant_id)
    return conditions


def _net(*sales: Any) -> int:
    lasting = func.sum(SaleShare.amount_fen - SaleShare.refunded_fen)
    joined = (SaleShare.bucket == Sale.bucket) & (SaleShare.sale_id == Sale.id)
    found = select(func.coalesce(lasting, 0)).select_from(Sale).join(SaleShare, joined)
    return int(db.session.scalar(found.where(*sales)) or 0)


def _days(rule: RewardRule) -> tuple[datetime, datetime]:
    ends = start_of_beijing_day(rule.ends_on + timedelta(days=1))
    return start_of_beijing_day(rule.starts_on), min(ends, rule.ended_at or ends)


def _is_within(rule: RewardRule, moment: datetime) -> bool:
    begins, ends = _days(rule)
    return begins <= moment < ends
