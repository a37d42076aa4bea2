"""Orders: handed over by their pick-up codes, shipped, taken back."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Response, g, request

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores, till

blueprint = frame.pages("shop_orders", __name__)
AREA = Area(
    blueprint,
    (
        entry("/shop/orders", "订单", "经营", *stores.STAFF),
        entry("/shop/pick-up", "取货核销", "经营", *stores.STAFF),
        entry("/shop/shipping", "发货", "经营", *stores.STAFF),
    ),
)
STATES = ("", "paid", "shipped", "completed", "returned", "unpaid", "cancelled", "expired")
SHOWN = 20
PIECES = re.compile(r"pieces-(\d{1,3})")


@blueprint.get("/shop/orders")
@sessions.page(*stores.STAFF)
def list_orders() -> Response:
    """Orders of the visitor's stores, newest first."""
    status = forms.asked("status", *STATES)
    before = forms.identity(forms.asked("before"))
    rows = calls.read("/orders/managed", status=status, before=before, limit=SHOWN)["orders"]
    here = {"status": status} if status else {}
    return frame.render(
        "shop/orders.html",
        rows=rows,
        current=status,
        states=STATES,
        following=here | {"before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first=here if before else None,
    )


@blueprint.get("/shop/pick-up")
@sessions.page(*stores.STAFF)
def show_pick_up() -> Response:
    """Where a pick-up code is scanned or typed."""
    return till.with_camera(frame.render("shop/pick_up.html"))


@blueprint.post("/shop/pick-up")
@sessions.page(*stores.STAFF)
def hand_over() -> Response | str:
    """Hand an order over to who shows its code."""
    wish = {"code": re.sub(r"\D", "", forms.text("code"))}
    answer = calls.send("POST", "/orders/pick-ups", wish, key=forms.key())
    then = f"/shop/orders/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("核销成功，请交付商品"), again=show_pick_up)


@blueprint.get("/shop/shipping")
@sessions.page(*stores.STAFF)
def show_desk() -> Response:
    """What waits to be shipped, the oldest first; what is supplied to others has its own desk."""
    after = forms.identity(forms.asked("after"))
    rows = calls.read("/orders/to-ship", after=after, limit=SHOWN)["orders"]
    supplied = calls.read("/supplies/orders", status="paid", limit=1)["orders"]
    return frame.render(
        "shop/shipping.html",
        rows=rows,
        does_supply=bool(supplied),
        carriers=stores.CARRIERS,
        following={"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        is_first=after is None,
    )


@blueprint.get("/shop/orders/<uuid:order_id>")
@sessions.page(*stores.STAFF)
def show_order(order_id: UUID) -> Response:
    """An order: what, for how much, what happened, and what comes next."""
    return frame.render(
        "shop/order.html",
        row=calls.read(f"/orders/{order_id}"),
        carriers=stores.CARRIERS,
        here=f"/shop/orders/{order_id}",
    )


@blueprint.post("/shop/orders/<uuid:order_id>/ready")
@sessions.page(*stores.STAFF)
def make_ready(order_id: UUID) -> Response | str:
    """Tell the buyer that it lies ready."""
    answer = calls.send("POST", f"/orders/{order_id}/ready", {}, key=forms.key())
    return _after(order_id, answer, t("已通知顾客取货"))


@blueprint.post("/shop/orders/<uuid:order_id>/parcel")
@sessions.page(*stores.STAFF)
def ship(order_id: UUID) -> Response | str:
    """Say that it is on its way; the first time, or with the carrier put right."""
    wish = forms.body(text=("carrier", "tracking_no"))
    method = "PUT" if request.form.get("is_correction") else "POST"
    answer = calls.send(method, f"/orders/{order_id}/parcel", wish, key=forms.key())
    return _after(order_id, answer, t("已发货，顾客会收到通知"))


@blueprint.post("/shop/orders/<uuid:order_id>/returns")
@sessions.page(*stores.STAFF)
def take_back(order_id: UUID) -> Response | str:
    """Give back what was paid for the chosen pieces; for all of them only if nothing was typed."""
    wish: dict[str, Any] = forms.body(text=("reason",))
    typed = [
        {"number": int(found[1]), "quantity": forms.whole(name)}
        for name in request.form
        if (found := PIECES.fullmatch(name)) and forms.text(name)
    ]
    chosen = [line for line in typed if line["quantity"] != 0]
    if typed and not chosen:
        return _nothing_chosen(order_id)
    if chosen:
        wish["lines"] = chosen
    answer = calls.send("POST", f"/orders/{order_id}/returns", wish, key=forms.key())
    return _after(order_id, answer, t("已退款，各部分退回原处"))


def _nothing_chosen(order_id: UUID) -> Response:
    message = t("退回件数都是 0，没有退款。要全部退回，请把件数全部留空。")
    g.refusal = frame.Refusal(request.path, 422, "invalid_request", message)
    response = show_order(order_id)
    response.status_code = 422
    return response


def _after(order_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"/shop/orders/{order_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_order(order_id))
