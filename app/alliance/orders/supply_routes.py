"""Suppliers: agreements with sellers, their shipping desk, their settlement. Holds no rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.alliance.orders import shipping, steps, supplies, supply_returns, views
from app.alliance.orders.models import Order
from app.alliance.orders.rules import IN_ESCROW
from app.alliance.orders.schemas import ParcelRequest
from app.alliance.orders.supply_models import Supply, SupplyPayment
from app.alliance.orders.supply_schemas import (
    AnswerRequest,
    NewestQuery,
    SuppliedOrder,
    SuppliedOrders,
    SuppliedQuery,
    SupplierRequest,
    SuppliersQuery,
    SuppliersView,
    SupplierView,
    SuppliesView,
    SupplyPayments,
    SupplyPaymentView,
    SupplyRequest,
    SupplyView,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.audit.recording import reveals
from app.core.db import in_transaction

blueprint = api_blueprint("suppliers", __name__)
Fields = dict[str, Any]
OWNER, DESK = ("merchant_owner",), ("merchant_owner", "cashier")


def _supplied(row: Order) -> Fields:
    lines = [
        {
            "number": line.number,
            "title": line.title,
            "picture": line.picture,
            "pieces": line.quantity - line.returned,
            "supply_fen": line.supply_fen,
        }
        for line in steps.lines(row)
    ]
    told = {
        "id": row.id,
        "status": row.status,
        "remark": row.remark,
        "paid_at": row.paid_at,
        "shipped_at": row.shipped_at,
        "supply_fen": sum(line["pieces"] * (line["supply_fen"] or 0) for line in lines),
        "lines": lines,
        "receiver": views.receiver(row) if row.status in IN_ESCROW else None,
        "parcel": views.parcel(row),
    }
    return SuppliedOrder.model_validate(told).model_dump()


def _supply(row: Supply) -> Fields:
    return _supplies([row])[0]


def _supplies(rows: Sequence[Supply]) -> list[Fields]:
    return [SupplyView.model_validate(each).model_dump() for each in supplies.told(rows)]


@blueprint.post("/suppliers")
@blueprint.input(SupplierRequest, arg_name="body")
@blueprint.output(SupplierView, status_code=201)
@auth.staff("operator")
def register_supplier(body: SupplierRequest) -> Fields:
    """Let a merchant supply others."""
    author = auth.principal().id

    def work() -> Fields:
        row = supplies.register(body.merchant_id, author)
        return SupplierView.model_validate(row).model_dump()

    return in_transaction(work)


@blueprint.get("/suppliers")
@blueprint.input(SuppliersQuery, location="query", arg_name="query")
@blueprint.output(SuppliersView)
@auth.staff("operator", *OWNER)
def list_suppliers(query: SuppliersQuery) -> Fields:
    """Who may supply others, by name; an owner sees those other than the own merchant."""
    caller, wish = auth.principal(), (query.name, query.limit)
    return {"suppliers": in_transaction(lambda: supplies.suppliers(caller, *wish))}


@blueprint.post("/offers/<uuid:offer_id>/supply")
@blueprint.input(SupplyRequest, arg_name="body")
@blueprint.output(SupplyView, status_code=201)
@auth.staff(*OWNER)
def propose_supply(offer_id: UUID, body: SupplyRequest) -> Fields:
    """Propose to a supplier what it gets for each piece of an offer."""
    caller, wish = auth.principal(), (body.supplier_id, body.price_fen)
    return in_transaction(lambda: _supply(supplies.propose(caller, offer_id, *wish)))


@blueprint.post("/supplies/<uuid:supply_id>/answer")
@blueprint.input(AnswerRequest, arg_name="body")
@blueprint.output(SupplyView)
@auth.staff(*OWNER)
def answer_supply(supply_id: UUID, body: AnswerRequest) -> Fields:
    """Accept or decline a proposal as its supplier."""
    caller, is_accepted = auth.principal(), body.answer == "accept"
    return in_transaction(
        lambda: _supply(supplies.answer(caller, supply_id, is_accepted=is_accepted))
    )


@blueprint.post("/supplies/<uuid:supply_id>/end")
@blueprint.output(SupplyView)
@auth.staff(*OWNER)
def end_supply(supply_id: UUID) -> Fields:
    """End an agreement for orders to come, as either side of it."""
    caller = auth.principal()
    return in_transaction(lambda: _supply(supplies.end(caller, supply_id)))


@blueprint.get("/supplies")
@blueprint.input(NewestQuery, location="query", arg_name="query")
@blueprint.output(SuppliesView)
@auth.staff(*OWNER)
def list_supplies(query: NewestQuery) -> Fields:
    """Agreements of the caller's merchant, as seller and as supplier, the newest first."""
    caller, wish = auth.principal(), (query.before, query.limit)
    return {"supplies": in_transaction(lambda: _supplies(supplies.of(caller, *wish)))}


@blueprint.get("/supplies/orders")
@blueprint.input(SuppliedQuery, location="query", arg_name="query")
@blueprint.output(SuppliedOrders)
@auth.staff(*DESK)
@reveals
def show_supply_desk(query: SuppliedQuery) -> Fields:
    """The supplier's shipping desk: what to send where, the oldest first or the newest."""
    caller, wish = auth.principal(), query.model_dump()
    found = in_transaction(lambda: [_supplied(x) for x in supplies.to_supply(caller, **wish)])
    return {"orders": found}


@blueprint.post("/supplies/orders/<uuid:order_id>/parcel")
@blueprint.input(ParcelRequest, arg_name="body")
@blueprint.output(SuppliedOrder)
@auth.staff(*DESK)
def ship_supplied(order_id: UUID, body: ParcelRequest) -> Fields:
    """Say that what the caller's merchant supplies is on its way."""
    caller, parcel = auth.principal(), (body.carrier, body.tracking_no)

    def work() -> Fields:
        row = supplies.supplied(caller, order_id)
        return _supplied(shipping.ship(row, *parcel, caller.id))

    return in_transaction(work)


@blueprint.put("/supplies/orders/<uuid:order_id>/parcel")
@blueprint.input(ParcelRequest, arg_name="body")
@blueprint.output(SuppliedOrder)
@auth.staff(*DESK)
def correct_supplied(order_id: UUID, body: ParcelRequest) -> Fields:
    """Put the parcel's carrier or number right."""
    caller, parcel = auth.principal(), (body.carrier, body.tracking_no)

    def work() -> Fields:
        row = supplies.supplied(caller, order_id)
        return _supplied(shipping.correct(row, *parcel, caller.id))

    return in_transaction(work)


@blueprint.get("/supplies/payments")
@blueprint.input(NewestQuery, location="query", arg_name="query")
@blueprint.output(SupplyPayments)
@auth.staff(*OWNER)
def list_supply_payments(query: NewestQuery) -> Fields:
    """The supplier's settlement: what it was paid out of which order's sale."""
    caller, wish = auth.principal(), (query.before, query.limit)

    def work() -> Fields:
        rows = supplies.payments(caller, *wish)
        back = supply_returns.sums_of(rows)
        return {"payments": [_paid(row, *back.get(row.id, (0, 0))) for row in rows]}

    return in_transaction(work)


def _paid(row: SupplyPayment, returned_fen: int, owed_fen: int) -> Fields:
    names = SupplyPaymentView.model_fields.keys() - {"returned_fen", "owed_fen"}
    kept = {name: getattr(row, name) for name in names}
    return kept | {"returned_fen": returned_fen, "owed_fen": owed_fen}
