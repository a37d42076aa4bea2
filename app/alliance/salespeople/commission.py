"""What a salesperson earns, by what they brought: members, and merchants.

Two shares of the split policy pay it. Of members they brought (binding) it is the recommender's;
of merchants they brought the salesperson's. Where both are one person's, and the policy gives one
person one share, the recommender's comes first and the other goes to its fallback.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.alliance.models import Sale, SaleShare
from app.alliance.rules import Party
from app.core.db import db
from app.core.world import start_of_beijing_day

BY = {Party.RECOMMENDER: "members", Party.SALESPERSON: "merchants"}


def earned(salesperson_id: UUID, first_day: date) -> list[dict[str, object]]:
    """A month (Asia/Shanghai) by what was brought: sales and commission less refunds (fen), in the
    current unit of work."""
    begins, ends = _month(first_day)
    joined = (Sale.bucket == SaleShare.bucket) & (Sale.id == SaleShare.sale_id)
    lasting = func.sum(SaleShare.amount_fen - SaleShare.refunded_fen)
    statement = (
        select(SaleShare.receiver, func.count(SaleShare.sale_id.distinct()), lasting)
        .join(Sale, joined)
        .where(SaleShare.owner_id == salesperson_id, SaleShare.receiver.in_(BY))
        .where(Sale.paid_at >= begins, Sale.paid_at < ends)
        .group_by(SaleShare.receiver)
    )
    found = {Party(row[0]): row for row in db.session.execute(statement)}
    return [
        {
            "brought": brought,
            "sale_count": found[party][1] if party in found else 0,
            "commission_fen": int(found[party][2]) if party in found else 0,
        }
        for party, brought in BY.items()
    ]


def _month(first_day: date) -> tuple[datetime, datetime]:
    following = (first_day + timedelta(days=32)).replace(day=1)
    return start_of_beijing_day(first_day), start_of_beijing_day(following)
