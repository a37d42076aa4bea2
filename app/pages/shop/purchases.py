"""What the merchant buys in other merchants' stores with settled money (decision 15)."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores

blueprint = frame.pages("shop_purchases", __name__)
HERE = "/shop/purchases"
AREA = Area(blueprint, (entry(HERE, "采购付款", "资金", stores.OWNER),))
FOUND = 10


@blueprint.get(HERE)
@sessions.page(stores.OWNER)
def list_purchases() -> Response:
    """What was paid in other stores, newest first, and looking for the store to pay."""
    before, words = forms.identity(forms.asked("before")), forms.asked("words").strip()[:60]
    found = calls.read("/merchant-payments", before=before)
    following = {"before": found["next_before"]} if found["next_before"] else {}
    return frame.render(
        "shop/purchases.html",
        here=HERE,
        rows=found["payments"],
        words=words,
        found=_others(words) if words else [],
        following=following,
        is_first=before is None,
    )


@blueprint.get(f"{HERE}/<uuid:store_id>")
@sessions.page(stores.OWNER)
def show_store(store_id: UUID) -> Response:
    """A store of another merchant, what the own merchant has to spend, and paying."""
    held = calls.read(f"/merchants/{stores.merchant_id()}/balances")
    store = calls.read(f"/stores/{store_id}")
    return frame.render(
        "shop/purchase.html", store=store, held=held, here=f"{HERE}/{store_id}", back=HERE
    )


@blueprint.post(f"{HERE}/<uuid:store_id>")
@sessions.page(stores.OWNER)
def pay(store_id: UUID) -> Response | str:
    """Pay from settled money, once."""
    wish = {"store_id": str(store_id)} | forms.body(fen=("amount_fen",))
    answer = calls.send("POST", "/merchant-payments", wish, key=forms.key())
    return frame.act(answer, then=HERE, done=t("已付款"), again=lambda: show_store(store_id))


def _others(words: str) -> list[calls.Fields]:
    """Stores of other merchants that fit the words."""
    found = calls.read("/stores", words=words, limit=FOUND)["stores"]
    return [each for each in found if each["merchant_id"] != stores.merchant_id()]
