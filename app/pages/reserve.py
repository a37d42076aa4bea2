"""The public page of the reserve: what is owed against what is held, day by day."""

from __future__ import annotations

from datetime import date, timedelta

from apiflask import APIBlueprint
from flask import render_template, request

from app.core import auth
from app.core.errors import NotFound
from app.core.limits import PUBLIC_LOOK, limiter
from app.core.units import money
from app.core.world import BEIJING
from app.wallet import service as wallet

blueprint = APIBlueprint("reserve_page", __name__, template_folder="templates", tag="Reserve page")
DAYS = 31
_PAGE = {200: {"description": "A page", "content": {"text/html": {}}}}


@blueprint.get("/reserve")
@blueprint.doc(responses=_PAGE)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def show_reserve() -> str:
    """The reserve at the end of a business day, with the days before it; also before any day has
    been closed."""
    day = _day(request.args.get("day"))
    newest = wallet.reserve_history(None, 1)
    found = wallet.reserve_report(day) if day or newest else None
    before = found["day"] + timedelta(days=1) if found else None
    return render_template(
        "reserve.html",
        report=found,
        days=wallet.reserve_history(before, DAYS),
        money=money,
        zone=BEIJING,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotFound() from None
