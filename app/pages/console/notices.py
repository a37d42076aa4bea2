"""What members are told: what did not arrive and why, and how each kind of notice reads."""

from __future__ import annotations

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry

blueprint = frame.pages("notices", __name__)
STAFF = ("support", "operator")
HOME = "/console/notices"
AREA = Area(blueprint, (entry(HOME, "消息通知", "服务", *STAFF),))
STATES = ("blocked", "failed", "unreachable", "unknown", "skipped", "queued", "sent", "delivered")
SHOWN = 50


@blueprint.get(HOME)
@sessions.page(*STAFF)
def show_notices() -> Response:
    """Notices in a state, newest first: those that did not arrive, to begin with."""
    state, kind = forms.asked("state", *STATES), forms.asked("kind")
    code, before = forms.asked("error_code"), forms.identity(forms.asked("before"))
    query = {"state": state, "kind": kind, "error_code": code}
    rows = calls.read("/notices", **query, before=before, limit=SHOWN)["notices"]
    kept = {name: value for name, value in query.items() if value}
    return frame.render(
        "console/notices.html",
        rows=rows,
        states=STATES,
        query=query,
        following=kept | {"before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first=kept if before else None,
    )


@blueprint.get(f"{HOME}/previews")
@sessions.page(*STAFF)
def show_previews() -> Response:
    """Each kind of notice with example values."""
    return frame.render("console/notice_previews.html", **calls.read("/notices/previews"))
