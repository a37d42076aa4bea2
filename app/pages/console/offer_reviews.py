"""Offers of merchants: what waits for review, deciding, taking down."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, choices, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("offer_reviews", __name__)
READERS = ("operator", "support")
HERE = "/console/offers"
AREA = Area(blueprint, (entry(HERE, "商品审核", "商家", *READERS),))
STATES = ("in_review", "displayed", "paused", "taken_down", "draft")
SHOWN = 30


@blueprint.get(HERE)
@sessions.page(*READERS)
def list_offers() -> Response:
    """Offers that wait for review, or in another state, the newest first."""
    status, before = forms.asked("status", *STATES), forms.identity(forms.asked("before"))
    is_waiting = status == "in_review"
    query = {"in_review": "true"} if is_waiting else {"status": status}
    rows = calls.read("/offers/managed", **query, before=before, limit=SHOWN)["offers"]
    return frame.render(
        "console/offers.html",
        rows=rows,
        merchants={
            each: choices.merchant_called(each) for each in {row["merchant_id"] for row in rows}
        },
        current=status,
        states=STATES,
        following={"status": status, "before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        is_first=before is None,
    )


@blueprint.get(f"{HERE}/<uuid:offer_id>")
@sessions.page(*READERS)
def show_offer(offer_id: UUID) -> Response:
    """An offer with its versions and what became of them."""
    found = calls.read(f"/offers/{offer_id}/history")
    merchant = choices.merchant_called(found["offer"]["merchant_id"])
    here = f"{HERE}/{offer_id}"
    return frame.render("console/offer.html", **found, merchant=merchant, here=here)


@blueprint.get(f"{HERE}/pictures/<uuid:merchant_id>/<string(maxlength=64):name>.jpg")
@sessions.page(*READERS)
def show_picture(merchant_id: UUID, name: str) -> Response:
    """A picture of an offer, also before review."""
    answer = calls.send("GET", f"/offers/pictures/{merchant_id}/{name}.jpg")
    if answer.is_refused:
        raise calls.Refused(answer)
    return Response(answer.data, content_type="image/jpeg", headers=frame.HEADERS)


@blueprint.post(f"{HERE}/<uuid:offer_id>/<any(approve, reject):word>")
@sessions.page("operator")
def review(offer_id: UUID, word: str) -> Response | str:
    """Approve or reject the version that was looked at."""
    wish = forms.body(text=("reason",), whole=("version",)) | {"decision": word}
    answer = calls.send("POST", f"/offers/{offer_id}/review", wish, key=forms.key())
    return _after(offer_id, answer, t("已记录决定"))


@blueprint.post(f"{HERE}/<uuid:offer_id>/<any('take-down', 'restore'):step>")
@sessions.page("operator")
def switch(offer_id: UUID, step: str) -> Response | str:
    """Take it from sight, or undo that."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/offers/{offer_id}/{step}", wish, key=forms.key())
    return _after(offer_id, answer, t("已下架") if step == "take-down" else t("已恢复，由商家上架"))


def _after(offer_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then, again = f"{HERE}/{offer_id}", lambda: show_offer(offer_id)
    return frame.act(answer, then=then, done=done, again=again)
