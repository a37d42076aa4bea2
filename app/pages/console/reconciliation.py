"""Reconciliation: bills day by day, the lines that differ, and resolving each with one click."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.core.spreadsheets import CSV
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("reconciliation", __name__)
AREA = Area(blueprint, (entry("/console/reconciliation", "对账", "资金", "finance"),))
FILTERS = ("day", "bill", "result")
BILLS = ("", "trade", "basic", "operation", "fees", "bank", "sharing")
RESULTS = ("", "missing_here", "missing_there", "amount_differs", "state_differs", "matched")
SHOWN = 50


@blueprint.get("/console/reconciliation")
@sessions.page("finance")
def show_reconciliation() -> Response:
    """The newest bills, and lines that differ."""
    wanted = {name: forms.asked(name) for name in FILTERS}
    is_open = forms.asked("open", "true", "false")
    after = forms.identity(forms.asked("after"))
    lines = calls.read("/reconciliation/lines", **wanted, open=is_open, after=after, limit=SHOWN)[
        "lines"
    ]
    kept = {name: value for name, value in wanted.items() if value} | {"open": is_open}
    return frame.render(
        "console/reconciliation.html",
        runs=calls.read("/reconciliation/runs", limit=24)["runs"],
        lines=lines,
        wanted=wanted | {"open": is_open},
        kept=kept,
        following=kept | {"after": lines[-1]["id"]} if len(lines) == SHOWN else {},
        is_first=after is None,
        bills=BILLS,
        results=RESULTS,
    )


@blueprint.get("/console/reconciliation/lines.csv")
@sessions.page("finance")
def export_lines() -> Response:
    """The lines of a filter for spreadsheets."""
    query = {name: forms.asked(name) for name in (*FILTERS, "open")}
    answer = calls.send("GET", "/reconciliation/lines.csv", query=query)
    if answer.is_refused:
        raise calls.Refused(answer)
    return frame.download(answer.data, CSV, "reconciliation.csv")


@blueprint.get("/console/reconciliation/lines/<uuid:line_id>")
@sessions.page("finance")
def show_line(line_id: UUID) -> Response:
    """One line, what may be done, and what was."""
    line = calls.read(f"/reconciliation/lines/{line_id}")
    here = f"/console/reconciliation/lines/{line_id}"
    return frame.render("console/reconciliation_line.html", line=line, here=here)


@blueprint.post("/console/reconciliation/lines/<uuid:line_id>/resolve")
@sessions.page("finance")
def resolve_line(line_id: UUID) -> Response | str:
    """Ask WeChat, book the difference, or explain it; large ones take two people."""
    wish = forms.body(text=("action", "reason"))
    path = f"/reconciliation/lines/{line_id}/resolve"
    answer = calls.send("POST", path, wish, key=forms.key())
    is_open = answer.body.get("is_open")
    return frame.act(
        answer,
        then=f"/console/reconciliation/lines/{line_id}",
        done=t("已记录，须由另一人确认") if is_open else t("此行已处理"),
        again=lambda: show_line(line_id),
    )
