"""Shapes of difference codes. Amounts in fen, less refunds."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, View

Month = Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="2026-11")]


class EnterpriseView(View):
    """An enterprise and its code."""

    merchant_id: UUID
    name: str
    code: str


class CarriedView(View):
    """Whose code a member carries; null without a home store."""

    enterprise: EnterpriseView | None


class SalePairView(View):
    """Whose customer bought of whom, and what the customer's enterprise has of it."""

    payment_id: UUID
    customer: EnterpriseView | None
    seller: EnterpriseView
    rebate_fen: int


class PairMonthQuery(Body):
    """Which month (Asia/Shanghai); of which enterprise, on either side; after which pair."""

    month: Month
    merchant_id: UUID | None = None
    after_customer: UUID | None = None
    after_seller: UUID | None = None


class PairMonthView(View):
    """Sales of the seller to customers of the other enterprise in a month."""

    customer: EnterpriseView | None
    seller: EnterpriseView
    sale_count: int
    amount_fen: int
    concession_fen: int
    rebate_fen: int


class PairMonthReport(View):
    """A page of a month's pairs, in the order of the enterprises' ids."""

    month: str
    pairs: list[PairMonthView]
