"""Where a member is, coarse and for a short time, and only if they asked for it.

What WeChat reports (event LOCATION) is dropped unless the member wrote 开启定位; then it is kept
to about a kilometre for KEEP. A place that somebody sends is answered and never kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Update, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db, in_transaction
from app.core.world import bucket_of, now
from app.notices.models import Place

KEEP = timedelta(minutes=30)
DECIMALS = 2  # of a degree: about a kilometre
CLEAR_SECONDS = 300


def consent(member_id: UUID) -> None:
    """Notes in the current unit that the member wants to be located."""
    row = insert(Place).values(bucket=bucket_of(member_id), member_id=member_id, consented_at=now())
    db.session.execute(row.on_conflict_do_nothing())


def forget(member_id: UUID) -> None:
    """Deletes consent and place, in the current unit."""
    db.session.execute(_quietly(delete(Place).where(*_mine(member_id))))


def note(member_id: UUID, latitude: float, longitude: float) -> bool:
    """Keeps a reported place (degrees) if the member wants it, in the current unit.

    True if they want it and none was known: then they are told what is near.
    """
    consented = db.session.execute(
        select(Place.kept_until).where(*_mine(member_id)).with_for_update()
    ).first()
    if consented is None:
        return False
    values = {
        "latitude": round(latitude, DECIMALS),
        "longitude": round(longitude, DECIMALS),
        "kept_until": now() + KEEP,
    }
    db.session.execute(_quietly(update(Place).where(*_mine(member_id)).values(values)))
    return consented.kept_until is None or consented.kept_until <= now()


def of(member_id: UUID) -> tuple[float, float] | None:
    """The member's coarse place (latitude, longitude in degrees) if one is kept."""
    found = db.session.execute(
        select(Place.latitude, Place.longitude).where(
            *_mine(member_id), Place.kept_until > now(), Place.latitude.is_not(None)
        )
    ).first()
    return (float(found.latitude), float(found.longitude)) if found else None


def clear_old() -> int:
    """Duty: deletes places whose time is over; the consent stays."""

    def work() -> int:
        old = update(Place).where(Place.kept_until <= now())
        values = {"latitude": None, "longitude": None, "kept_until": None}
        found = db.session.execute(_quietly(old.values(values)))
        return int(found.rowcount)  # type: ignore[attr-defined]

    return in_transaction(work)


def _mine(member_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Place.bucket == bucket_of(member_id), Place.member_id == member_id


def _quietly(statement: Update | Delete) -> Any:
    return statement.execution_options(synchronize_session=False)
