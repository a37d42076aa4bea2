"""Handing over in the store: the buyer shows the code, the order is complete."""

from __future__ import annotations

from uuid import UUID

from app.alliance.access import is_theirs
from app.alliance.orders import codes, completing, steps
from app.alliance.orders.errors import OrderStatusDiffers, PickupCodeInvalid
from app.alliance.orders.models import Order
from app.alliance.orders.rules import OrderStatus
from app.core.auth import Principal
from app.core.db import in_transaction
from app.core.world import now


def renew(member_id: UUID, order_id: UUID) -> Order:
    """A new code for the buyer's order, in the current unit of work. Raises OrderUnknown,
    OrderStatusDiffers."""
    row = steps.bought(member_id, order_id)
    _must_wait(row)
    codes.issue(row)
    return row


def tell_ready(caller: Principal, order_id: UUID) -> Order:
    """The order lies ready in the store: its buyer is told, once. In the current unit of work.
    Raises OrderUnknown, OrderStatusDiffers."""
    row = steps.sold(caller, order_id)
    _must_wait(row)
    if row.ready_at is None:
        row.ready_at = now()
        steps.note(row, "ready", caller.id)
    return row


def order_of(caller: Principal, digits: str) -> UUID:
    """Whose order the code is of, in a unit of its own that counts wrong codes.

    Raises PickupCodeInvalid.
    """
    merchant_id = caller.merchant_id
    found = in_transaction(lambda: codes.prove(merchant_id, digits)) if merchant_id else None
    if found is None:
        raise PickupCodeInvalid()
    return found


def hand_over(caller: Principal, order_id: UUID) -> Order:
    """Completes an order whose code was shown, in the current unit of work. Raises
    PickupCodeInvalid for another store's, OrderStatusDiffers."""
    row = steps.locked(order_id)
    if not is_theirs(caller, row.merchant_id, row.store_id):
        raise PickupCodeInvalid()
    _must_wait(row)
    completing.complete(row, "picked_up", caller.id)
    return row


def _must_wait(row: Order) -> None:
    if row.delivery != "pickup" or row.status != OrderStatus.PAID:
        raise OrderStatusDiffers(order_status=row.status)
