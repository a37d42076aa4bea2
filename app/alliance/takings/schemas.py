"""Shapes of what a merchant's staff see of their sales. Amounts in fen."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.alliance.payment_schemas import PaymentView
from app.core.schemas import Body, View

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1), description="Business day")]


class ManagedMerchant(View):
    """A merchant's name."""

    id: UUID
    name: str


class ManagedStore(View):
    """A store as its staff see it; `scene` is the token of its code."""

    id: UUID
    name: str
    address: str
    category: str
    telephone: str | None
    latitude: float | None
    longitude: float | None
    scene: str


class ManagedStores(View):
    """The caller's merchant and stores."""

    merchant: ManagedMerchant | None
    stores: list[ManagedStore]


class ManagedPaymentsQuery(Body):
    """Which payments: of a store, of a business day (Asia/Shanghai), refunded or not."""

    store_id: UUID | None = None
    day: Day | None = None
    is_refunded: bool | None = None
    cursor: Annotated[str, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class ManagedPayment(PaymentView):
    """A payment in the list of its store: with what the merchant conceded of it."""

    store_name: str
    concession_fen: int
    is_merchants_purchase: bool


class ManagedPayments(View):
    """A page of payments, newest first; `next` is the cursor of the next page."""

    payments: list[ManagedPayment]
    next: str | None


class TakingsQuery(Body):
    """Which business day (today's without one), and of which store."""

    day: Day | None = None
    store_id: UUID | None = None


class StoreTakings(View):
    """A store's sales of a day, and the refunds that were done on it, whenever their sales were.

    `share_fen` is what the merchant gets of the sales: `amount_fen` less the concession.
    """

    store_id: UUID
    store_name: str
    sale_count: int
    amount_fen: int
    concession_fen: int
    share_fen: int
    discount_fen: int
    experience_fen: int
    wechat_fen: int
    refund_count: int
    refunded_fen: int


class TakingsView(View):
    """What a day brought, store by store."""

    day: date
    stores: list[StoreTakings]


class BalancesView(View):
    """What a merchant's purses hold; `clawback_due_fen` is what it owes back, as 0 or less."""

    merchant_id: UUID
    pending_fen: int
    experience_pending_fen: int
    available_fen: int
    withdrawing_fen: int
    deposit_fen: int
    offer_budget_fen: int
    rebate_fen: int
    clawback_due_fen: int
