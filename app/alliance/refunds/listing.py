"""Refunds for staff: those that wait for a merchant's money, and what was done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance.models import Merchant, Refund
from app.core.db import read

WAITING = "waiting_funds"


def listed(status: str, cursor: UUID | None, limit: int) -> list[dict[str, Any]]:
    """A page of refunds with their merchant's name: waiting ones from the oldest on, after
    `cursor`; done ones from the newest on, before it."""
    wanted = (
        select(
            Refund.id,
            Refund.sale_id.label("payment_id"),
            Refund.merchant_id,
            Merchant.name.label("merchant_name"),
            Refund.status,
            Refund.amount_fen,
            Refund.reason,
            Refund.requested_by,
            Refund.journal_id,
            Refund.created_at,
            Refund.done_at,
        )
        .outerjoin(Merchant, Merchant.id == Refund.merchant_id)
        .where(Refund.status == status)
    )
    if status == WAITING:
        wanted = wanted.where(Refund.id > cursor) if cursor else wanted
        wanted = wanted.order_by(Refund.id)
    else:
        wanted = wanted.where(Refund.id < cursor) if cursor else wanted
        wanted = wanted.order_by(Refund.id.desc())
    return [row._asdict() for row in read(wanted.limit(limit))]
