"""Members' top-ups: what of each is unspent, and giving it back; what becomes of the bonus is shown
before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, g

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area
from app.pages.console.texts import t

blueprint = frame.pages("top_ups", __name__)
STAFF = ("finance", "support")
AREA = Area(blueprint)
SHOWN = 20


@blueprint.get("/console/members/<uuid:member_id>/top-ups")
@sessions.page(*STAFF)
def list_top_ups(member_id: UUID) -> Response:
    """A member's top-ups that were credited, the newest first."""
    before = forms.identity(forms.asked("before"))
    path = f"/members/{member_id}/top-ups"
    rows = calls.read(path, before=before, limit=SHOWN)["top_ups"]
    return frame.render(
        "console/top_ups.html",
        rows=rows,
        names=_stores(rows),
        here=f"/console{path}",
        member=f"/console/members/{member_id}",
        following={"before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        is_first=before is None,
    )


@blueprint.get("/console/top-ups/<uuid:top_up_id>")
@sessions.page(*STAFF)
def show_top_up(top_up_id: UUID) -> Response:
    """A top-up, and what giving back the unspent part, or as much of it as was typed, comes to."""
    row = calls.read(f"/top-ups/{top_up_id}")
    typed = forms.asked("amount") or forms.text("amount")
    return frame.render(
        "console/top_up.html",
        row=row,
        store=_stores([row])[row["store_id"]],
        typed=typed,
        outlook=_outlook(top_up_id, typed) if row["refundable_fen"] else None,
        here=f"/console/top-ups/{top_up_id}",
    )


@blueprint.post("/console/top-ups/<uuid:top_up_id>/refund")
@sessions.page("finance")
def refund(top_up_id: UUID) -> Response | str:
    """Give the amount that was looked at back through WeChat, with a reason that the payer sees."""
    wish = forms.body(text=("reason",)) | {"amount_fen": forms.fen("amount")}
    path = f"/top-ups/{top_up_id}/refund-by-staff"
    answer = calls.send("POST", path, wish, key=forms.key())
    return frame.act(
        answer,
        then=f"/console/top-ups/{top_up_id}",
        done=t("退款已提交，由微信原路退回"),
        again=lambda: show_top_up(top_up_id),
    )


def _outlook(top_up_id: UUID, typed: str) -> dict[str, Any] | None:
    """What a refund comes to; None, with the reason on the page, where there can be none."""
    query = {"amount_fen": forms.amount(typed) if typed else None}
    answer = calls.send("GET", f"/top-ups/{top_up_id}/refund-outlook", query=query)
    if answer.is_refused:
        g.refusal = g.get("refusal") or frame.refusal_of(answer)
        return None
    return answer.body


def _stores(rows: list[dict[str, Any]]) -> dict[str, str]:
    """The names of the stores that top-ups were bought at."""
    ids = {row["store_id"] for row in rows}
    return {store_id: calls.read(f"/stores/{store_id}")["name"] for store_id in ids}
