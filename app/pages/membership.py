"""The membership page: what it is, what a store's plans give and who pays for it, and buying one.

Everything that changes something is asked of the API by the page, with the visitor's own session.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, make_response, render_template, request

from app.alliance import service as alliance
from app.core import auth
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.limits import PUBLIC_LOOK, limiter
from app.core.units import money

blueprint = APIBlueprint(
    "membership page", __name__, template_folder="templates", tag="Membership page"
)
STORES_SHOWN = 30
FUNDERS = {
    "store": ("赠送由门店承担", "Paid by the store"),
    "platform": ("赠送由平台承担", "Paid by the platform"),
}
CLOSED = {
    "ended": ("已结束", "Over"),
    "budget": ("名额已满", "Its budget is used up"),
    "person_limit": ("您已达到参与次数", "You have used it as often as allowed"),
    "unfunded": ("暂停办理", "Not funded for now"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE: Any = {200: {"description": "A page", "content": {"text/html": {}}}}


@blueprint.get("/membership")
@blueprint.doc(responses=_PAGE)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def show_membership() -> Response:
    """What membership is, and a store's top-up plans to buy (`?store=`)."""
    store_id = _identity(request.args.get("store"))
    facts = in_transaction(lambda: _facts(store_id))
    response = make_response(render_template("membership.html", money=money, **facts))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _facts(store_id: UUID | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "facts": alliance.membership_introduction(),
        "store": None,
        "plans": [],
        "stores": [],
    }
    if store_id is None:
        return facts | {"stores": alliance.some_stores(STORES_SHOWN, None)}
    found = alliance.offered_plans(store_id, None)
    plans = [
        {
            "row": row,
            "funder": FUNDERS[row.funder],
            "closed": CLOSED.get(reason, CLOSED["ended"]) if reason else None,
        }
        for row, reason in found
    ]
    return facts | {"store": alliance.store(store_id), "plans": plans}


def _identity(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound() from None
