"""Parts of a merchant's page that are rarely looked at: each comes when it is in sight, or stands
on a page of its own without scripts and where its form was refused."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, choices, forms, frame, merchants, people, sessions
from app.pages.console.areas import Area
from app.pages.console.merchants import HERE, READERS, Fields
from app.pages.console.texts import t

blueprint = frame.pages("merchant_parts", __name__)
AREA = Area(blueprint)
SHOWN = merchants.SHOWN


@blueprint.get(f"{HERE}/<uuid:merchant_id>/<any(contacts, stops):part>")
@sessions.page(*READERS)
def show_part(merchant_id: UUID, part: str) -> Response:
    """Who speaks for a merchant; its pauses and closures."""
    return shown(merchant_id, part)


@blueprint.get(f"{HERE}/<uuid:merchant_id>/<any(offers, contracts, closures, stores):part>")
@sessions.page("operator")
def show_form(merchant_id: UUID, part: str) -> Response:
    """The form for another version of the contract, a closure, another store."""
    return shown(merchant_id, part)


def shown(merchant_id: UUID, part: str, status: int = 200) -> Response:
    """A part as its page asks for it, or as a page of its own below the merchant's name."""
    return frame.render(
        f"console/merchant_{part}.html",
        status=status,
        layout=frame.layout(),
        row=None if frame.is_fragment() else merchants.named(merchant_id),
        here=f"{HERE}/{merchant_id}",
        **FACTS[part](merchant_id),
    )


def _contacts(merchant_id: UUID) -> Fields:
    after = forms.identity(forms.asked("contact"))
    rows = calls.read(f"/merchants/{merchant_id}/contacts", after=after)["contacts"]
    following = {"contact": rows[-1]["member_id"]} if len(rows) == SHOWN else {}
    return {"contacts": rows, "following": following, "member_choices": people.members}


def _stops(merchant_id: UUID) -> Fields:
    return {
        "store_names": {each["store_id"]: each["name"] for each in _stores(merchant_id)},
        "pauses": calls.read("/pauses", merchant_id=merchant_id)["pauses"],
        "closures": calls.read("/closures", merchant_id=merchant_id)["closures"],
    }


def _places(merchant_id: UUID) -> Fields:
    return {"stores": _stores(merchant_id)}


def _stores(merchant_id: UUID) -> list[Fields]:
    after = forms.identity(forms.asked("after"))
    found: list[Fields] = calls.read(f"/merchants/{merchant_id}/standing", after=after)["stores"]
    return found


def _policies(_: UUID) -> Fields:
    return {"policies": merchants.policies()}


def _categories(_: UUID) -> Fields:
    return {"categories": calls.read("/store-categories")["categories"]}


FACTS = {
    "contacts": _contacts,
    "stops": _stops,
    "offers": _policies,
    "contracts": _policies,
    "closures": _places,
    "stores": _categories,
}


@blueprint.post(f"{HERE}/<uuid:merchant_id>/closures")
@sessions.page("operator")
def ask_for_closure(merchant_id: UUID) -> Response | str:
    """Ask that another person close a store or all of the merchant."""
    if choices.is_finding():
        return shown(merchant_id, "closures")
    wish = forms.body(text=("store_id", "reason", "closes_on", "fallback_store_id"))
    answer = calls.send("POST", f"/merchants/{merchant_id}/closures", wish, key=forms.key())
    return _after(merchant_id, answer, t("停业申请已提交，等待另一人复核"), "closures")


@blueprint.post(f"{HERE}/<uuid:merchant_id>/pauses/<uuid:pause_id>")
@sessions.page("operator")
def resume(merchant_id: UUID, pause_id: UUID) -> Response | str:
    """End a pause."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/pauses/{pause_id}/resumption", wish, key=forms.key())
    return _after(merchant_id, answer, t("已恢复营业"), "stops")


@blueprint.post(f"{HERE}/<uuid:merchant_id>/offers")
@sessions.page("operator")
def offer(merchant_id: UUID) -> Response | str:
    """Offer the next version of the contract, for the merchant to accept."""
    wish = merchants.terms() | {"merchant_id": str(merchant_id)}
    answer = calls.send("POST", "/contracts/offers", wish, key=forms.key())
    return _after(merchant_id, answer, t("新版合同已发出，等待商家答复"), "offers")


def _after(merchant_id: UUID, answer: calls.Answer, done: str, part: str) -> Response | str:
    then, again = f"{HERE}/{merchant_id}", lambda: shown(merchant_id, part)
    return frame.act(answer, then=then, done=done, again=again)
