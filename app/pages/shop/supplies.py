"""What a merchant supplies to others' offers: agreed, ended, and what it was paid for that."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, choices, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import offers, stores

blueprint = frame.pages("shop_supplies", __name__)
HERE = "/shop/supplies"
AREA = Area(blueprint, (entry(HERE, "供货", "经营", stores.OWNER),))
SHOWN = 30


@blueprint.get(HERE)
@sessions.page(stores.OWNER)
def list_supplies() -> Response:
    """Agreements as supplier or as seller, newest first, and the latest payments for supplies."""
    before, paid = forms.identity(forms.asked("before")), forms.identity(forms.asked("paid"))
    rows = calls.read("/supplies", before=before, limit=SHOWN)["supplies"]
    payments = calls.read("/supplies/payments", before=paid, limit=SHOWN)["payments"]
    return frame.render(
        "shop/supplies.html",
        rows=rows,
        payments=payments,
        me=stores.merchant_id(),
        here=HERE,
        following={"before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        more_paid={"paid": payments[-1]["id"]} if len(payments) == SHOWN else {},
        first={} if before or paid else None,
    )


@blueprint.post(f"{HERE}/<uuid:supply_id>/<any(accept, decline):answer>")
@sessions.page(stores.OWNER)
def reply(supply_id: UUID, answer: str) -> Response | str:
    """Accept or decline to supply an offer at its price."""
    wish = {"answer": answer}
    said = calls.send("POST", f"/supplies/{supply_id}/answer", wish, key=forms.key())
    return frame.act(said, then=HERE, done=t("已答复"), again=list_supplies)


@blueprint.post(f"{HERE}/<uuid:supply_id>/end")
@sessions.page(stores.OWNER)
def end(supply_id: UUID) -> Response | str:
    """End an agreement; orders paid before are supplied."""
    said = calls.send("POST", f"/supplies/{supply_id}/end", key=forms.key())
    return frame.act(said, then=HERE, done=t("供货已结束"), again=list_supplies)


@blueprint.post("/shop/offers/<uuid:offer_id>/supply")
@sessions.page(stores.OWNER)
def propose(offer_id: UUID) -> Response | str:
    """Ask another merchant to supply an offer, at a price for each piece."""
    if choices.is_finding():
        return offers.shown(offer_id)
    wish = forms.body(text=("supplier_id",), fen=("price_fen",))
    said = calls.send("POST", f"/offers/{offer_id}/supply", wish, key=forms.key())
    again = lambda: offers.shown(offer_id)  # noqa: E731
    return frame.act(said, then=HERE, done=t("已请供货商答复"), again=again)
