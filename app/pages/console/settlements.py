"""Settlements: runs and how far they got, statements with their lines, PDF and CSV."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import calls, choices, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("settlements", __name__)
READERS = ("operator", "finance", "support")
AREA = Area(blueprint, (entry("/console/settlements", "结算", "资金", *READERS),))
SHOWN = 50
FILES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@blueprint.get("/console/settlements")
@sessions.page(*READERS)
def show_settlements() -> Response:
    """The last runs, and settlements, newest first."""
    before = forms.identity(forms.asked("before"))
    merchant_id = forms.identity(forms.asked("merchant_id"))
    query = {"before": before, "merchant_id": merchant_id, "is_newest_first": "true"}
    found = calls.read("/settlements", **query)["settlements"]
    kept = {"merchant_id": merchant_id} if merchant_id else {}
    return frame.render(
        "console/settlements.html",
        settlements=found,
        runs=_runs(),
        kept=kept,
        following=kept | {"before": found[-1]["id"]} if len(found) == SHOWN else {},
        is_first=before is None,
    )


def _runs() -> list[dict[str, object]]:
    found: list[dict[str, object]] = calls.read("/settlements/runs")["runs"]
    return found[:5]


@blueprint.get("/console/settlements/runs")
@sessions.page(*READERS)
def show_runs() -> Response:
    """The part of the page that renews itself while a run goes on."""
    return frame.render("console/settlement_runs.html", runs=_runs())


@blueprint.post("/console/settlements/run")
@sessions.page("finance")
def run() -> Response | str:
    """Settle what is due now."""
    answer = calls.send("POST", "/settlements/run", key=forms.key())
    issued = len(answer.body.get("settlements", []))
    done = t("本次已出 {count} 张结算单", count=issued) if issued else t("现在没有到期可结的款项")
    return frame.act(answer, then="/console/settlements", done=done, again=show_settlements)


@blueprint.get("/console/settlements/<uuid:settlement_id>")
@sessions.page(*READERS)
def show_settlement(settlement_id: UUID) -> Response:
    """One settlement with its lines and the sums of each store."""
    shown = _offset(forms.asked("from"))
    row = calls.read(f"/settlements/{settlement_id}", offset=shown, limit=SHOWN)
    roles = sessions.visitor().roles
    payouts = _payouts(row["merchant_id"]) if roles & {"finance", "operator"} else []
    return frame.render(
        "console/settlement.html",
        merchant=choices.merchant_called(row["merchant_id"]),
        row=row,
        start=shown,
        following={"from": shown + SHOWN} if row["line_count"] > shown + SHOWN else {},
        payout=next((p for p in payouts if p["settlement_id"] == str(settlement_id)), None),
        here=f"/console/settlements/{settlement_id}",
    )


@blueprint.get("/console/settlements/<uuid:settlement_id>/check")
@sessions.page(*READERS)
def check_settlement(settlement_id: UUID) -> Response:
    """Whether the statement still is what was issued: each of its lines is looked at."""
    return frame.render(
        "console/settlement_check.html",
        layout=frame.layout(),
        row=None if frame.is_fragment() else calls.read(f"/settlements/{settlement_id}", limit=1),
        check=calls.read(f"/settlements/{settlement_id}/check"),
        here=f"/console/settlements/{settlement_id}",
    )


def _offset(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0


def _payouts(merchant_id: str) -> list[dict[str, Any]]:
    """What came of the merchant's last settlements."""
    answer = calls.send("GET", f"/merchants/{merchant_id}/automatic-payouts")
    return [] if answer.is_refused else list(answer.body["payouts"])


@blueprint.get("/console/settlements/<uuid:settlement_id>/statement.<any(pdf, csv):kind>")
@sessions.page(*READERS)
def download_statement(settlement_id: UUID, kind: str) -> Response:
    """The statement for printing or for spreadsheets."""
    answer = calls.send("GET", f"/settlements/{settlement_id}/statement.{kind}")
    if answer.is_refused:
        raise calls.Refused(answer)
    return frame.download(answer.data, FILES[kind], f"settlement-{settlement_id.hex}.{kind}")
