"""What WeChat Pay keeps of orders, for rooms that pass it on to who agreed to bear it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.world import bucket_of
from app.wallet.models import WeChatOrder

PART = 500


def fee_rates_bp(order_ids: Collection[UUID]) -> dict[UUID, int]:
    """By order, the rate in basis points that WeChat Pay keeps of it, in the current unit."""
    wanted = sorted(order_ids)
    found: dict[UUID, int] = {}
    for place in range(0, len(wanted), PART):
        part = wanted[place : place + PART]
        rows = db.session.execute(
            select(WeChatOrder.id, WeChatOrder.fee_bp).where(
                WeChatOrder.bucket.in_({bucket_of(each) for each in part}),
                WeChatOrder.id.in_(part),
            )
        )
        found.update((row.id, row.fee_bp) for row in rows)
    return found
