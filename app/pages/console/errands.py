"""Errands in dispute, decided by two people, and who may run errands."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("errands", __name__)
DECIDERS, RUNNER_READERS = ("operator", "support"), ("operator", "reviewer", "support")
ERRANDS, RUNNERS = "/console/errands", "/console/errand-runners"
AREA = Area(
    blueprint,
    (
        entry(ERRANDS, "跑腿争议", "服务", *DECIDERS),
        entry(RUNNERS, "跑腿员", "服务", *RUNNER_READERS),
    ),
)
STATES = (
    "disputed",
    "open",
    "taken",
    "picked_up",
    "delivered",
    "completed",
    "decided",
    "cancelled",
)
RUNNER_STATES = ("applied", "approved", "suspended", "rejected")
SHOWN = 30


@blueprint.get(ERRANDS)
@sessions.page(*DECIDERS)
def list_errands() -> Response:
    """Errands in a state, newest first; those in dispute to begin with."""
    status, before = forms.asked("status", *STATES), forms.identity(forms.asked("before"))
    found = calls.read("/errands/managed", status=status, before=before, limit=SHOWN)
    return frame.render(
        "console/errands.html",
        rows=found["errands"],
        states=STATES,
        current=status,
        following={"status": status, "before": found["next"]} if found["next"] else {},
        first={"status": status} if before else None,
    )


@blueprint.get(f"{ERRANDS}/<uuid:errand_id>")
@sessions.page(*DECIDERS)
def show_errand(errand_id: UUID) -> Response:
    """An errand with its steps and pictures, and how its dispute may end."""
    here, roles = f"{ERRANDS}/{errand_id}", sessions.visitor().roles
    row = calls.read(f"/errands/{errand_id}")
    return frame.render("console/errand.html", row=row, here=here, is_operator="operator" in roles)


@blueprint.get(f"{ERRANDS}/pictures/<uuid:picture_id>.jpg")
@sessions.page(*DECIDERS)
def show_picture(picture_id: UUID) -> Response:
    """A picture of what is to be carried, or of that it was."""
    answer = calls.send("GET", f"/errands/pictures/{picture_id}.jpg")
    if answer.is_refused:
        raise calls.Refused(answer)
    return Response(answer.data, content_type="image/jpeg", headers=frame.HEADERS)


@blueprint.post(f"{ERRANDS}/<uuid:errand_id>/decision")
@sessions.page(*DECIDERS)
def propose(errand_id: UUID) -> Response | str:
    """Propose how much of the reward the runner gets; another person confirms it."""
    wish = forms.body(text=("reason",), fen=("amount_fen",))
    answer = calls.send("POST", f"/errands/{errand_id}/decision", wish, key=forms.key())
    return _after(errand_id, answer, t("裁决已提出，待另一人确认"))


@blueprint.post(f"{ERRANDS}/<uuid:errand_id>/confirm")
@sessions.page("operator")
def confirm(errand_id: UUID) -> Response | str:
    """Confirm the decision that another person proposed, as it was shown."""
    wish = forms.body(whole=("amount_fen",))
    answer = calls.send("POST", f"/errands/{errand_id}/decision/confirm", wish, key=forms.key())
    return _after(errand_id, answer, t("裁决已生效，款项已付"))


@blueprint.get(RUNNERS)
@sessions.page(*RUNNER_READERS)
def list_runners() -> Response:
    """Members who asked to run errands, or do."""
    status, before = forms.asked("status", *RUNNER_STATES), forms.identity(forms.asked("before"))
    found = calls.read("/errand-runners", status=status, before=before, limit=SHOWN)
    return frame.render(
        "console/errand_runners.html",
        rows=found["runners"],
        states=RUNNER_STATES,
        current=status,
        following={"status": status, "before": found["next"]} if found["next"] else {},
        first={"status": status} if before else None,
    )


@blueprint.post(f"{RUNNERS}/<uuid:member_id>/<any(approve, reject):word>")
@sessions.page("operator", "reviewer")
def review(member_id: UUID, word: str) -> Response | str:
    """Let somebody run errands, or not."""
    wish = forms.body(text=("reason",)) | {"is_approved": word == "approve"}
    answer = calls.send("POST", f"/errand-runners/{member_id}/review", wish, key=forms.key())
    return frame.act(answer, then=RUNNERS, done=t("已记录决定"), again=list_runners)


@blueprint.post(f"{RUNNERS}/<uuid:member_id>/<any(suspend, resume):step>")
@sessions.page("operator")
def switch(member_id: UUID, step: str) -> Response | str:
    """Stop a runner, or undo that."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/errand-runners/{member_id}/{step}", wish, key=forms.key())
    done = t("已暂停接单") if step == "suspend" else t("已恢复接单")
    return frame.act(answer, then=RUNNERS, done=done, again=list_runners)


def _after(errand_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"{ERRANDS}/{errand_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_errand(errand_id))
