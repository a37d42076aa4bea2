"""The shop itself: its stores and their posters, its contracts, whose customers buy where."""

from __future__ import annotations

from uuid import UUID

from flask import Response, g

from app.core.errors import NotFound
from app.core.world import beijing_day, now
from app.pages.console import calls, forms, frame, sessions, store_forms
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import pictures, stores

blueprint = frame.pages("shop_place", __name__)
AREA = Area(
    blueprint,
    (
        entry("/shop/stores", "门店与海报", "店铺", *stores.STAFF),
        entry("/shop/contracts", "合同", "店铺", stores.OWNER),
        entry("/shop/difference", "差异码", "店铺", stores.OWNER),
    ),
)
MONTH = 7
blueprint.before_request(pictures.allow)


@blueprint.get("/shop/stores")
@sessions.page(*stores.STAFF)
def list_stores() -> Response:
    """The visitor's stores with their codes, as posters to print; changes the owner proposed."""
    is_owner = stores.OWNER in sessions.visitor().roles
    return frame.render(
        "shop/stores.html",
        stores=stores.managed(),
        changes=calls.read("/store-changes")["changes"] if is_owner else [],
        week=store_forms.WEEK,
    )


@blueprint.get("/shop/stores/<uuid:store_id>")
@sessions.page(stores.OWNER)
def show_store(store_id: UUID) -> Response:
    """What people are told of a store, with its pictures, as a form to propose a change."""
    store = _own(store_id)
    return frame.render(
        "shop/store.html",
        store=store,
        shown=store_forms.shown(store),
        pictures=g.get("pictures", store["pictures"]),
        categories=calls.read("/store-categories")["categories"],
        week=store_forms.WEEK,
        here=f"/shop/stores/{store_id}",
    )


@blueprint.post("/shop/stores/<uuid:store_id>")
@sessions.page(stores.OWNER)
def propose_change(store_id: UUID) -> Response | str:
    """Propose what people are told of a store, and its pictures."""
    store = _own(store_id)
    refused = pictures.send_of_offer()
    wish = {"wanted": store_forms.wanted(store, g.pictures), "note": forms.text("note")}
    path = f"/stores/{store_id}/changes"
    answer = refused or calls.send("POST", path, wish, key=forms.key())
    return frame.act(
        answer,
        then="/shop/stores",
        done=t("已提交，平台审核后生效"),
        again=lambda: show_store(store_id),
    )


@blueprint.get("/shop/contracts")
@sessions.page(stores.OWNER)
def list_contracts() -> Response:
    """Every version of the contract, the newest first; one that is offered can be answered."""
    rows = calls.read(f"/merchants/{stores.merchant_id()}/contracts")["versions"]
    return frame.render("shop/contracts.html", rows=rows)


@blueprint.post("/shop/contracts/<uuid:contract_id>/answer")
@sessions.page(stores.OWNER)
def answer_contract(contract_id: UUID) -> Response | str:
    """Accept or decline an offered version, as it was shown."""
    wish = forms.body(text=("terms_hash", "reason"))
    wish["is_accepted"] = forms.text("answer") == "accept"
    answer = calls.send("POST", f"/contracts/{contract_id}/answer", wish, key=forms.key())
    done = t("合同已接受") if wish["is_accepted"] else t("合同已拒绝")
    return frame.act(answer, then="/shop/contracts", done=done, again=list_contracts)


@blueprint.get("/shop/difference")
@sessions.page(stores.OWNER)
def show_difference() -> Response:
    """A month: the merchant's customers in other shops, and others' customers here."""
    month = forms.asked("month") or str(beijing_day(now()))[:MONTH]
    merchant_id = stores.merchant_id()
    found = calls.read("/difference-codes/report", month=month, merchant_id=merchant_id)
    return frame.render(
        "shop/difference.html",
        rows=found["pairs"],
        month=month,
        me=merchant_id,
        code=calls.read(f"/merchants/{merchant_id}/difference-code"),
    )


@blueprint.get("/shop/difference.csv")
@sessions.page(stores.OWNER)
def download_difference() -> Response:
    """A month for spreadsheets."""
    month = forms.asked("month")
    query = {"month": month, "merchant_id": stores.merchant_id()}
    answer = calls.send("GET", "/difference-codes/report.csv", query=query)
    if answer.is_refused:
        raise calls.Refused(answer)
    return frame.download(answer.data, answer.headers["Content-Type"], "difference-codes.csv")


def _own(store_id: UUID) -> calls.Fields:
    """One of the visitor's stores as everybody sees it. Raises NotFound for another's."""
    if str(store_id) not in {each["id"] for each in stores.managed()}:
        raise NotFound()
    return calls.read(f"/stores/{store_id}")
