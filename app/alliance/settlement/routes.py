"""What staff do and see of settlements, runs and the calendar. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.alliance.access import is_platform
from app.alliance.errors import CalendarYearUnclear, MerchantUnknown
from app.alliance.settlement import calendar, files, listing, runs, settling, statements
from app.alliance.settlement.models import Settlement
from app.alliance.settlement.schemas import (
    CalendarYearRequest,
    CalendarYearView,
    LinesQuery,
    RunPage,
    RunView,
    SettlementPage,
    SettlementQuery,
    SettlementRun,
    SettlementView,
    StatementCheck,
)
from app.core import auth, idempotency
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.idempotency import idempotent

blueprint = api_blueprint("settlements", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "support")
MERCHANTS = ("merchant_owner",)


@blueprint.post("/settlements/run")
@blueprint.output(SettlementRun)
@idempotent(money=True)
@auth.staff("finance")
def run_settlements() -> Response:
    """Settle what is due now, instead of waiting for the timetable, which does what this cannot
    in 20 seconds."""
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    done = runs.run(auth.principal().id, runs.REQUEST_SECONDS)

    def work() -> tuple[int, Fields]:
        if done is None:
            return 200, {"run": None, "settlements": []}
        rows = [settling.find(identity) for identity in done.issued]
        shown = [statements.view(row) for row in rows]
        return 200, {"run": runs.view(runs.find(done.run_id)), "settlements": shown}

    return idempotency.execute(work)


@blueprint.get("/settlements/runs")
@blueprint.output(RunPage)
@auth.staff(*READERS)
def list_runs() -> Fields:
    """The last 50 runs: how far each has got."""
    return in_transaction(lambda: {"runs": [runs.view(row) for row in runs.latest()]})


@blueprint.get("/settlements/runs/<uuid:run_id>")
@blueprint.output(RunView)
@auth.staff(*READERS)
def show_run(run_id: UUID) -> Fields:
    """How far a run has got."""
    return in_transaction(lambda: runs.view(runs.find(run_id)))


@blueprint.get("/settlements")
@blueprint.input(SettlementQuery, location="query", arg_name="query")
@blueprint.output(SettlementPage)
@auth.staff(*READERS, *MERCHANTS)
def list_settlements(query: SettlementQuery) -> Fields:
    """Settlements, oldest first: a merchant's staff see their own, the platform all."""
    caller = auth.principal()
    merchant_id = query.merchant_id if is_platform(caller) else caller.merchant_id
    if merchant_id is None and not is_platform(caller):
        raise MerchantUnknown()
    order = query.is_newest_first
    found = listing.listed(merchant_id, query.after, query.before, is_newest_first=order)
    return {"settlements": found}


@blueprint.get("/settlements/<uuid:settlement_id>")
@blueprint.input(LinesQuery, location="query", arg_name="query")
@blueprint.output(SettlementView)
@auth.staff(*READERS, *MERCHANTS)
def show_settlement(settlement_id: UUID, query: LinesQuery) -> Fields:
    """One settlement with its lines, and the sums of each store."""
    row = _seen(settlement_id)
    found = statements.lines_of(row, query.offset, query.limit)
    goods = statements.goods_of(found)
    lines = [statements.line_view(line, goods) for line in found]
    return statements.view(row) | {"totals": statements.totals_of(row), "lines": lines}


@blueprint.get("/calendar/years/<int:year>")
@blueprint.output(CalendarYearView)
@auth.staff(*READERS)
def show_calendar_year(year: int) -> Fields:
    """A year's holidays and make-up days, and who entered them."""
    if not 2000 <= year <= 2100:
        raise NotFound()
    shown = calendar.year_view(year)
    return in_transaction(lambda: shown | {"changes": calendar.changes(year)})


@blueprint.put("/calendar/years/<int:year>")
@blueprint.input(CalendarYearRequest, arg_name="body")
@blueprint.output(CalendarYearView)
@auth.staff("operator")
def put_calendar_year(year: int, body: CalendarYearRequest) -> Fields:
    """Enter a year as the State Council announced it, in place of what was entered before."""
    if not 2000 <= year <= 2100:
        raise NotFound()
    seen = [each.day for each in body.days]
    wrong = {day for day in seen if day.year != year or seen.count(day) > 1}
    if wrong:
        raise CalendarYearUnclear(days=sorted(day.isoformat() for day in wrong))
    days = [calendar.Day(each.day, each.is_working, each.note) for each in body.days]
    author = auth.principal().id
    in_transaction(lambda: calendar.set_year(year, days, body.reason, author))
    shown = calendar.year_view(year)
    return in_transaction(lambda: shown | {"changes": calendar.changes(year)})


@blueprint.get("/settlements/<uuid:settlement_id>/check")
@blueprint.output(StatementCheck)
@auth.staff(*READERS, *MERCHANTS)
def check_statement(settlement_id: UUID) -> Fields:
    """Whether the statement still is what it was when it was issued, by its hash."""
    row = _seen(settlement_id)
    is_intact = statements.is_stored_intact(row)
    return {"hash": row.hash.hex() if row.hash else None, "is_intact": is_intact}


@blueprint.get("/settlements/<uuid:settlement_id>/statement.pdf")
@blueprint.doc(responses={200: {"description": "PDF", "content": {files.PDF: {}}}})
@auth.staff(*READERS, *MERCHANTS)
def print_statement(settlement_id: UUID) -> Response:
    """The statement for printing: A4, PDF."""
    return files.printed(statements.whole(_seen(settlement_id)))


@blueprint.get("/settlements/<uuid:settlement_id>/statement.csv")
@blueprint.doc(responses={200: {"description": "CSV", "content": {files.CSV: {}}}})
@auth.staff(*READERS, *MERCHANTS)
def export_statement(settlement_id: UUID) -> Response:
    """The statement for spreadsheets: CSV, UTF-8 with a byte order mark, amounts in yuan."""
    return files.exported(statements.whole(_seen(settlement_id)))


def _seen(settlement_id: UUID) -> Settlement:
    row = settling.find(settlement_id)
    caller = auth.principal()
    if not is_platform(caller) and caller.merchant_id != row.merchant_id:
        raise NotFound()
    return row
