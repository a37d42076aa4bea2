"""What the shop offers: written, shown with pictures, submitted for review, kept in stock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, g

from app.core.errors import NotFound
from app.pages.console import calls, choices, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import pictures, stores

blueprint = frame.pages("shop_offers", __name__)
AREA = Area(blueprint, (entry("/shop/offers", "商品与服务", "经营", *stores.STAFF),))
STATES = ("", "displayed", "draft", "paused", "taken_down")
SHOWN = 30


blueprint.before_request(pictures.allow)


@blueprint.get("/shop/offers")
@sessions.page(*stores.STAFF)
def list_offers() -> Response:
    """The offers of the visitor's stores, newest first."""
    status = forms.asked("status", *STATES)
    before = forms.identity(forms.asked("before"))
    rows = calls.read("/offers/managed", status=status, before=before, limit=SHOWN)["offers"]
    here = {"status": status} if status else {}
    return frame.render(
        "shop/offers.html",
        rows=rows,
        current=status,
        states=STATES,
        following=here | {"before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first=here if before else None,
    )


@blueprint.get("/shop/offers/new")
@sessions.page(stores.OWNER)
def show_new() -> Response:
    """An empty form."""
    return _form("/shop/offers", None)


@blueprint.post("/shop/offers")
@sessions.page(stores.OWNER)
def write() -> Response | str:
    """Write an offer as a draft."""
    refused = pictures.send_of_offer()
    wish = _wording() | forms.body(text=("store_id", "kind"), whole=("stock",))
    answer = refused or calls.send("POST", "/offers", wish, key=forms.key())
    then = f"/shop/offers/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("草稿已保存"), again=show_new)


@blueprint.get("/shop/offers/<uuid:offer_id>")
@sessions.page(*stores.STAFF)
def show_offer(offer_id: UUID) -> Response:
    """An offer with its versions and what became of them."""
    return shown(offer_id)


def shown(offer_id: UUID) -> Response:
    """An offer's page, also where one of its forms looked for something or was refused."""
    found = calls.read(f"/offers/{offer_id}/history")
    return frame.render(
        "shop/offer.html",
        **found,
        here=f"/shop/offers/{offer_id}",
        supplier_choices=choices.suppliers,
    )


@blueprint.get("/shop/offers/<uuid:offer_id>/edit")
@sessions.page(stores.OWNER)
def show_edit(offer_id: UUID) -> Response:
    """The latest version as a form for the next one."""
    found = calls.read(f"/offers/{offer_id}/history")["offer"]
    return _form(f"/shop/offers/{offer_id}", found)


@blueprint.post("/shop/offers/<uuid:offer_id>")
@sessions.page(stores.OWNER)
def rewrite(offer_id: UUID) -> Response | str:
    """Write a further version."""
    refused = pictures.send_of_offer()
    answer = refused or calls.send("PUT", f"/offers/{offer_id}", _wording(), key=forms.key())
    then = f"/shop/offers/{offer_id}"
    return frame.act(answer, then=then, done=t("草稿已保存"), again=lambda: show_edit(offer_id))


@blueprint.post("/shop/offers/<uuid:offer_id>/<any(submit, pause, resume):step>")
@sessions.page(*stores.STAFF)
def take_step(offer_id: UUID, step: str) -> Response | str:
    """Submit the latest version for review, or stop selling, or sell again."""
    wish = forms.body(whole=("version",)) if step == "submit" else {}
    answer = calls.send("POST", f"/offers/{offer_id}/{step}", wish, key=forms.key())
    done = {"submit": t("已提交审核"), "pause": t("已暂停销售"), "resume": t("已恢复销售")}[step]
    return _after(offer_id, answer, done)


@blueprint.post("/shop/offers/<uuid:offer_id>/stock")
@sessions.page(*stores.STAFF)
def count_stock(offer_id: UUID) -> Response | str:
    """Say how much there is, as long as nothing was sold since the page was loaded."""
    wish: dict[str, Any] = {"stock": None, "expected": None}
    wish |= forms.body(whole=("stock", "expected"))
    answer = calls.send("PUT", f"/offers/{offer_id}/stock", wish, key=forms.key())
    return _after(offer_id, answer, t("库存已更新"))


@blueprint.get("/shop/pictures/<string(length=64):name>.jpg")
@sessions.page(*stores.STAFF)
def show_picture(name: str) -> Response:
    """A picture of the visitor's merchant, also before review."""
    answer = calls.send("GET", f"/offers/pictures/{stores.merchant_id()}/{name}.jpg")
    if answer.is_refused:
        raise NotFound()
    return Response(answer.data, content_type="image/jpeg", headers=frame.HEADERS)


def _form(action: str, offer: dict[str, Any] | None) -> Response:
    latest = (offer or {}).get("latest", {})
    return frame.render(
        "shop/offer_form.html",
        action=action,
        offer=offer,
        latest=latest,
        pictures=g.get("pictures", latest.get("pictures", [])),
        stores=stores.managed(),
        chosen=stores.chosen(stores.managed()) if offer is None else offer["store_id"],
        categories=calls.read("/store-categories")["categories"],
    )


def _wording() -> dict[str, Any]:
    wish = forms.body(
        text=("title", "text", "category", "link"),
        fen=("price_fen", "member_price_fen"),
        many=("deliveries",),
    )
    return wish | {"pictures": g.pictures}


def _after(offer_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"/shop/offers/{offer_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_offer(offer_id))
