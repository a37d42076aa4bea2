"""Errands that the shop posts for runners, paid from settled money: posted with pictures, one
runner asked, followed, confirmed, rated."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from flask import Response, g

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import pictures, stores

blueprint = frame.pages("shop_errands", __name__)
AREA = Area(blueprint, (entry("/shop/errands", "跑腿", "经营", stores.OWNER),))
SHOWN = 20
OPEN = {
    "confirm": ("delivered",),
    "dispute": ("picked_up", "delivered"),
    "cancel": ("open", "assigned", "taken"),
    "assign": ("open",),
    "rating": ("completed", "decided", "cancelled"),
}
"""In which states the poster may do what."""
KNOWN_FROM = 50
"""Of how many of the latest errands the runners can be asked again by choosing."""

blueprint.before_request(pictures.allow)


@blueprint.get("/shop/errands")
@sessions.page(stores.OWNER)
def list_errands() -> Response:
    """The merchant's errands, newest first, and posting another one."""
    before = forms.identity(forms.asked("before"))
    found = calls.read("/errands/managed", before=before, limit=SHOWN)
    running = calls.read("/running-campaigns", benefit="errands")["campaigns"]
    return frame.render(
        "shop/errands.html",
        rows=found["errands"],
        following={"before": found["next"]} if found["next"] else {},
        is_first=before is None,
        programmes=running,
        stores=stores.managed(),
        pictures=g.get("pictures", []),
    )


@blueprint.post("/shop/errands")
@sessions.page(stores.OWNER)
def post_errand() -> Response | str:
    """Ask runners for something; the reward is put aside at once."""
    wish = forms.body(text=("campaign_id", "category", "title", "description"), fen=("reward_fen",))
    wish |= {"pick_up": _place("pick_up"), "delivery": _place("delivery")}
    refused = pictures.send_of_errand()
    wish["pictures"] = g.pictures
    answer = refused or calls.send("POST", "/errands", wish, key=forms.key())
    then = f"/shop/errands/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("已发布，等待跑腿员接单"), again=list_errands)


@blueprint.get("/shop/errands/<uuid:errand_id>")
@sessions.page(stores.OWNER)
def show_errand(errand_id: UUID) -> Response:
    """An errand: where it stands, the codes for who is there, what can be done now."""
    row, here = calls.read(f"/errands/{errand_id}"), f"/shop/errands/{errand_id}"
    known = _known_runners() if row["status"] == "open" else []
    return frame.render(
        "shop/errand.html",
        row=row,
        known=known,
        steps=[f"{here}/{step}" for step in _open_steps(row, known)],
        here=here,
    )


@blueprint.get("/shop/errands/pictures/<uuid:picture_id>.jpg")
@sessions.page(stores.OWNER)
def show_picture(picture_id: UUID) -> Response:
    """A picture of what is to be carried, or of that it was."""
    answer = calls.send("GET", f"/errands/pictures/{picture_id}.jpg")
    if answer.is_refused:
        raise calls.Refused(answer)
    return Response(answer.data, content_type="image/jpeg", headers=frame.HEADERS)


@blueprint.post("/shop/errands/<uuid:errand_id>/assign")
@sessions.page(stores.OWNER)
def ask_runner(errand_id: UUID) -> Response | str:
    """Ask one runner, of those who ran for the shop before."""
    wish = forms.body(text=("runner_id",))
    answer = calls.send("POST", f"/errands/{errand_id}/assign", wish, key=forms.key())
    return _after(errand_id, answer, t("已请该跑腿员接单"))


@blueprint.post("/shop/errands/<uuid:errand_id>/rating")
@sessions.page(stores.OWNER)
def rate(errand_id: UUID) -> Response | str:
    """Give the runner one to five stars, once."""
    wish = forms.body(whole=("stars",))
    answer = calls.send("POST", f"/errands/{errand_id}/rating", wish, key=forms.key())
    return _after(errand_id, answer, t("已评价"))


@blueprint.post("/shop/errands/<uuid:errand_id>/<any(confirm, cancel, dispute):step>")
@sessions.page(stores.OWNER)
def take_step(errand_id: UUID, step: str) -> Response | str:
    """Confirm that it was done, or cancel it, or say that something is wrong."""
    wish = None if step == "confirm" else forms.body(text=("reason",))
    answer = calls.send("POST", f"/errands/{errand_id}/{step}", wish, key=forms.key())
    done = {
        "confirm": t("已确认，赏金付给跑腿员"),
        "cancel": t("跑腿单已取消"),
        "dispute": t("已提交平台处理"),
    }[step]
    return _after(errand_id, answer, done)


def _after(errand_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"/shop/errands/{errand_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_errand(errand_id))


def _open_steps(row: dict[str, Any], known: list[tuple[str, int]]) -> list[str]:
    """What its poster can do with an errand now; a runner is rated who had taken it, once."""
    was_taken = any(step["status"] == "taken" for step in row["steps"])
    is_left_out = {
        "assign": not known,
        "rating": not row["runner_id"] or not was_taken or bool(row["my_stars"]),
    }
    return [
        step
        for step, states in OPEN.items()
        if row["status"] in states and not is_left_out.get(step)
    ]


def _known_runners() -> list[tuple[str, int]]:
    """Who completed one of the shop's latest errands, and how many, most first."""
    rows = calls.read("/errands/managed", status="completed", limit=KNOWN_FROM)["errands"]
    return Counter(row["runner_id"] for row in rows if row["runner_id"]).most_common()


def _place(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        each: forms.text(f"{name}-{each}") for each in ("address", "contact_name", "contact_phone")
    }
    for each in ("latitude", "longitude"):
        typed = forms.text(f"{name}-{each}")
        try:
            found[each] = float(typed)
        except ValueError:
            found[each] = typed
    return found
