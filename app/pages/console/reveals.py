"""Who of the staff saw whose real name in clear, and why."""

from __future__ import annotations

from flask import Response

from app.pages.console import calls, forms, frame, narrowing, sessions
from app.pages.console.areas import Area, entry

blueprint = frame.pages("reveals", __name__)
HOME = "/console/real-name-reveals"
AREA = Area(blueprint, (entry(HOME, "实名查看记录", "系统管理", "operator"),))
SHOWN = 50
FILTERS = ("member_id", "staff_id")


@blueprint.get(HOME)
@sessions.page("operator")
def list_reveals() -> Response:
    """The record, newest first; of one member or one of the staff where they are named."""
    query = {name: forms.asked(name).strip() for name in FILTERS}
    before = forms.identity(forms.asked("before"))
    found = calls.read("/real-name-reveals", **query, before=before, limit=SHOWN)
    kept = {name: value for name, value in query.items() if value}
    following = found["next_before"]
    return frame.render(
        "console/reveals.html",
        rows=found["reveals"],
        narrowing=narrowing.of("reveals", member=query["member_id"], staff=query["staff_id"]),
        following=kept | {"before": following} if following else {},
        first=kept if before else None,
    )
