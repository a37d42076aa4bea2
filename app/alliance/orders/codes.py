"""The code of twelve digits that a buyer shows to get an order handed over, good once.

The first six are a number among the merchant's open orders; the last six follow from SECRET_KEY
and are stored nowhere. The phone keeps the digits, so that it can show them without network.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance.orders.models import Order, PickupNumber
from app.alliance.orders.rules import OrderStatus
from app.core import crypto
from app.core.db import TryAgain, db
from app.core.world import bucket_of, now

DIGITS = 6
HALF = 10**DIGITS
MOST_FAILURES = 10


def issue(row: Order) -> None:
    """Gives a locked order a new pick-up number, in the current unit of work; an older one is good
    for nothing any more."""
    retire(row)
    key = {"bucket": bucket_of(row.merchant_id), "merchant_id": row.merchant_id}
    values = key | {"number": secrets.randbelow(HALF), "order_id": row.id, "created_at": now()}
    fresh = values | {"failures": 0, "used_at": None}
    made = upsert(PickupNumber).values(fresh)
    is_free = PickupNumber.used_at.is_not(None)
    made = made.on_conflict_do_update(index_elements=[*key, "number"], set_=fresh, where=is_free)
    if db.session.scalar(made.returning(PickupNumber.number)) is None:
        raise TryAgain()  # the number is taken


def retire(row: Order) -> None:
    """The order's pick-up number is good for nothing any more, in the current unit of work."""
    found = _of(row)
    if found is not None:
        found.used_at = now()
        db.session.flush()


def code(row: Order) -> str | None:
    """The digits to show, or None where there is nothing to pick up (any more), or the code was
    guessed at too often."""
    if row.delivery != "pickup" or row.status != OrderStatus.PAID:
        return None
    found = _of(row)
    if found is None or found.failures >= MOST_FAILURES:
        return None
    return f"{found.number:0{DIGITS}}{_proof(found)}"


def prove(merchant_id: UUID, digits: str) -> UUID | None:
    """The order of the merchant that the digits are the code of, in the current unit of work; None
    if of none. A wrong second half is counted: the unit must commit."""
    key = (bucket_of(merchant_id), merchant_id, int(digits[:DIGITS]))
    found = db.session.get(PickupNumber, key, with_for_update=True, populate_existing=True)
    if found is None or found.used_at is not None or found.failures >= MOST_FAILURES:
        return None
    if not hmac.compare_digest(_proof(found), digits[DIGITS:]):
        found.failures += 1
        return None
    return found.order_id


def _of(row: Order) -> PickupNumber | None:
    return db.session.scalar(
        select(PickupNumber)
        .where(PickupNumber.bucket == bucket_of(row.merchant_id))
        .where(PickupNumber.merchant_id == row.merchant_id)
        .where(PickupNumber.order_id == row.id, PickupNumber.used_at.is_(None))
        .execution_options(populate_existing=True)
    )


def _proof(found: PickupNumber) -> str:
    words = (found.merchant_id, found.number, found.order_id)
    message = "/".join(map(str, words)).encode()
    digest = hmac.new(crypto.derived_key("alliance.pickup_code"), message, sha256).digest()
    return f"{int.from_bytes(digest[:8]) % HALF:0{DIGITS}}"
