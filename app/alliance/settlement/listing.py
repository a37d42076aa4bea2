"""Settlements a page at a time, each with its merchant's name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance.models import Merchant
from app.alliance.settlement import statements
from app.alliance.settlement.models import Settlement
from app.core.db import db

PAGE = 50


def listed(
    merchant_id: UUID | None, after: UUID | None, before: UUID | None, *, is_newest_first: bool
) -> list[dict[str, Any]]:
    """Up to PAGE settlements of one merchant or of all, in the current unit of work: in the order
    of their ids after one, or, newest first, before one."""
    wanted = select(Settlement, Merchant.name).outerjoin(
        Merchant, Merchant.id == Settlement.merchant_id
    )
    if merchant_id is not None:
        wanted = wanted.where(Settlement.merchant_id == merchant_id)
    if after is not None:
        wanted = wanted.where(Settlement.id > after)
    if before is not None:
        wanted = wanted.where(Settlement.id < before)
    order = Settlement.id.desc() if is_newest_first else Settlement.id
    rows = db.session.execute(wanted.order_by(order).limit(PAGE))
    return [statements.view(row) | {"merchant_name": name} for row, name in rows]
