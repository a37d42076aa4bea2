"""What is paused and closed: asked by whoever takes money, shares it out, or shows stores.

Reads within a unit of work and outside.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select

from app.alliance.closure.models import Closure, Pause
from app.alliance.closure.rules import IN_EFFECT, Closings, Standing, closings
from app.alliance.models import Store
from app.core.db import read
from app.core.world import bucket_of


def standing_of(merchant_id: UUID, store_id: UUID) -> Standing:
    """How a store stands, by itself and with its merchant."""
    bucket = bucket_of(merchant_id)
    paused = select(Pause.id).where(
        Pause.bucket == bucket,
        Pause.merchant_id == merchant_id,
        or_(Pause.store_id.is_(None), Pause.store_id == store_id),
        Pause.resumed_at.is_(None),
    )
    closed = select(Closure.starts_at).where(
        Closure.bucket == bucket,
        Closure.merchant_id == merchant_id,
        or_(Closure.store_id.is_(None), Closure.store_id == store_id),
        Closure.status.in_(IN_EFFECT),
    )
    starts = [row.starts_at for row in read(closed)]
    return Standing(bool(read(paused.limit(1))), min(starts, default=None))


def standings_of(merchant_id: UUID, store_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """How several stores of a merchant stand, by id, in two statements."""
    mine = (bucket_of(merchant_id), merchant_id)
    paused = select(Pause.store_id).where(
        Pause.bucket == mine[0], Pause.merchant_id == mine[1], Pause.resumed_at.is_(None)
    )
    closed = select(Closure.store_id, Closure.starts_at).where(
        Closure.bucket == mine[0],
        Closure.merchant_id == mine[1],
        Closure.status.in_(IN_EFFECT),
    )
    pauses = {row.store_id for row in read(paused)}
    starts = [(row.store_id, row.starts_at) for row in read(closed)]
    return {
        each: Standing(
            not pauses.isdisjoint({None, each}),
            min((moment for place, moment in starts if place in (None, each)), default=None),
        )
        for each in store_ids
    }


def merchant_standing(merchant_id: UUID) -> Standing:
    """How a merchant stands as a whole, whatever single stores of it do."""
    return standing_of(merchant_id, merchant_id)  # no store has a merchant's id


def closings_of(merchant_ids: Collection[UUID]) -> Closings:
    """When these merchants and their stores are closed, as far as it is decided."""
    if not merchant_ids:
        return Closings({})
    found = select(Closure.merchant_id, Closure.store_id, Closure.starts_at).where(
        Closure.bucket.in_({bucket_of(each) for each in merchant_ids}),
        Closure.merchant_id.in_(merchant_ids),
        Closure.status.in_(IN_EFFECT),
    )
    return closings((row[0], row[1], row[2]) for row in read(found))


def is_closed(merchant_id: UUID, moment: datetime) -> bool:
    """Whether a merchant as a whole is closed at a moment (UTC)."""
    return closings_of([merchant_id]).has_closed(merchant_id, None, moment)


def store_is_closed(moment: datetime) -> Any:
    """The condition that a row of Store is closed at a moment (UTC)."""
    return exists().where(*_covers(Store.bucket, Store.merchant_id, Store.id, moment))


def _covers(bucket: Any, merchant_id: Any, store_id: Any, moment: datetime) -> tuple[Any, ...]:
    return (
        Closure.bucket == bucket,
        Closure.merchant_id == merchant_id,
        or_(Closure.store_id.is_(None), Closure.store_id == store_id),
        Closure.status.in_(IN_EFFECT),
        Closure.starts_at <= moment,
    )


def lot_is_of_closed_store(advance: Any, moment: datetime) -> Any:
    """The condition that a row of LotAdvance was lent on a top-up of a store that is closed."""
    names = (advance.bucket, advance.merchant_id, advance.store_id)
    return exists().where(*_covers(*names, moment))
