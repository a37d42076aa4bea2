"""What operators write down about merchants: new ones, who speaks for them, contracts signed on
paper or ended, and what merchants of closed stores still owe."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import (
    calls,
    choices,
    forms,
    frame,
    merchant_parts,
    merchants,
    people,
    sessions,
)
from app.pages.console.areas import Area, entry
from app.pages.console.merchants import HERE
from app.pages.console.texts import t

blueprint = frame.pages("partners", __name__)
SHORTAGES = "/console/shortages"
AREA = Area(blueprint, (entry(SHORTAGES, "停业欠款", "商家", "operator", "finance"),))


@blueprint.get(f"{HERE}/new")
@sessions.page("operator")
def show_new() -> Response:
    """The form for another merchant, with who brought it chosen by name."""
    return _new()


def _new(status: int = 200) -> Response:
    return frame.render(
        "console/merchant_new.html",
        status=status,
        layout=frame.layout(),
        row=None if frame.is_fragment() else {"name": t("商家")},
        here=HERE,
        salesperson_choices=people.salespeople,
        recommender_choices=people.recommenders,
    )


@blueprint.post(f"{HERE}/new")
@sessions.page("operator")
def add() -> Response | str:
    """Add a merchant, with who brought it."""
    if choices.is_finding():
        return _new(people.find())
    wish = forms.body(text=("name", "licence_number", "salesperson_id"))
    brought = forms.text("recommender_id")
    if brought:
        wish["recommender"] = {"kind": forms.text("recommender_kind"), "id": brought}
    answer = calls.send("POST", "/merchants", wish, key=forms.key())
    then = f"{HERE}/{answer.body.get('id')}"
    is_alike = bool(answer.body.get("findings"))
    done = t("已添加商家；另有名称相近的商家，请核对") if is_alike else t("已添加商家")
    return frame.act(answer, then=then, done=done, again=_new)


@blueprint.post(f"{HERE}/<uuid:merchant_id>/contacts")
@sessions.page("operator")
def name_contact(merchant_id: UUID) -> Response | str:
    """Name a member who speaks for a merchant; again changes what they may."""
    if choices.is_finding():
        return merchant_parts.shown(merchant_id, "contacts", people.find())
    wish = forms.body(text=("member_id",), flag=("may_withdraw",))
    answer = calls.send("POST", f"/merchants/{merchant_id}/contacts", wish, key=forms.key())
    return _after(merchant_id, answer, t("已指定联系人"), "contacts")


@blueprint.post(f"{HERE}/<uuid:merchant_id>/contacts/<uuid:member_id>/<any(confirm, decline):word>")
@sessions.page("operator")
def decide_contact(merchant_id: UUID, member_id: UUID, word: str) -> Response | str:
    """Let a contact take the merchant's money out, as another operator asked for, or not."""
    path = f"/merchants/{merchant_id}/contacts/{member_id}/decision"
    answer = calls.send("POST", path, {"is_confirmed": word == "confirm"}, key=forms.key())
    return _after(merchant_id, answer, t("已记录决定"), "contacts")


@blueprint.post(f"{HERE}/<uuid:merchant_id>/contacts/<uuid:member_id>/remove")
@sessions.page("operator")
def remove_contact(merchant_id: UUID, member_id: UUID) -> Response | str:
    """A member no longer speaks for the merchant."""
    answer = calls.send("DELETE", f"/merchants/{merchant_id}/contacts/{member_id}")
    return _after(merchant_id, answer, t("已移除联系人"), "contacts")


@blueprint.post(f"{HERE}/<uuid:merchant_id>/contracts")
@sessions.page("operator")
def sign(merchant_id: UUID) -> Response | str:
    """Write down the next version of the contract as it was signed on paper."""
    wish = merchants.terms() | {"merchant_id": str(merchant_id)}
    answer = calls.send("POST", "/contracts", wish, key=forms.key())
    return _after(merchant_id, answer, t("已登记新版合同"), "contracts")


@blueprint.post(f"{HERE}/<uuid:merchant_id>/contracts/<uuid:contract_id>/end")
@sessions.page("operator")
def end(merchant_id: UUID, contract_id: UUID) -> Response | str:
    """End a contract now."""
    answer = calls.send("POST", f"/contracts/{contract_id}/end", key=forms.key())
    return _after(merchant_id, answer, t("合同已终止"))


@blueprint.post(f"{HERE}/<uuid:merchant_id>/supplier")
@sessions.page("operator")
def let_supply(merchant_id: UUID) -> Response | str:
    """Let a merchant supply what others sell."""
    answer = calls.send("POST", "/suppliers", {"merchant_id": str(merchant_id)}, key=forms.key())
    return _after(merchant_id, answer, t("已登记为供货商"))


@blueprint.get(SHORTAGES)
@sessions.page("operator", "finance")
def list_shortages() -> Response:
    """What merchants with a closed store owe and could not be collected."""
    after = forms.identity(forms.asked("after"))
    found = calls.read("/closures/shortages", after=after)
    return frame.render(
        "console/shortages.html",
        rows=found["shortages"],
        following={"after": found["next_after"]} if found["next_after"] else {},
        is_first=after is None,
    )


def _after(merchant_id: UUID, answer: calls.Answer, done: str, part: str = "") -> Response | str:
    """On to the merchant's page, or back to the part of it whose form was refused."""
    show = (lambda: merchant_parts.shown(merchant_id, part)) if part else None
    again = show or (lambda: merchants.show_merchant(merchant_id))
    return frame.act(answer, then=f"{HERE}/{merchant_id}", done=done, again=again)
