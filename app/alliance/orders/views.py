"""Orders as their buyers, sellers and the platform see them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.alliance import catalogue
from app.alliance.access import is_platform
from app.alliance.orders import codes, escrow, steps
from app.alliance.orders.models import Order, OrderParcel, OrderReceiver, receiver_context
from app.alliance.orders.rules import IN_ESCROW
from app.core import crypto
from app.core.auth import Principal
from app.core.db import db
from app.core.world import bucket_of

Fields = dict[str, Any]
NAMES = ("id", "merchant_id", "store_id", "delivery", "status", "remark", "amount_fen",
         "member_amount_fen", "is_member_price", "is_gift", "paid_fen", "wechat_fen",
         "returned_fen",
         "created_at", "next_at", "paid_at", "ready_at", "shipped_at", "ended_at")  # fmt: skip
LINE_NAMES = ("number", "offer_id", "offer_version", "title", "picture", "quantity", "price_fen",
              "member_price_fen", "unit_fen", "returned")  # fmt: skip

PASSING = ("pickup_code", "receiver")
"""What is not stored with an answer."""


def seen(caller: Principal, order_id: UUID) -> Order:
    """The caller's own order, one of their store, or any for the platform, in the current unit of
    work. Raises OrderUnknown."""
    row = escrow.find(order_id)
    if row is None:
        raise steps.OrderUnknown()
    if caller.kind == "member":
        steps.must_be_own(caller.id, row)
    else:
        steps.must_be_sellers(caller, row)
    return row


def whole(caller: Principal, row: Order) -> Fields:
    """An order with its lines and steps. Its buyer sees the pick-up code; the receiver is seen by
    the buyer, and by the shop while there is something to ship."""
    is_buyer = caller.kind == "member"
    is_shipper = not is_platform(caller) and row.status in IN_ESCROW
    return short(row) | {
        "lines": [{name: getattr(line, name) for name in LINE_NAMES} for line in steps.lines(row)],
        "steps": [
            {"step": each.step, "status": each.status, "note": each.note, "at": each.at}
            for each in steps.all_steps(row)
        ],
        "pickup_code": codes.code(row) if is_buyer else None,
        "receiver": receiver(row) if is_buyer or is_shipper else None,
        "parcel": parcel(row),
    }


def short(row: Order) -> Fields:
    """An order's head."""
    found = {name: getattr(row, name) for name in NAMES}
    return found | {"store_name": catalogue.store(row.store_id).name}


def receiver(row: Order) -> dict[str, str] | None:
    """To whom it is shipped, or None."""
    found = db.session.get(OrderReceiver, row.id)
    if found is None:
        return None
    plain: dict[str, str] = json.loads(
        crypto.decrypt(found.receiver_sealed, receiver_context(row.id))
    )
    return plain


def parcel(row: Order) -> OrderParcel | None:
    """What it was shipped by, or None."""
    mine = (OrderParcel.bucket == row.bucket, OrderParcel.order_id == row.id)
    newest = select(OrderParcel).where(*mine).order_by(OrderParcel.number.desc()).limit(1)
    return db.session.scalar(newest)


def of_member(member_id: UUID, status: str | None, before: UUID | None, limit: int) -> list[Order]:
    """A member's orders, the newest first, in the current unit of work."""
    mine = (Order.bucket == bucket_of(member_id), Order.payer_id == member_id)
    return _page(select(Order).where(*mine), status, before, limit)


def of_sellers(
    caller: Principal, status: str | None, before: UUID | None, limit: int
) -> list[Order]:
    """Orders of the caller's stores, or all for the platform, the newest first."""
    statement = select(Order)
    if not is_platform(caller):
        statement = statement.where(Order.merchant_id == caller.merchant_id)
        if "merchant_owner" not in caller.roles:
            statement = statement.where(Order.store_id.in_(caller.store_ids))
    return _page(statement, status, before, limit)


def _page(
    statement: Select[Any], status: str | None, before: UUID | None, limit: int
) -> list[Order]:
    if status is not None:
        statement = statement.where(Order.status == status)
    if before is not None:
        statement = statement.where(Order.id < before)
    return list(db.session.scalars(statement.order_by(Order.id.desc()).limit(limit)))
