"""What staff see and do of shipping information. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.wallet import shipping, shipping_retries
from app.wallet.schemas import (
    ShippingDetail,
    ShippingQuery,
    ShippingRetryRequest,
    ShippingRetryView,
    ShippingsView,
    ShippingView,
)
from app.wallet.shipping_models import OrderShipping

blueprint = api_blueprint("shipping", __name__)
Fields = dict[str, Any]


@blueprint.get("/shippings")
@blueprint.input(ShippingQuery, location="query", arg_name="query")
@blueprint.output(ShippingsView)
@auth.staff("finance", "operator", "support")
def show_shippings(query: ShippingQuery) -> Fields:
    """Orders of the mini-program by what became of their shipping report, oldest first."""

    def work() -> list[Fields]:
        return [_fields(row) for row in shipping.in_state(query.status, query.limit)]

    return {"shippings": in_transaction(work)}


@blueprint.get("/shippings/<uuid:order_id>")
@blueprint.output(ShippingDetail)
@auth.staff("finance", "operator", "support")
def show_shipping(order_id: UUID) -> Fields:
    """One order's shipping, with every retry that people asked for."""
    return in_transaction(lambda: _detail(shipping_retries.found(order_id)))


@blueprint.post("/shippings/<uuid:order_id>/retry")
@blueprint.input(ShippingRetryRequest, arg_name="body")
@blueprint.output(ShippingDetail)
@auth.staff("operator", "support")
def retry_shipping(order_id: UUID, body: ShippingRetryRequest) -> Fields:
    """Report a refused shipping again, after what was wrong with it was mended."""
    caller = auth.principal().id
    return in_transaction(lambda: _detail(shipping_retries.retry(order_id, caller, body.reason)))


def _fields(row: OrderShipping) -> Fields:
    names = ShippingView.model_fields.keys() - {"status"}
    return {name: getattr(row, name) for name in names} | {"status": row.state}


def _detail(row: OrderShipping) -> Fields:
    names = ShippingRetryView.model_fields.keys()
    steps = [
        {name: getattr(one, name) for name in names}
        for one in shipping_retries.retries(row.order_id)
    ]
    return _fields(row) | {"retries": steps}
