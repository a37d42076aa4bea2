"""Stores of the alliance: added, changed, what merchants proposed about them, and categories."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, merchant_parts, merchants, sessions, store_forms
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("stores", __name__)
READERS = ("operator", "support")
CHANGES, CATEGORIES = "/console/store-changes", "/console/store-categories"
PICTURES = "/console/offers/pictures"
AREA = Area(
    blueprint,
    (
        entry(CHANGES, "门店资料审核", "商家", *READERS),
        entry(CATEGORIES, "门店类别", "商家", "operator"),
    ),
)
STATES = ("proposed", "applied", "rejected")
SHOWN = 50


@blueprint.post(f"{merchants.HERE}/<uuid:merchant_id>/stores")
@sessions.page("operator")
def add(merchant_id: UUID) -> Response | str:
    """Open a store of a merchant; its code is made with it."""
    wish = forms.body(text=("name", "address", "category")) | {"merchant_id": str(merchant_id)}
    answer = calls.send("POST", "/stores", wish, key=forms.key())
    then = f"/console/stores/{answer.body.get('id')}"
    again = lambda: merchant_parts.shown(merchant_id, "stores")  # noqa: E731
    return frame.act(answer, then=then, done=t("门店已添加"), again=again)


@blueprint.get("/console/stores/<uuid:store_id>")
@sessions.page("operator")
def show_store(store_id: UUID) -> Response:
    """What people are told of a store, as a form: the operator's change counts at once."""
    store = calls.read(f"/stores/{store_id}")
    return frame.render(
        "console/store.html",
        store=store,
        shown=store_forms.shown(store),
        categories=calls.read("/store-categories")["categories"],
        week=store_forms.WEEK,
        here=f"/console/stores/{store_id}",
        pictures=f"{PICTURES}/{store['merchant_id']}",
    )


@blueprint.post("/console/stores/<uuid:store_id>")
@sessions.page("operator")
def change(store_id: UUID) -> Response | str:
    """Change what people are told of a store; the values before are kept."""
    store = calls.read(f"/stores/{store_id}")
    wish = {
        "wanted": store_forms.wanted(store, forms.many("pictures")),
        "note": forms.text("note"),
    }
    answer = calls.send("POST", f"/stores/{store_id}/changes", wish, key=forms.key())
    then = f"/console/stores/{store_id}"
    return frame.act(answer, then=then, done=t("已修改"), again=lambda: show_store(store_id))


@blueprint.get(CHANGES)
@sessions.page(*READERS)
def list_changes() -> Response:
    """What merchants proposed about their stores, and what became of it."""
    status, after = forms.asked("status", *STATES), forms.identity(forms.asked("after"))
    rows = calls.read("/store-changes", status=status, after=after)["changes"]
    return frame.render(
        "console/store_changes.html",
        rows=rows,
        states=STATES,
        current=status,
        week=store_forms.WEEK,
        pictures=PICTURES,
        may="operator" in sessions.visitor().roles,
        following={"status": status, "after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={"status": status} if after else None,
    )


@blueprint.post(f"{CHANGES}/<uuid:change_id>/<any(apply, reject):word>")
@sessions.page("operator")
def decide(change_id: UUID, word: str) -> Response | str:
    """Apply what was proposed, or reject it with a note for the merchant."""
    wish = forms.body(text=("note",)) | {"is_applied": word == "apply"}
    answer = calls.send("POST", f"/store-changes/{change_id}/decision", wish, key=forms.key())
    done = t("已生效") if word == "apply" else t("已驳回")
    return frame.act(answer, then=CHANGES, done=done, again=list_changes)


@blueprint.get(CATEGORIES)
@sessions.page("operator")
def list_categories() -> Response:
    """The tree of categories, and forms to change it."""
    rows = calls.read("/store-categories")["categories"]
    return frame.render("console/store_categories.html", rows=rows, here=CATEGORIES)


@blueprint.post(CATEGORIES)
@sessions.page("operator")
def add_category() -> Response | str:
    """Add a category; one with a dot lies within the category before it."""
    wish = forms.body(text=("code", "name", "name_en"), whole=("position",))
    answer = calls.send("POST", "/store-categories", wish, key=forms.key())
    return frame.act(answer, then=CATEGORIES, done=t("类别已添加"), again=list_categories)


@blueprint.post(f"{CATEGORIES}/<string:code>")
@sessions.page("operator")
def change_category(code: str) -> Response | str:
    """Rename, move, close or open a category; its code stays."""
    wish = forms.body(text=("name", "name_en"), whole=("position",), flag=("is_open",))
    answer = calls.send("PUT", f"/store-categories/{code}", wish, key=forms.key())
    return frame.act(answer, then=CATEGORIES, done=t("类别已修改"), again=list_categories)
