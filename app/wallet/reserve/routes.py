"""The reserve report for everybody. Holds no rule."""

from __future__ import annotations

from typing import Any

from app.core import auth
from app.core.api import api_blueprint
from app.core.limits import PUBLIC_LOOK, limiter
from app.wallet.reserve import reading
from app.wallet.reserve.schemas import (
    ReserveDaysQuery,
    ReserveDaysView,
    ReserveQuery,
    ReserveView,
)

blueprint = api_blueprint("reserve", __name__)
Fields = dict[str, Any]


@blueprint.get("/reserve")
@blueprint.input(ReserveQuery, location="query", arg_name="query")
@blueprint.output(ReserveView)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def show_reserve(query: ReserveQuery) -> Fields:
    """What the alliance owes and holds at the end of a business day, and what is lacking."""
    return reading.report(query.day)


@blueprint.get("/reserve/days")
@blueprint.input(ReserveDaysQuery, location="query", arg_name="query")
@blueprint.output(ReserveDaysView)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def list_reserve_days(query: ReserveDaysQuery) -> Fields:
    """Owed, held and lacking day by day, newest first."""
    return {"days": reading.history(query.before, query.limit)}
