"""Which stores are near a place. Degrees as WeChat tells them (GCJ-02), distances in metres."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sqrt
from uuid import UUID

from sqlalchemy import case, func, select

from app.alliance.catalogue import store
from app.alliance.closure.reading import store_is_closed
from app.alliance.models import Store
from app.core.db import db
from app.core.world import now

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere
FARTHEST_DEGREES = 0.5  # about 55 km: nobody walks farther


@dataclass(frozen=True, slots=True)
class NearStore:
    """A store and how far it is; None where that is not known."""

    id: UUID
    name: str
    address: str
    metres: int | None


def put_on_map(store_id: UUID, latitude: float, longitude: float) -> Store:
    """Notes where a store is, in the current unit. Raises StoreUnknown."""
    found = store(store_id)
    found.latitude, found.longitude = latitude, longitude
    db.session.flush()
    return found


def nearest_stores(latitude: float, longitude: float, limit: int) -> list[NearStore]:
    """Up to `limit` stores, nearest first, of those within about 55 km."""
    narrowing = max(0.01, cos(radians(latitude)))
    north = Store.latitude - latitude
    east = (Store.longitude - longitude) * narrowing
    square = (north * north + east * east).label("square")
    found = db.session.execute(
        select(Store.id, Store.name, Store.address, square)
        .where(func.abs(north) < FARTHEST_DEGREES, func.abs(east) < FARTHEST_DEGREES)
        .where(~store_is_closed(now()))
        .order_by(square, Store.id)
        .limit(limit)
    )
    return [
        NearStore(row.id, row.name, row.address, round(sqrt(row.square) * METRES_PER_DEGREE))
        for row in found
    ]


def some_stores(limit: int, home_store_id: UUID | None) -> list[NearStore]:
    """Up to `limit` stores where no place is known: the home store first, then the newest."""
    is_home = case((Store.id == home_store_id, 0), else_=1)
    found = db.session.execute(
        select(Store.id, Store.name, Store.address)
        .where(~store_is_closed(now()))
        .order_by(is_home, Store.id.desc())
        .limit(limit)
    )
    return [NearStore(row.id, row.name, row.address, None) for row in found]
