"""Why a fen is where it is: a member's movements, each explained from its sale to its evidence."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area

blueprint = frame.pages("explanations", __name__)
READERS = ("operator", "finance", "support")
AREA = Area(blueprint)
SHOWN = 50


@blueprint.get("/console/members/<uuid:member_id>/statement")
@sessions.page(*READERS)
def show_statement(member_id: UUID) -> Response:
    """The movements of a member's purses, newest first."""
    cursor = forms.asked("cursor")
    path = f"/members/{member_id}/statement"
    found = calls.read(path, cursor=cursor, limit=SHOWN)
    following = {"cursor": found["next_cursor"]} if found["next_cursor"] else {}
    return frame.render(
        "console/statement.html",
        lines=found["lines"],
        member_id=member_id,
        following=following,
        is_first=not cursor,
    )


@blueprint.get("/console/entries/<string(maxlength=60):entry_id>")
@sessions.page(*READERS)
def show_explanation(entry_id: str) -> Response:
    """Why an entry, or a whole journal, is what it is."""
    return frame.render(
        "console/explanation.html", found=calls.read(f"/entries/{entry_id}/explanation")
    )
