"""How the alliance does, for staff of the platform. Holds no rule."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from app.alliance.overview import counting
from app.core import auth
from app.core.api import api_blueprint
from app.core.schemas import Body, Moment, View

blueprint = api_blueprint("overview", __name__)
Fields = dict[str, Any]


class DaysQuery(Body):
    """Which page of days."""

    before: date | None = None
    limit: Annotated[int, Field(ge=1, le=400)] = 31


class DayView(View):
    """A business day: sales paid, refunds done, members who joined, and how many there were at its
    end. `shares`: what each party got of the concessions, once the day is over. Fen."""

    day: date
    sales: int
    sold_fen: int
    prepaid_fen: int
    wechat_fen: int
    experience_fen: int
    concession_fen: int
    refunds: int
    refunded_fen: int
    joined: int
    members: int
    shares: dict[str, int]
    counted_at: Moment
    closed_at: Moment | None


class DaysView(View):
    """A page of days, newest first."""

    days: list[DayView]


@blueprint.get("/overview/days")
@blueprint.input(DaysQuery, location="query", arg_name="query")
@blueprint.output(DaysView)
@auth.staff(*auth.PLATFORM_ROLES)
def show_days(query: DaysQuery) -> Fields:
    """What each business day came to; today's row is at most a minute old."""
    return {"days": counting.days(query.before, query.limit)}
