"""Difference codes: one's own, a sale's pair, and months of pairs. Holds no rule.

An enterprise sees pairs of its own, and of the other side its name and code; never a customer.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import select

from app.alliance import catalogue, payments
from app.alliance.access import is_platform, may_touch_sale
from app.alliance.difference import codes, pairs
from app.alliance.difference.pairs import PairMonth
from app.alliance.difference.schemas import (
    CarriedView,
    EnterpriseView,
    PairMonthQuery,
    PairMonthReport,
    SalePairView,
)
from app.alliance.errors import MerchantUnknown, PaymentUnknown
from app.alliance.models import Merchant, Sale
from app.alliance.settlement import files, spreadsheets
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import db, in_transaction
from app.core.world import bucket_of

blueprint = api_blueprint("difference-codes", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "support", "merchant_owner")
COLUMNS = (
    "月份", "顾客所属企业", "差异码", "销售企业", "差异码", "笔数",
    "消费(元)", "让利(元)", "差异码返利(元)",
)  # fmt: skip


@blueprint.get("/me/difference-code")
@blueprint.output(CarriedView)
@auth.member
def show_carried() -> Fields:
    """Whose code the member carries: that of the enterprise of their home store."""
    member_id = auth.principal().id

    def work() -> Fields:
        merchant_id = pairs.enterprises_of([member_id]).get(member_id)
        return {"enterprise": _named({merchant_id}).get(merchant_id)}

    return in_transaction(work)


@blueprint.get("/merchants/<uuid:merchant_id>/difference-code")
@blueprint.output(EnterpriseView)
@auth.staff(*READERS)
def show_code(merchant_id: UUID) -> Fields:
    """The code of an enterprise; a merchant's owner sees their own."""
    caller = auth.principal()
    if not is_platform(caller) and caller.merchant_id != merchant_id:
        raise MerchantUnknown()

    def work() -> Fields:
        catalogue.merchant(merchant_id)
        return _named({merchant_id})[merchant_id]

    return in_transaction(work)


@blueprint.get("/payments/<uuid:payment_id>/difference-codes")
@blueprint.output(SalePairView)
@auth.staff(*READERS)
def show_pair(payment_id: UUID) -> Fields:
    """Whose customer bought of whom, as it was when the payment was shared out."""

    def work() -> Fields:
        sale = db.session.get(Sale, (bucket_of(payment_id), payment_id))
        if sale is None:
            raise PaymentUnknown()
        may_touch_sale(auth.principal(), sale)
        pair = pairs.pair_of(sale)
        customer_id = pair.customer_merchant_id if pair else None
        named = _named({customer_id, sale.merchant_id})
        return {
            "payment_id": sale.id,
            "customer": named.get(customer_id),
            "seller": named[sale.merchant_id],
            "rebate_fen": pairs.rebate_fen(sale),
        }

    payments.find(payment_id)
    return in_transaction(work)


@blueprint.get("/difference-codes/report")
@blueprint.input(PairMonthQuery, location="query", arg_name="query")
@blueprint.output(PairMonthReport)
@auth.staff(*READERS)
def show_month(query: PairMonthQuery) -> Fields:
    """A month by pairs of enterprises: all for the platform, an owner's own on either side."""
    return in_transaction(
        lambda: {"month": query.month, "pairs": _with_names(_pairs(query, _after(query)))}
    )


@blueprint.get("/difference-codes/report.csv")
@blueprint.input(PairMonthQuery, location="query", arg_name="query")
@blueprint.doc(responses={200: {"description": "CSV", "content": {files.CSV: {}}}})
@auth.staff(*READERS)
def export_month(query: PairMonthQuery) -> Response:
    """The whole month for spreadsheets: CSV, UTF-8 with a byte order mark, amounts in yuan."""

    def work() -> list[Fields]:
        found, after = [], _after(query)
        while page := _pairs(query, after):
            found += page
            after = (page[-1].customer_id, page[-1].seller_id)
        return _with_names(found)

    rows = [list(COLUMNS), *(_line(query.month, pair) for pair in in_transaction(work))]
    name = f"difference-codes-{query.month}.csv"
    return files.spreadsheet(name, spreadsheets.table(rows))


def _after(query: PairMonthQuery) -> tuple[UUID | None, UUID] | None:
    return (query.after_customer, query.after_seller) if query.after_seller else None


def _pairs(query: PairMonthQuery, after: tuple[UUID | None, UUID] | None) -> list[PairMonth]:
    caller = auth.principal()
    merchant_id = query.merchant_id if is_platform(caller) else caller.merchant_id
    if merchant_id is None and not is_platform(caller):
        raise MerchantUnknown()
    return pairs.month(date.fromisoformat(f"{query.month}-01"), merchant_id, after)


def _with_names(found: list[PairMonth]) -> list[Fields]:
    named = _named({each for pair in found for each in (pair.customer_id, pair.seller_id)})
    return [
        {
            "customer": named.get(pair.customer_id),
            "seller": named[pair.seller_id],
            "sale_count": pair.sale_count,
            "amount_fen": pair.amount_fen,
            "concession_fen": pair.concession_fen,
            "rebate_fen": pair.rebate_fen,
        }
        for pair in found
    ]


def _named(merchant_ids: Collection[UUID | None]) -> dict[UUID | None, Fields]:
    wanted = [each for each in merchant_ids if each is not None]
    given = codes.codes_of(wanted)
    rows = select(Merchant.id, Merchant.name).where(
        Merchant.bucket.in_({bucket_of(each) for each in wanted}), Merchant.id.in_(wanted)
    )
    return {
        row.id: {"merchant_id": row.id, "name": row.name, "code": given[row.id]}
        for row in db.session.execute(rows)
    }


def _line(month: str, pair: Fields) -> list[str]:
    customer = pair["customer"] or {"name": "(无归属)", "code": ""}
    return [
        month,
        spreadsheets.plain_text(customer["name"]),
        customer["code"],
        spreadsheets.plain_text(pair["seller"]["name"]),
        pair["seller"]["code"],
        str(pair["sale_count"]),
        *(spreadsheets.amount(pair[each]) for each in ("amount_fen", "concession_fen")),
        spreadsheets.amount(pair["rebate_fen"]),
    ]
