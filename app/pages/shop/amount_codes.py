"""Codes of an amount, shown to who pays: on this screen, or printed for the wall."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores, till

blueprint = frame.pages("amount_codes", __name__)
AREA = Area(blueprint, (entry("/shop/amount-codes", "收款码", "收银", *stores.STAFF),))
PAGE = 50
SHOWN_MINUTES = 30


@blueprint.get("/shop/amount-codes")
@sessions.page(*stores.STAFF)
def list_codes() -> Response:
    """The codes of a store, and issuing another one."""
    found = stores.managed()
    chosen = stores.chosen(found)
    after = forms.identity(forms.asked("after"))
    rows = calls.read("/amount-codes", store_id=chosen, after=after)["codes"] if chosen else []
    following = {"store_id": chosen, "after": rows[-1]["id"]} if len(rows) == PAGE else {}
    return frame.render(
        "shop/amount_codes.html",
        stores=found,
        chosen=chosen,
        rows=rows,
        following=following,
        is_first=after is None,
    )


@blueprint.post("/shop/amount-codes/at-till")
@sessions.page(*stores.STAFF)
def show_at_till() -> Response | str:
    """A code for one payment of this amount, for the next half hour."""
    wish = forms.body(text=("store_id",), fen=("amount_fen",))
    wish |= {"is_single": True, "valid_minutes": SHOWN_MINUTES}
    return _issued(calls.send("POST", "/amount-codes", wish, key=forms.key()), is_at_till=True)


@blueprint.post("/shop/amount-codes")
@sessions.page(*stores.STAFF)
def issue() -> Response | str:
    """A code for the wall or the table, for one payment or for many."""
    wish = forms.body(
        text=("store_id", "description"), fen=("amount_fen",), whole=("valid_minutes",)
    )
    wish["is_single"] = forms.flag("is_single")
    return _issued(calls.send("POST", "/amount-codes", wish, key=forms.key()), is_at_till=False)


@blueprint.get("/shop/amount-codes/<uuid:code_id>")
@sessions.page(*stores.STAFF)
def show_code(code_id: UUID) -> Response:
    """A code as large as the screen, until it was paid."""
    row = calls.read(f"/amount-codes/{code_id}")
    names = {each["id"]: each["name"] for each in stores.managed()}
    return frame.render("shop/amount_code.html", row=row, store_name=names.get(row["store_id"], ""))


@blueprint.get("/shop/amount-codes/<uuid:code_id>/standing")
@sessions.page(*stores.STAFF)
def show_standing(code_id: UUID) -> Response:
    """Whether it was paid; once it is decided, the whole page is loaded anew."""
    row = calls.read(f"/amount-codes/{code_id}")
    if row["status"] != "open":
        return frame.reload()
    return frame.render("shop/amount_code_standing.html", row=row)


@blueprint.post("/shop/amount-codes/<uuid:code_id>/end")
@sessions.page(*stores.STAFF)
def end(code_id: UUID) -> Response | str:
    """Let nobody pay by it any more."""
    answer = calls.send("POST", f"/amount-codes/{code_id}/end", {}, key=forms.key())
    then = f"/shop/amount-codes/{code_id}"
    return frame.act(answer, then=then, done=t("收款码已停用"), again=lambda: show_code(code_id))


def _issued(answer: calls.Answer, *, is_at_till: bool) -> Response | str:
    again = till.show_till if is_at_till else list_codes
    then = f"/shop/amount-codes/{answer.body.get('id')}"
    return frame.act(answer, then=then, done="", again=again)
