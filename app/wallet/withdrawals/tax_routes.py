"""What finance does with withheld tax. Holds no rule."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response

from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import execute, idempotent
from app.wallet.models import PrizeTax, TaxRecord
from app.wallet.schemas import Rejection
from app.wallet.withdrawals import prize_tax, tax
from app.wallet.withdrawals.charges import TaxKind
from app.wallet.withdrawals.tax_schemas import TaxQuery, TaxRecordsView, TaxRecordView

blueprint = api_blueprint("tax", __name__)
Fields = dict[str, Any]


@blueprint.get("/tax-records")
@blueprint.input(TaxQuery, location="query", arg_name="query")
@blueprint.output(TaxRecordsView)
@auth.staff("finance")
def show_tax_records(query: TaxQuery) -> Fields:
    """What was withheld in one month of Beijing, from withdrawals requested and prizes paid in it,
    for the report."""
    wanted = (date(query.year, query.month, 1), query.after, query.limit)

    def work() -> list[Fields]:
        found = [_fields(row) for row in tax.records(*wanted)]
        found += [_of_prize(row) for row in prize_tax.records(*wanted)]
        return sorted(found, key=lambda each: each["id"])[: query.limit]

    return {"records": in_transaction(work)}


@blueprint.post("/withdrawals/<uuid:withdrawal_id>/tax-reversal")
@blueprint.input(Rejection, arg_name="body")
@blueprint.output(TaxRecordView)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def reverse_tax(withdrawal_id: UUID, body: Rejection) -> Response:
    """Give tax that was withheld wrongly back to the member's rebate."""
    staff_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        row = tax.reverse(withdrawal_id, staff_id, body.reason)
        return 200, TaxRecordView(**_fields(row)).model_dump(mode="json")

    return execute(work)


def _of_prize(row: PrizeTax) -> Fields:
    return {
        "id": row.journal_id,
        "source": "prize",
        "withdrawal_id": None,
        "grant_id": row.grant_id,
        "member_id": row.member_id,
        "month": row.month.strftime("%Y-%m"),
        "kind": TaxKind.ACCIDENTAL,
        "taxable_fen": row.taxable_fen,
        "tax_fen": row.tax_fen,
        "created_at": row.created_at,
        "reversed_at": None,
        "reason": None,
        "journal_id": row.journal_id,
    }


def _fields(row: TaxRecord) -> Fields:
    return {
        "id": row.withdrawal_id,
        "source": "withdrawal",
        "withdrawal_id": row.withdrawal_id,
        "grant_id": None,
        "member_id": row.member_id,
        "month": row.month.strftime("%Y-%m"),
        "kind": row.kind,
        "taxable_fen": row.taxable_fen,
        "tax_fen": row.tax_fen,
        "created_at": row.created_at,
        "reversed_at": row.reversed_at,
        "reason": row.reason,
        "journal_id": row.reversal_journal_id,
    }
