"""What came in: today's takings, live, and every payment of the visitor's stores."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.core.errors import NotFound
from app.core.world import beijing_day, now
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.shop import stores

blueprint = frame.pages("shop_takings", __name__)
AREA = Area(blueprint, (entry("/shop/payments", "收款记录", "收银", *stores.STAFF),))
FIGURES = ("sale_count", "amount_fen", "share_fen", "concession_fen", "refund_count",
           "refunded_fen")  # fmt: skip
STATES = ("", "false", "true")
SHOWN, LATEST = 30, 6


@blueprint.get("/shop/payments")
@sessions.page(*stores.STAFF)
def list_payments() -> Response:
    """Payments of a day or of all days, newest first, under the day's takings."""
    day, store_id = forms.asked("day"), forms.identity(forms.asked("store_id"))
    state, cursor = forms.asked("state", *STATES), forms.asked("cursor")
    wanted = {"day": day, "store_id": store_id, "is_refunded": state}
    found = calls.read("/payments/managed", **wanted, cursor=cursor, limit=SHOWN)
    kept = {name: value for name, value in (("day", day), ("store_id", store_id), ("state", state))
            if value}  # fmt: skip
    return frame.render(
        "shop/payments.html",
        rows=found["payments"],
        following=kept | {"cursor": found["next"]} if found["next"] else {},
        first=kept if cursor else None,
        stores=stores.managed(),
        chosen=store_id or "",
        wanted_day=day,
        state=state,
        sums=_sums(day, store_id),
    )


@blueprint.get("/shop/takings")
@sessions.page(*stores.STAFF)
def show_takings() -> Response:
    """Today's takings and the latest payments: the part of the till's page that renews itself."""
    latest = calls.read("/payments/managed", day=str(beijing_day(now())), limit=LATEST)
    return frame.render("shop/takings.html", sums=_sums(None, None), rows=latest["payments"])


@blueprint.get("/shop/<path:rest>")
@sessions.page()
def show_nothing(rest: str) -> Response:
    """There is no such page."""
    raise NotFound(f"no page at /shop/{rest}"[:200])


def _sums(day: str | None, store_id: str | None) -> dict[str, Any]:
    """The day's figures of all stores together, and each store's."""
    found = calls.read("/takings", day=day, store_id=store_id)
    total = {name: sum(each[name] for each in found["stores"]) for name in FIGURES}
    return {"day": found["day"], "total": total, "stores": found["stores"]}
