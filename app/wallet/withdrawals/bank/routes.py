"""What finance does with bank batches. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import execute, idempotent
from app.wallet.withdrawals.bank import answers, batches
from app.wallet.withdrawals.bank.models import BankBatch
from app.wallet.withdrawals.bank.schemas import (
    AcceptedBankBatch,
    BankBatchesView,
    BankBatchHead,
    BankBatchView,
    BankLineView,
    BatchesQuery,
    ResultsRequest,
    ResultsView,
)

blueprint = api_blueprint("bank batches", __name__)
Fields = dict[str, Any]


def _shown(batch: BankBatch) -> Fields:
    lines = batches.lines_of(batch.id)
    names = BankBatchView.model_fields.keys() - {"lines", "total_fen", "file_hash"}
    view = BankBatchView(
        **{name: getattr(batch, name) for name in names},
        file_hash=batch.file_hash.hex() if batch.file_hash else None,
        total_fen=sum(line.amount_fen for line in lines),
        lines=[BankLineView.model_validate(line, from_attributes=True) for line in lines],
    )
    return view.model_dump(mode="json")


def _changed(status: int, change: Callable[[], BankBatch]) -> Response:
    return execute(lambda: (status, _shown(change())))


@blueprint.post("/bank-batches")
@blueprint.output(AcceptedBankBatch, status_code=201)
@idempotent(money=True)
@auth.staff("finance")
def prepare_batch() -> Response:
    """Put approved withdrawals that the bank pays into a batch, as far as its money goes."""
    staff_id = auth.principal().id
    return _changed(201, lambda: batches.prepare(staff_id))


@blueprint.get("/bank-batches")
@blueprint.input(BatchesQuery, location="query", arg_name="query")
@blueprint.output(BankBatchesView)
@auth.staff("finance")
def list_batches(query: BatchesQuery) -> Fields:
    """Batches, newest first."""

    def work() -> Fields:
        found = batches.listed(query.before, query.limit, is_pending=query.is_pending)
        names = BankBatchHead.model_fields.keys() - {"file_hash", "total_fen"}
        counted = ("line_count", "total_fen", "pending_count")
        shown = [
            {name: getattr(row.batch, name) for name in names}
            | {"file_hash": row.batch.file_hash.hex() if row.batch.file_hash else None}
            | {name: getattr(row, name) for name in counted}
            for row in found
        ]
        is_full = len(found) == query.limit
        return {"batches": shown, "next_before": found[-1].batch.id if is_full else None}

    return in_transaction(work)


@blueprint.get("/bank-batches/<uuid:batch_id>")
@blueprint.output(BankBatchView)
@auth.staff("finance")
def show_batch(batch_id: UUID) -> Fields:
    """A batch with its lines."""
    return in_transaction(lambda: _shown(batches.find(batch_id)))


@blueprint.post("/bank-batches/<uuid:batch_id>/approve")
@blueprint.output(AcceptedBankBatch)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def approve_batch(batch_id: UUID) -> Response:
    """Agree to a batch that somebody else prepared."""
    staff_id = auth.principal().id
    return _changed(200, lambda: batches.approve(batch_id, staff_id))


@blueprint.post("/bank-batches/<uuid:batch_id>/export")
@blueprint.doc(responses={200: {"description": "CSV", "content": {"text/csv": {}}}})
@auth.staff("finance")
@staff_sessions.confirmed
def export_batch(batch_id: UUID) -> Response:
    """The file of an approved batch for the bank, handed out once."""
    staff_id = auth.principal().id
    _, content = in_transaction(lambda: batches.export(batch_id, staff_id))
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{batch_id.hex}.csv"'
    return answer


@blueprint.post("/bank-batches/<uuid:batch_id>/results")
@blueprint.input(ResultsRequest, arg_name="body")
@blueprint.output(ResultsView)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def take_in_results(batch_id: UUID, body: ResultsRequest) -> Response:
    """Take in what the bank says of a batch, line by line. What it did not pay, or what came back,
    waits until somebody else tells the same; that and what fits nothing is listed."""
    staff_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        return 200, asdict(answers.take_in(batch_id, body.content, staff_id))

    return execute(work)
