"""Levels of members: what reaches them, what they give, ended where they are no longer wanted."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("levels", __name__)
HERE = "/console/member-levels"
AREA = Area(blueprint, (entry(HERE, "会员等级", "会员", "operator"),))


@blueprint.get(HERE)
@sessions.page("operator")
def list_levels() -> Response:
    """The levels in force, and a form for another one."""
    rows = calls.read("/member-levels")["levels"]
    return frame.render("console/levels.html", rows=rows, here=HERE)


@blueprint.post(HERE)
@sessions.page("operator")
def add() -> Response | str:
    """Add a level; its gift is paid from the campaign fund up to its budget."""
    wish = forms.body(
        text=("name", "name_en"),
        fen=("threshold_fen", "gift_fen", "budget_fen"),
        whole=("period_days",),
    )
    answer = calls.send("POST", "/member-levels", wish, key=forms.key())
    return frame.act(answer, then=HERE, done=t("等级已添加"), again=list_levels)


@blueprint.post(f"{HERE}/<uuid:level_id>/end")
@sessions.page("operator")
def end(level_id: UUID) -> Response | str:
    """End a level; nobody reaches it from now on."""
    answer = calls.send("POST", f"/member-levels/{level_id}/end", key=forms.key())
    return frame.act(answer, then=HERE, done=t("等级已结束"), again=list_levels)
