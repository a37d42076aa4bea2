"""Open errands by distance, a page at a time, as stores are searched: places lie in the index as
points of Mercator's map. Distances are from the pick-up as it is shown, to about 500 metres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.benefits.errands.models import Errand
from app.benefits.errands.rules import Status
from app.core.db import db
from app.core.errors import InvalidRequest
from app.members import service as members

_PLACE = "alliance_spot(CAST(:latitude AS float8), CAST(:longitude AS float8))"
_AWAY = f"benefits_errand.spot <-> {_PLACE}"
_WITHIN = f"""benefits_errand.spot <@ box(
    {_PLACE} - point(:reach, :reach), {_PLACE} + point(:reach, :reach)
) AND {_AWAY} <= :reach"""


@dataclass(frozen=True, slots=True)
class Around:
    """What a runner looks for; `after` is what the page before called `next`."""

    latitude: float
    longitude: float
    within_metres: int
    category: str | None
    after: str | None
    limit: int


def search(member_id: UUID, wish: Around) -> tuple[Sequence[tuple[Errand, int]], str | None]:
    """Errands with how far each is (metres), the nearest first, none of the member's own, and what
    asks for the page after; in the current unit of work. Raises InvalidRequest for an `after` that
    is not ours."""
    scale = cos(radians(wish.latitude))
    place = {"latitude": wish.latitude, "longitude": wish.longitude}
    parameters: dict[str, Any] = place | {"reach": wish.within_metres / scale}
    conditions = [text(_WITHIN), *_after(wish, parameters)]
    wanted = select(Errand, text(f"{_AWAY} AS away")).where(
        Errand.status == Status.OPEN,
        Errand.payer_id.not_in(members.everyone_of(member_id)),
        *conditions,
    )
    if wish.category is not None:
        wanted = wanted.where(Errand.category == wish.category)
    ordered = wanted.order_by(text(f"{_AWAY}, benefits_errand.id")).limit(wish.limit + 1)
    rows = db.session.execute(ordered.params(**parameters)).all()
    shown = rows[: wish.limit]
    following = f"{shown[-1][1].hex()}~{shown[-1][0].id}" if len(rows) > len(shown) else None
    return [(row, round(away * scale)) for row, away in shown], following


def _after(wish: Around, parameters: dict[str, Any]) -> list[Any]:
    if wish.after is None:
        return []
    away, _, identity = wish.after.rpartition("~")
    try:
        parameters |= {"after": float.fromhex(away), "after_id": UUID(identity)}
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("the page mark is not one of ours") from error
    after = "(CAST(:after AS float8), CAST(:after_id AS uuid))"
    return [text(f"({_AWAY}, benefits_errand.id) > {after}")]
