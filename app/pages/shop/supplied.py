"""The supplier's desk: what the merchant supplies to others' customers, shipped and put right."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores

blueprint = frame.pages("shop_supplied", __name__)
HERE = "/shop/supplied"
AREA = Area(blueprint, (entry(HERE, "供货发货", "经营", *stores.STAFF),))
STATES = ("paid", "shipped", "completed")
SHOWN = 20


@blueprint.get(HERE)
@sessions.page(*stores.STAFF)
def list_supplied() -> Response:
    """Orders that the visitor's merchant supplies: to ship, the oldest first; sent, the newest."""
    return _page(forms.asked("status", *STATES), forms.identity(forms.asked("from")))


@blueprint.post("/shop/supplies/<uuid:order_id>/parcel")
@sessions.page(*stores.STAFF)
def ship_supply(order_id: UUID) -> Response | str:
    """Say that what the visitor's merchant supplies is on its way, or put its parcel right."""
    wish = forms.body(text=("carrier", "tracking_no"))
    is_correction = bool(request.form.get("is_correction"))
    method = "PUT" if is_correction else "POST"
    answer = calls.send(method, f"/supplies/orders/{order_id}/parcel", wish, key=forms.key())
    done = t("运单已更正") if is_correction else t("已发货")
    status = "shipped" if is_correction else "paid"
    return frame.act(
        answer, then=f"{HERE}?status={status}", done=done, again=lambda: _page(status, None)
    )


def _page(status: str, from_id: str | None) -> Response:
    is_newest_first = status != "paid"
    query = {"before" if is_newest_first else "after": from_id}
    if is_newest_first:
        query["is_newest_first"] = "true"
    rows = calls.read("/supplies/orders", status=status, limit=SHOWN, **query)["orders"]
    kept = {"status": status}
    return frame.render(
        "shop/supplied.html",
        rows=rows,
        current=status,
        states=STATES,
        carriers=stores.CARRIERS,
        here=HERE,
        following=kept | {"from": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first=kept if from_id else None,
    )
