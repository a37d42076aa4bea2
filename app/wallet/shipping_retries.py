"""A second chance for shipping information that WeChat refused: people mend it and ask again.

Each retry is kept for good, with who asked for it, why, and what WeChat had said before.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import select

from app.core import outbox
from app.core.db import db
from app.core.errors import AppError, NotFound
from app.core.world import bucket_of, new_id, now
from app.wallet import shipping
from app.wallet.shipping_models import OrderShipping, ShippingRetry

log = structlog.get_logger()


class ShippingNotRefused(AppError):
    """Only what WeChat refused is reported again by people; all else takes care of itself."""

    status, code = 409, "shipping_not_refused"
    title, message = "This shipping was not refused", "该订单的发货信息没有被拒绝，无需重报"


def retry(order_id: UUID, staff_id: UUID, reason: str) -> OrderShipping:
    """Has a refused shipping reported again, in the current unit of work; the row is locked.

    WeChat is asked first how the order stands, so that nothing is reported twice. Raises
    NotFound, ShippingNotRefused.
    """
    row = shipping.locked(order_id)
    if row is None:
        raise NotFound()
    if row.state != "refused":
        raise ShippingNotRefused(shipping_status=row.state)
    step = ShippingRetry(
        bucket=row.bucket,
        id=new_id(bucket=row.bucket),
        order_id=order_id,
        staff_id=staff_id,
        reason=reason,
        error_code=row.error_code,
        error_message=row.error_message,
        at=now(),
    )
    db.session.add(step)
    row.state, row.error_code, row.error_message = "due", None, None
    outbox.emit(shipping.DUE, {"order_id": str(order_id)}, bucket=row.bucket)
    log.info("shipping_retried", order_id=str(order_id), by=str(staff_id), was=step.error_code)
    return row


def found(order_id: UUID) -> OrderShipping:
    """One shipping, in the current unit of work. Raises NotFound."""
    row = db.session.get(OrderShipping, (bucket_of(order_id), order_id))
    if row is None:
        raise NotFound()
    return row


def retries(order_id: UUID) -> list[ShippingRetry]:
    """Every retry of a shipping, the oldest first, in the current unit of work."""
    mine = (ShippingRetry.bucket == bucket_of(order_id), ShippingRetry.order_id == order_id)
    return list(db.session.scalars(select(ShippingRetry).where(*mine).order_by(ShippingRetry.id)))
