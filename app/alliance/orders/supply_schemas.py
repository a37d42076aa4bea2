"""Shapes of requests and answers about suppliers. Amounts in fen, moments in UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.alliance.orders.schemas import PageSize, ParcelView, ReceiverView
from app.core.schemas import Body, Fen, Moment, View


class SupplierRequest(Body):
    """Which merchant may supply others."""

    merchant_id: UUID


class SupplyRequest(Body):
    """Who supplies an offer, and what they get for each piece."""

    supplier_id: UUID
    price_fen: Fen


class AnswerRequest(Body):
    """What the supplier says to a proposal."""

    answer: Literal["accept", "decline"]


class NewestQuery(Body):
    """The newest first; `before` is the last id of the page before."""

    before: UUID | None = None
    limit: PageSize = 20


class SuppliedQuery(Body):
    """Orders that the caller supplies: the oldest first, those `after` the last id of the page
    before; or the newest first, those `before` it."""

    status: Literal["paid", "shipped", "completed"] = "paid"
    after: UUID | None = None
    before: UUID | None = None
    is_newest_first: bool = False
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class SupplierView(View):
    """A supplier."""

    merchant_id: UUID
    created_at: Moment


class SuppliersQuery(Body):
    """Suppliers whose names hold `name`, or all; the first `limit` of them by name."""

    name: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 30


class NamedSupplier(SupplierView):
    """A supplier by name."""

    name: str


class SuppliersView(View):
    """Suppliers by name."""

    suppliers: list[NamedSupplier]


class SupplyView(View):
    """What a supplier gets for each piece of an offer; `merchant_name`: of the seller."""

    id: UUID
    offer_id: UUID
    offer_title: str
    merchant_id: UUID
    merchant_name: str
    supplier_id: UUID
    supplier_name: str
    price_fen: int
    status: Literal["proposed", "accepted", "declined", "ended"]
    created_at: Moment
    answered_at: Moment | None
    ended_at: Moment | None


class SuppliesView(View):
    """A page of agreements, the newest first."""

    supplies: list[SupplyView]


class SuppliedLine(View):
    """What is to be put into the parcel; nothing of what the buyer paid."""

    number: int
    title: str
    picture: str | None
    pieces: int
    supply_fen: int | None


class SuppliedOrder(View):
    """An order as its supplier sees it; the receiver while there is something to ship."""

    id: UUID
    status: str
    remark: str | None
    paid_at: Moment | None
    shipped_at: Moment | None
    supply_fen: int
    lines: list[SuppliedLine]
    receiver: ReceiverView | None
    parcel: ParcelView | None


class SuppliedOrders(View):
    """A page of the supplier's shipping desk."""

    orders: list[SuppliedOrder]


class SupplyPaymentView(View):
    """What a supplier was paid out of an order's sale; `short_fen` was not covered by it.
    `returned_fen` of it went back with refunds, `owed_fen` of that it still owes the seller."""

    id: UUID
    order_id: UUID
    merchant_id: UUID
    amount_fen: int
    short_fen: int
    returned_fen: int
    owed_fen: int
    journal_id: UUID
    created_at: Moment


class SupplyPayments(View):
    """The supplier's settlement, a page at a time, the newest first."""

    payments: list[SupplyPaymentView]
