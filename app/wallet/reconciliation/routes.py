"""What finance sees and does of reconciliation. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import execute, idempotent, replayed
from app.wallet import suspense
from app.wallet.reconciliation import reading, resolving
from app.wallet.reconciliation.resolving import Action
from app.wallet.reconciliation.schemas import (
    LineDetail,
    LinesFilter,
    LinesQuery,
    LinesView,
    ResolutionRequest,
    ResolvedLine,
    ResolvedSuspense,
    RunsQuery,
    RunsView,
    SuspenseDetail,
    SuspenseResolution,
)

blueprint = api_blueprint("reconciliation", __name__)
Fields = dict[str, Any]
MOST_CSV_LINES = 100_000


@blueprint.get("/reconciliation/runs")
@blueprint.input(RunsQuery, location="query", arg_name="query")
@blueprint.output(RunsView)
@auth.staff("finance")
def show_runs(query: RunsQuery) -> Fields:
    """WeChat Pay's daily bills and how they compare with the books, newest day first."""
    return {"runs": in_transaction(lambda: reading.runs(query.before, query.limit))}


@blueprint.get("/reconciliation/lines")
@blueprint.input(LinesQuery, location="query", arg_name="query")
@blueprint.output(LinesView)
@auth.staff("finance")
def show_lines(query: LinesQuery) -> Fields:
    """Lines of bills, those that are open unless all are asked for."""

    def work() -> list[Fields]:
        return reading.lines(**_wanted(query), after=query.after, limit=query.limit)

    return {"lines": in_transaction(work)}


@blueprint.get("/reconciliation/lines.csv")
@blueprint.input(LinesFilter, location="query", arg_name="query")
@blueprint.doc(responses={200: {"description": "CSV", "content": {"text/csv": {}}}})
@auth.staff("finance")
def export_lines(query: LinesFilter) -> Response:
    """Lines of bills for a spreadsheet, at most 100,000."""
    found = in_transaction(lambda: reading.lines(**_wanted(query), limit=MOST_CSV_LINES))
    answer = Response(reading.as_csv(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="reconciliation.csv"'
    return answer


@blueprint.get("/reconciliation/lines/<uuid:line_id>")
@blueprint.output(LineDetail)
@auth.staff("finance")
def show_line(line_id: UUID) -> Fields:
    """A line with everything done about it, and what may be done."""
    return in_transaction(lambda: reading.line_by_id(line_id))


@blueprint.post("/reconciliation/lines/<uuid:line_id>/resolve")
@blueprint.input(ResolutionRequest, arg_name="body")
@blueprint.output(ResolvedLine)
@idempotent(money=True)
@auth.staff("finance")
def resolve_line(line_id: UUID, body: ResolutionRequest) -> Response:
    """Resolve an open line: ask WeChat, book the difference, or explain it; large ones take two."""
    staff_id = auth.principal().id
    answered = replayed()
    if answered is not None:
        return answered

    def work() -> tuple[int, Fields]:
        if body.action is not Action.ASK:
            resolving.resolve(line_id, body.action, body.reason, staff_id)
        shown = LineDetail(**reading.line_by_id(line_id))
        return 200, shown.model_dump(mode="json")

    if body.action is Action.ASK:
        resolving.ask_wechat(line_id, body.reason, staff_id)
    return execute(work)


@blueprint.post("/suspense/<uuid:item_id>/resolve")
@blueprint.input(SuspenseResolution, arg_name="body")
@blueprint.output(ResolvedSuspense)
@idempotent(money=True)
@auth.staff("finance")
def resolve_suspense(item_id: UUID, body: SuspenseResolution) -> Response:
    """Send an amount in suspense back to its payer, to its order, or to operations."""
    staff_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        item = suspense.resolve(item_id, body.way, body.reason, staff_id)
        names = SuspenseDetail.model_fields.keys() - {"steps"}
        fields: Fields = {name: getattr(item, name) for name in names}
        shown = SuspenseDetail(**fields, steps=suspense.steps_of(item))
        return 200, shown.model_dump(mode="json")

    return execute(work)


def _wanted(query: LinesFilter) -> Fields:
    return {
        "day": query.day,
        "bill": query.bill,
        "result": query.result,
        "is_open": query.open,
    }
