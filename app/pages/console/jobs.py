"""Work that failed too often: what failed and why, tried again, or given up with a reason."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("jobs", __name__)
HOME = "/console/jobs"
AREA = Area(blueprint, (entry(HOME, "失败任务", "系统管理", "operator"),))
STATES = ("dead", "dropped")
SHOWN = 50


@blueprint.get(HOME)
@sessions.page("operator")
def show_jobs() -> Response:
    """How much work of each kind failed, and each piece of it; it holds ids only."""
    state, reader = forms.asked("state", *STATES), forms.asked("reader")
    after = forms.identity(forms.asked("after"))
    found = calls.read("/dead-letters", state=state, reader=reader, after=after, limit=SHOWN)
    rows, query = found["letters"], {"state": state, "reader": reader}
    return frame.render(
        "console/jobs.html",
        rows=rows,
        counts=sorted(found["dead_by_reader"].items()),
        state=state,
        states=STATES,
        reader=reader,
        following=query | {"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first=query if after else None,
    )


@blueprint.get(f"{HOME}/decisions")
@sessions.page("operator")
def show_decisions() -> Response:
    """What was decided about failed work, and by whom."""
    after = forms.identity(forms.asked("after"))
    found = calls.read("/dead-letters/decisions", after=after, limit=SHOWN)
    following = {"after": found["next_after"]} if found["next_after"] else {}
    return frame.render(
        "console/job_decisions.html",
        rows=found["decisions"],
        following=following,
        is_first=after is None,
    )


@blueprint.post(f"{HOME}/retry")
@sessions.page("operator")
def retry_all() -> Response | str:
    """Try all failed work of one kind again."""
    answer = calls.send("POST", "/dead-letters/retry", forms.body(text=("reader",)))
    done = t("已重新排入 {count} 项", count=answer.body.get("retried", 0))
    return frame.act(answer, then=HOME, done=done, again=show_jobs)


@blueprint.post(f"{HOME}/<uuid:letter_id>/retry")
@sessions.page("operator")
def retry(letter_id: UUID) -> Response | str:
    """Try one piece of work again; also one that was given up."""
    answer = calls.send("POST", f"/dead-letters/{letter_id}/retry", key=forms.key())
    return frame.act(answer, then=HOME, done=t("已重新排入"), again=show_jobs)


@blueprint.post(f"{HOME}/<uuid:letter_id>/drop")
@sessions.page("operator")
def drop(letter_id: UUID) -> Response | str:
    """Give one piece of work up; it is kept and can still be tried again."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/dead-letters/{letter_id}/drop", wish, key=forms.key())
    return frame.act(answer, then=HOME, done=t("已放弃，可在“已放弃”中重新尝试"), again=show_jobs)
