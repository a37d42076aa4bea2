"""Refunds that wait for a merchant's money and those done, and money in suspense."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("refunds", __name__)
READERS = ("operator", "finance", "support")
AREA = Area(
    blueprint,
    (
        entry("/console/refunds", "退款", "资金", *READERS),
        entry("/console/suspense", "挂账", "资金", "finance"),
    ),
)
STATES = ("waiting_funds", "done")
WAYS = ("refund", "order", "operations")
SHOWN = 50


@blueprint.get("/console/refunds")
@sessions.page(*READERS)
def show_refunds() -> Response:
    """Refunds in one state."""
    status = forms.asked("status", *STATES)
    cursor = forms.identity(forms.asked("cursor"))
    found = calls.read("/refunds", status=status, cursor=cursor, limit=SHOWN)["refunds"]
    is_full = len(found) == SHOWN
    return frame.render(
        "console/refunds.html",
        refunds=found,
        current=status,
        states=STATES,
        following={"status": status, "cursor": found[-1]["id"]} if is_full else {},
        is_first=cursor is None,
    )


@blueprint.get("/console/suspense")
@sessions.page("finance")
def show_suspense() -> Response:
    """Money that fits no open order, the oldest first, each with what may be done."""
    return frame.render("console/suspense.html", items=calls.read("/suspense")["items"], ways=WAYS)


@blueprint.post("/console/suspense/<uuid:item_id>/resolve")
@sessions.page("finance")
def resolve_suspense(item_id: UUID) -> Response | str:
    """Send it back to its payer, to its order, or to operations; large ones take two people."""
    wish = forms.body(text=("way", "reason"))
    answer = calls.send("POST", f"/suspense/{item_id}/resolve", wish, key=forms.key())
    is_over = bool(answer.body.get("resolved_at"))
    done = t("已处理") if is_over else t("已记录，完成前仍列在此处")
    return frame.act(answer, then="/console/suspense", done=done, again=show_suspense)
