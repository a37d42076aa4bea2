"""What a merchant's owner pays in other stores. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.alliance.paying import merchants
from app.alliance.payment_schemas import PaymentView
from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import idempotent
from app.core.schemas import Body, Fen, View

blueprint = api_blueprint("merchants' purchases", __name__)


class MerchantPaymentRequest(Body):
    """Pay an amount (fen) at a store of another merchant, from settled money."""

    store_id: UUID
    amount_fen: Fen


class PurchasesQuery(Body):
    """Purchases older than this one."""

    before: UUID | None = None


class PurchaseView(PaymentView):
    """What a merchant paid, and in which store."""

    store_name: str


class PurchasesView(View):
    """A page of a merchant's purchases, newest first; `next_before` is null at the end."""

    payments: list[PurchaseView]
    next_before: UUID | None


@blueprint.post("/merchant-payments")
@blueprint.input(MerchantPaymentRequest, arg_name="body")
@blueprint.output(PaymentView, status_code=201)
@idempotent(money=True)
@auth.staff("merchant_owner")
@staff_sessions.confirmed
def pay_as_merchant(body: MerchantPaymentRequest) -> Response:
    """Pay at another merchant's store from the own merchant's settled money (`available`)."""
    return merchants.pay(auth.principal(), body.store_id, body.amount_fen)


@blueprint.get("/merchant-payments")
@blueprint.input(PurchasesQuery, location="query", arg_name="query")
@blueprint.output(PurchasesView)
@auth.staff("merchant_owner")
def list_purchases(query: PurchasesQuery) -> dict[str, Any]:
    """What the own merchant paid in other stores, a page at a time."""
    caller = auth.principal()
    found = in_transaction(lambda: merchants.purchases(caller, query.before))
    is_full = len(found) == merchants.PAGE
    return {"payments": found, "next_before": found[-1]["id"] if is_full else None}
