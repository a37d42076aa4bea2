"""Stores by distance, category, words and whether they are open now, a page at a time.

Places are degrees as WeChat tells them (GCJ-02). They lie in the index as points of Mercator's
map, on which what is nearer is nearer in the world too; its distances are as much too long as the
parallel is too wide, which within RADIUS is right to a hundredth. No distance across the date line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import Row, Select, literal_column, select, text

from app.alliance.closure.reading import store_is_closed
from app.alliance.errors import PageUnknown
from app.alliance.models import Store
from app.alliance.stores import categories
from app.alliance.stores.hours import is_open, wall
from app.alliance.stores.rules import minute_of_week
from app.core.db import db
from app.core.world import bucket_of, now

PAGE = 20
RADIUS_METRES = 50_000  # nobody goes farther
LARGEST_LATITUDE = 85.0

_COLUMNS = (
    *("id", "merchant_id", "name", "address", "category", "category_code"),
    *("telephone", "latitude", "longitude", "pictures"),
)
AWAY, OPEN = len(_COLUMNS), len(_COLUMNS) + 1  # where they stand in a row
_PLACE = "alliance_spot(CAST(:latitude AS float8), CAST(:longitude AS float8))"
_AWAY = f"spot <-> {_PLACE}"
_WITHIN = f"""spot <@ box(
    {_PLACE} - point(:reach, :reach), {_PLACE} + point(:reach, :reach)
) AND {_AWAY} <= :reach"""
_OPEN = """CASE
    WHEN special_span @> CAST(:wall AS timestamp) THEN special_open @> CAST(:wall AS timestamp)
    ELSE open_weekly @> CAST(:minute AS integer) END"""
_PLANNED = """SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
    set_config('enable_bitmapscan', :bitmaps, true)"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for. `place` is latitude and longitude in degrees; `after` what the page
    before called `next`."""

    words: str = ""
    category: str | None = None
    merchant_id: UUID | None = None
    place: tuple[float, float] | None = None
    within_metres: int = RADIUS_METRES
    is_open: bool = False
    after: str | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class FoundStore:
    """A store that was looked for; how far it is where a place was named, and whether it is open
    where that is known."""

    id: UUID
    merchant_id: UUID
    name: str
    address: str
    category: str
    category_code: str
    telephone: str | None
    latitude: float | None
    longitude: float | None
    pictures: list[str]
    metres: int | None
    is_open: bool | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of stores, and what asks for the one after it; None at the end."""

    stores: Sequence[FoundStore]
    next: str | None


def search(wish: Wish) -> Found:
    """A page of stores: the nearest first, or in the order of their ids where no place is named.

    Raises PageUnknown for an `after` that no page has told, CategoryUnknown.
    """
    statement = question(wish, now())
    plan_for(wish)
    rows = db.session.execute(statement).all()
    db.session.execute(text(_PLANNED), {"bitmaps": "on"})
    shown, more = rows[: wish.limit], rows[wish.limit :]
    scale = cos(radians(_bounded(wish.place[0]))) if wish.place else 0.0
    stores = [_found(row, scale if wish.place else None) for row in shown]
    return Found(stores, _mark(shown[-1], wish) if more else None)


def plan_for(wish: Wish) -> None:
    """Lets the database plan well for a wish, until the current unit ends: each wish anew, for the
    same words with other letters want another plan; and by walking outwards from the place where
    there are no words. It takes a circle for a thousandth of all stores, whatever lies in it, and
    would sort a whole town rather than walk."""
    walks = wish.place is not None and not wish.words.strip() and wish.merchant_id is None
    db.session.execute(text(_PLANNED), {"bitmaps": "off" if walks else "on"})


def question(wish: Wish, moment: datetime) -> Select[Any]:
    """The statement that answers a wish at a UTC moment: one row more than asked for tells whether
    there is a page after. Raises PageUnknown, CategoryUnknown."""
    clock = wall(moment)
    parameters: dict[str, Any] = {
        "wall": clock.replace(microsecond=0),
        "minute": minute_of_week(clock),
    }
    conditions = _filters(wish, parameters)
    away, order = "CAST(NULL AS float8)", "id"
    if wish.place is not None:
        latitude, longitude = wish.place
        reach = wish.within_metres / cos(radians(_bounded(latitude)))
        parameters |= {"latitude": latitude, "longitude": longitude, "reach": reach}
        conditions.append(_WITHIN)
        away, order = _AWAY, f"{_AWAY}, id"
    conditions += _after(wish, parameters)
    told = (literal_column(name) for name in _COLUMNS)
    return (
        select(*told, text(f"{away} AS away"), text(f"{_OPEN} AS is_open"))
        .select_from(Store)
        .where(~store_is_closed(moment), *(text(each) for each in conditions))
        .order_by(text(order))
        .limit(wish.limit + 1)
        .params(**parameters)
    )


def _filters(wish: Wish, parameters: dict[str, Any]) -> list[str]:
    conditions = []
    words = folded(wish.words).split()
    if words:
        parameters["terms"] = sorted({term for word in words for term in _terms(word)})
        conditions.append("search_terms @> CAST(:terms AS text[])")
    for number, word in enumerate(words):
        if len(word) > 2:  # of shorter ones the terms say all
            parameters[f"word{number}"] = word
            conditions.append(f"strpos(search_text, :word{number}) > 0")
    if wish.category is not None:
        parameters["codes"] = categories.within(wish.category)
        conditions.append("category_code = ANY(CAST(:codes AS text[]))")
    if wish.merchant_id is not None:
        parameters |= {"merchant": wish.merchant_id, "bucket": bucket_of(wish.merchant_id)}
        conditions.append("bucket = :bucket AND merchant_id = CAST(:merchant AS uuid)")
    if wish.is_open:
        conditions.append(_OPEN)
    return conditions


def folded(written: str) -> str:
    """Text as it is compared: without case, full width or compatibility forms."""
    return normalize("NFKC", written).lower()


def _terms(word: str) -> list[str]:
    return [word] if len(word) == 1 else [word[at : at + 2] for at in range(len(word) - 1)]


def _after(wish: Wish, parameters: dict[str, Any]) -> list[str]:
    if wish.after is None:
        return []
    away, _, identity = wish.after.rpartition("~")
    try:
        parameters["after_id"] = UUID(identity)
        if wish.place is None and not away:
            return ["id > :after_id"]
        parameters["after"] = float.fromhex(away)
    except (ValueError, OverflowError) as error:
        raise PageUnknown() from error
    if wish.place is None:
        raise PageUnknown()
    return [f"({_AWAY}, id) > (CAST(:after AS float8), CAST(:after_id AS uuid))"]


def _mark(row: Row[Any], wish: Wish) -> str:
    return str(row[0]) if wish.place is None else f"{float(row[AWAY]).hex()}~{row[0]}"


def _found(row: Row[Any], scale: float | None) -> FoundStore:
    metres = None if scale is None else round(row[AWAY] * scale)
    return FoundStore(*row[:AWAY], metres, row[OPEN])


def _bounded(latitude: float) -> float:
    return max(-LARGEST_LATITUDE, min(LARGEST_LATITUDE, latitude))


def nearest_stores(latitude: float, longitude: float, limit: int) -> Sequence[FoundStore]:
    """Up to `limit` stores, nearest first, of those within RADIUS_METRES."""
    return search(Wish(place=(latitude, longitude), limit=limit)).stores


def some_stores(limit: int, home_store_id: UUID | None) -> list[FoundStore]:
    """Up to `limit` stores where no place is known: the home store first, then the newest."""
    open_ones = select(Store).where(~store_is_closed(now()))
    home = open_ones.where(Store.id == home_store_id)
    found = [
        *db.session.scalars(home),
        *db.session.scalars(open_ones.order_by(Store.id.desc()).limit(limit)),
    ]
    return [shown(each) for each in dict.fromkeys(found)][:limit]


def shown(store: Store) -> FoundStore:
    """A store as it is shown to everybody, now."""
    return FoundStore(
        store.id,
        store.merchant_id,
        store.name,
        store.address,
        store.category,
        store.category_code,
        store.telephone,
        store.latitude,
        store.longitude,
        store.pictures,
        None,
        is_open(store, now()),
    )
