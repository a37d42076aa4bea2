"""Merchants: found by name, their stores, contracts, money and standing; pausing and closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.core.errors import NotFound
from app.pages.console import calls, forms, frame, people, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("merchants", __name__)
READERS = ("operator", "finance", "support")
DECIDERS = ("operator", "reviewer")
HERE, CLOSURES = "/console/merchants", "/console/closures"
AREA = Area(
    blueprint,
    (
        entry(HERE, "商家", "商家", *READERS),
        entry(CLOSURES, "停业复核", "商家", *DECIDERS),
    ),
)
SHOWN = 50
Fields = dict[str, Any]


@blueprint.get(HERE)
@sessions.page(*READERS)
def list_merchants() -> Response:
    """Merchants, or those with a word in their names."""
    name, after = forms.asked("name").strip(), forms.identity(forms.asked("after"))
    rows = calls.read("/merchants", name=name, after=after)["merchants"]
    return frame.render(
        "console/merchants.html",
        rows=rows,
        name=name,
        following={"name": name, "after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        is_first=after is None,
    )


@blueprint.get(f"{HERE}/<uuid:merchant_id>")
@sessions.page(*READERS)
def show_merchant(merchant_id: UUID) -> Response:
    """One merchant: stores and how they stand, contracts, funds. What is rarely looked at comes
    when it is in sight (`merchant_parts`)."""
    row = named(merchant_id)
    path, after = f"/merchants/{merchant_id}", forms.identity(forms.asked("after"))
    stores = calls.read(f"{path}/standing", after=after)["stores"]
    before = forms.asked("before")
    versions = calls.read(f"{path}/contracts", before=before)["versions"]
    return frame.render(
        "console/merchant.html",
        called=people.called,
        row=row,
        stores=stores,
        here_after=f"?after={after}" if after else "",
        following={"after": stores[-1]["store_id"]} if len(stores) == SHOWN else {},
        versions=versions,
        earlier={"before": versions[-1]["version"]} if len(versions) == SHOWN else {},
        funds=calls.read(f"{path}/balances"),
        lent=calls.read(f"{path}/advances"),
        here=f"{HERE}/{merchant_id}",
    )


def named(merchant_id: UUID) -> Fields:
    """What everybody may know of a merchant. Raises NotFound."""
    found: list[Fields] = calls.read("/merchants", id=merchant_id)["merchants"]
    if not found:
        raise NotFound()
    return found[0]


@blueprint.post(f"{HERE}/<uuid:merchant_id>/pauses")
@sessions.page("operator")
def pause(merchant_id: UUID) -> Response | str:
    """Pause a store or all of the merchant at once."""
    wish = forms.body(text=("store_id", "reason"))
    answer = calls.send("POST", f"/merchants/{merchant_id}/pauses", wish, key=forms.key())
    then, again = f"{HERE}/{merchant_id}", lambda: show_merchant(merchant_id)
    return frame.act(answer, then=then, done=t("已暂停营业"), again=again)


@blueprint.post(f"{HERE}/<uuid:merchant_id>/contracts/<uuid:contract_id>/withdraw")
@sessions.page("operator")
def withdraw(merchant_id: UUID, contract_id: UUID) -> Response | str:
    """Take back a version that was not answered."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/contracts/{contract_id}/withdrawal", wish, key=forms.key())
    return _after(merchant_id, answer, t("合同已撤回"))


@blueprint.get(CLOSURES)
@sessions.page(*DECIDERS)
def list_closures() -> Response:
    """Closures, and undoing of closures, that wait for a second person."""
    after = forms.identity(forms.asked("after"))
    rows = calls.read("/closures", is_waiting="true", after=after)["closures"]
    return frame.render(
        "console/closures.html",
        rows=rows,
        me=sessions.visitor().staff_id,
        following={"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        is_first=after is None,
    )


@blueprint.get(f"{CLOSURES}/<uuid:closure_id>")
@sessions.page("operator", "finance", "reviewer", "support")
def show_closure(closure_id: UUID) -> Response:
    """A closure with every step that people took, and what its day brings."""
    row = calls.read(f"/closures/{closure_id}")
    me, here = sessions.visitor().staff_id, f"{CLOSURES}/{closure_id}"
    return frame.render("console/closure.html", row=row, me=me, here=here)


@blueprint.post(f"{CLOSURES}/<uuid:closure_id>/<any(approve, reject):word>")
@sessions.page(*DECIDERS)
def decide(closure_id: UUID, word: str) -> Response | str:
    """The second person's word on what waits."""
    wish = forms.body(text=("reason",)) | {"is_approved": word == "approve"}
    answer = calls.send("POST", f"/closures/{closure_id}/decision", wish, key=forms.key())
    return frame.act(answer, then=CLOSURES, done=t("已记录决定"), again=list_closures)


@blueprint.post(f"{CLOSURES}/<uuid:closure_id>/undo")
@sessions.page("operator")
def undo(closure_id: UUID) -> Response | str:
    """Withdraw one's own request, or ask that a decided closure be undone."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/closures/{closure_id}/undo", wish, key=forms.key())
    return frame.act(answer, then=CLOSURES, done=t("已提交"), again=list_closures)


def policies() -> list[Fields]:
    """Versions of split policies that a contract may name, as far as the visitor may read them."""
    answer = calls.send("GET", "/policies")
    found: list[Fields] = answer.body.get("policies", [])
    return [each for each in found if each["status"] != "withdrawn"]


def terms() -> Fields:
    """The terms of a contract as `console/contract_terms.html` asks for them."""
    return forms.body(
        text=("policy_id", "starts_on", "ends_on"),
        bp=(
            "concession_bp",
            "settlement_fee_bp",
            "member_discount_bp",
            "experience_cap_bp",
            "advance_bp",
        ),
        fen=("payment_maximum_fen", "advance_limit_fen", "advance_deposit_fen"),
        whole=("settlement_working_days", "experience_working_days"),
        flag=("is_bonus_included", "is_channel_fee_borne"),
    )


def _after(merchant_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then, again = f"{HERE}/{merchant_id}", lambda: show_merchant(merchant_id)
    return frame.act(answer, then=then, done=done, again=again)
