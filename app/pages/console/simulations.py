"""Simulations: past sales divided anew under a draft or a version, beside what was posted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("simulations", __name__)
READERS = ("operator", "finance")
HERE = "/console/simulations"
AREA = Area(blueprint, (entry(HERE, "分配模拟", "营销", *READERS),))
OPEN = ("waiting", "running")
KINDS = ("party", "seller", "earner")
SHOWN = 50


@blueprint.get(HERE)
@sessions.page(*READERS)
def list_simulations() -> Response:
    """Simulations, the newest first."""
    after = forms.identity(forms.asked("after"))
    rows = calls.read("/policies/simulations", after=after)["simulations"]
    following = {"after": rows[-1]["id"]} if len(rows) == SHOWN else {}
    return frame.render(
        "console/simulations.html", rows=rows, following=following, is_first=after is None
    )


@blueprint.post(HERE)
@sessions.page(*READERS)
def simulate() -> Response | str:
    """Replay the sales of some days under a draft or a version."""
    wish = forms.body(text=("first_day", "last_day", "draft_id", "policy_id"))
    answer = calls.send("POST", "/policies/simulations", wish, key=forms.key())
    then = f"{HERE}/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("模拟已开始"), again=list_simulations)


@blueprint.get(f"{HERE}/<uuid:simulation_id>")
@sessions.page(*READERS)
def show_simulation(simulation_id: UUID) -> Response:
    """How far it is, and each party before and after."""
    row = calls.read(f"/policies/simulations/{simulation_id}")
    kind = forms.asked("kind", *KINDS)
    offset = forms.asked("offset")
    lines = _lines(simulation_id, kind, offset)
    at = int(offset) if offset.isdigit() else 0
    is_full = len(lines) == SHOWN
    return frame.render(
        "console/simulation.html",
        row=row,
        is_open=row["status"] in OPEN,
        kind=kind,
        kinds=KINDS,
        lines=lines,
        following={"kind": kind, "offset": at + SHOWN} if is_full else {},
        is_first=at == 0,
        here=f"{HERE}/{simulation_id}",
    )


@blueprint.get(f"{HERE}/<uuid:simulation_id>/progress")
@sessions.page(*READERS)
def show_progress(simulation_id: UUID) -> Response:
    """The part of its page that renews itself; the whole page anew at its end."""
    row = calls.read(f"/policies/simulations/{simulation_id}")
    if row["status"] not in OPEN:
        return frame.reload()
    here = f"{HERE}/{simulation_id}"
    return frame.render("console/simulation_progress.html", row=row, is_open=True, here=here)


@blueprint.post(f"{HERE}/<uuid:simulation_id>/cancel")
@sessions.page(*READERS)
def cancel(simulation_id: UUID) -> Response | str:
    """End it before its end."""
    answer = calls.send("POST", f"/policies/simulations/{simulation_id}/cancel", key=forms.key())
    then, again = f"{HERE}/{simulation_id}", lambda: show_simulation(simulation_id)
    return frame.act(answer, then=then, done=t("模拟已取消"), again=again)


@blueprint.get(f"{HERE}/<uuid:simulation_id>/lines.csv")
@sessions.page(*READERS)
def export(simulation_id: UUID) -> Response:
    """All lines of a kind as a file."""
    kind = forms.asked("kind", *KINDS)
    path = f"/policies/simulations/{simulation_id}/lines.csv"
    answer = calls.send("GET", path, query={"kind": kind})
    if answer.is_refused:
        raise calls.Refused(answer)
    name = f"simulation-{simulation_id}-{kind}.csv"
    return frame.download(answer.data, "text/csv; charset=utf-8", name)


def _lines(simulation_id: UUID, kind: str, offset: str) -> list[dict[str, Any]]:
    path = f"/policies/simulations/{simulation_id}/lines"
    found: list[dict[str, Any]] = calls.read(path, kind=kind, offset=offset)["lines"]
    return found
