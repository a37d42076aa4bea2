"""The till charges WeChat's part of a payment by the code that WeChat itself shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.alliance import payments
from app.alliance.access import may_touch_sale
from app.alliance.errors import PaymentNotOpen
from app.core import idempotency
from app.core.auth import Principal
from app.core.db import in_transaction
from app.wallet import service as wallet


def charge(caller: Principal, payment_id: UUID, auth_code: str, till_ip: str) -> Response:
    """Charges an awaiting payment of the caller's store; the purses' part is held meanwhile.

    The same request again never charges twice. Raises PaymentUnknown, PaymentNotOpen and what
    `wallet.charge_code` raises.
    """
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    order_id, store_id = in_transaction(lambda: _open_order(caller, payment_id))
    wallet.charge_code(order_id, auth_code, store_id.hex, till_ip)
    body = in_transaction(lambda: _shown(payment_id))
    return idempotency.execute(lambda: (200, body))


def _open_order(caller: Principal, payment_id: UUID) -> tuple[UUID, UUID]:
    row = payments.find(payment_id)
    may_touch_sale(caller, row)
    link = payments.order_of(payment_id)
    if row.status != "awaiting" or link is None:
        raise PaymentNotOpen(payment_status=row.status)
    return link.order_id, row.store_id


def _shown(payment_id: UUID) -> dict[str, Any]:
    return payments.shown(payments.find(payment_id))
