"""Errands that the shop posts for runners, paid from settled money: posted, followed, confirmed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores

blueprint = frame.pages("shop_errands", __name__)
AREA = Area(blueprint, (entry("/shop/errands", "跑腿", "经营", stores.OWNER),))
SHOWN = 20
STEPS = ("confirm", "cancel", "dispute")
CANCELLABLE = ("open", "assigned", "taken")


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
    )


@blueprint.post("/shop/errands")
@sessions.page(stores.OWNER)
def post_errand() -> Response | str:
    """Ask runners for something; the reward is put aside at once."""
    wish = forms.body(text=("campaign_id", "category", "title", "description"), fen=("reward_fen",))
    wish |= {"pick_up": _place("pick_up"), "delivery": _place("delivery")}
    answer = calls.send("POST", "/errands", wish, key=forms.key())
    then = f"/shop/errands/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("已发布，等待跑腿员接单"), again=list_errands)


@blueprint.get("/shop/errands/<uuid:errand_id>")
@sessions.page(stores.OWNER)
def show_errand(errand_id: UUID) -> Response:
    """An errand: where it stands, the codes for who is there, what can be done now."""
    return frame.render(
        "shop/errand.html",
        row=calls.read(f"/errands/{errand_id}"),
        cancellable=CANCELLABLE,
        here=f"/shop/errands/{errand_id}",
    )


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
    then = f"/shop/errands/{errand_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_errand(errand_id))


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
