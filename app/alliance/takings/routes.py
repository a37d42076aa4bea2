"""What a merchant's staff see of their sales. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance.takings import reading
from app.alliance.takings.schemas import (
    BalancesView,
    ManagedPayments,
    ManagedPaymentsQuery,
    ManagedStores,
    TakingsQuery,
    TakingsView,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.world import beijing_day, now

blueprint = api_blueprint("takings", __name__)
Fields = dict[str, Any]
TILL = ("merchant_owner", "cashier")


@blueprint.get("/stores/managed")
@blueprint.output(ManagedStores)
@auth.staff(*TILL)
def list_managed_stores() -> Fields:
    """The caller's merchant and stores: all of an owner's, those a cashier is named for."""
    caller = auth.principal()
    return in_transaction(lambda: reading.managed_stores(caller))


@blueprint.get("/payments/managed")
@blueprint.input(ManagedPaymentsQuery, location="query", arg_name="query")
@blueprint.output(ManagedPayments)
@auth.staff(*TILL)
def list_managed_payments(query: ManagedPaymentsQuery) -> Fields:
    """What was paid in the caller's stores, newest first."""
    caller = auth.principal()
    wanted = reading.Wanted(query.store_id, query.day, query.is_refunded, query.cursor)
    return in_transaction(lambda: reading.payments(caller, wanted, query.limit))


@blueprint.get("/takings")
@blueprint.input(TakingsQuery, location="query", arg_name="query")
@blueprint.output(TakingsView)
@auth.staff(*TILL)
def show_takings(query: TakingsQuery) -> Fields:
    """What a business day brought to the caller's stores so far."""
    caller = auth.principal()
    day = query.day or beijing_day(now())
    return in_transaction(lambda: reading.takings(caller, day, query.store_id))


@blueprint.get("/merchants/<uuid:merchant_id>/balances")
@blueprint.output(BalancesView)
@auth.staff("operator", "finance", "support", "merchant_owner")
def show_balances(merchant_id: UUID) -> Fields:
    """What a merchant's purses hold: a merchant's owner sees the own merchant's."""
    caller = auth.principal()
    return in_transaction(lambda: reading.balances(caller, merchant_id))
