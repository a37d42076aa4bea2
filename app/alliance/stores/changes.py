"""What people are told of a store changes: the merchant's staff propose, the operator decides.

The operator's own changes are applied at once. Each keeps what it replaced, so that wanting that
again undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance import terms
from app.alliance.catalogue import PAGE, store
from app.alliance.errors import StoreChangeDecided, StoreChangeUnknown, StoreChangeWaiting
from app.alliance.models import Store
from app.alliance.offers import pictures
from app.alliance.stores import categories, hours
from app.alliance.stores.models import StoreChange
from app.core.db import db
from app.core.world import bucket_of, new_id, now

Fields = dict[str, Any]
PLAIN = (
    *("name", "address", "telephone", "latitude", "longitude", "weekly_hours", "special_days"),
    "pictures",
)


def propose(store_id: UUID, wanted: Fields, note: str, author: UUID) -> StoreChange:
    """Asks the operator for a change, in the current unit; one at a time for each store.

    Raises StoreUnknown, CategoryUnknown, PictureUnknown, StoreChangeWaiting.
    """
    found = _locked(store_id)
    pictures.must_exist(found.merchant_id, wanted.get("pictures", []))
    if "category" in wanted:
        categories.find(wanted["category"])
    waiting = select(StoreChange.id).where(
        StoreChange.bucket == found.bucket,
        StoreChange.store_id == store_id,
        StoreChange.status == "proposed",
    )
    earlier = db.session.scalar(waiting)
    if earlier is not None:
        raise StoreChangeWaiting(change_id=str(earlier))
    return _noted(found, "proposed", wanted, note, author)


def apply(store_id: UUID, wanted: Fields, note: str, author: UUID) -> StoreChange:
    """Changes a store at once, in the current unit. Raises StoreUnknown, CategoryUnknown,
    PictureUnknown."""
    found = _locked(store_id)
    row = _noted(found, "applied", wanted, note, author, before=_write(found, wanted))
    row.decided_by, row.decided_at = author, row.created_at
    db.session.flush()
    return row


def decide(change_id: UUID, *, is_applied: bool, note: str, author: UUID) -> StoreChange:
    """Applies or rejects what was proposed, in the current unit.

    Raises StoreChangeUnknown, StoreChangeDecided, CategoryUnknown if it was closed meanwhile.
    """
    key = (bucket_of(change_id), change_id)
    row = db.session.get(StoreChange, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise StoreChangeUnknown()
    if row.status != "proposed":
        raise StoreChangeDecided(change_status=row.status)
    if is_applied:
        row.before = _write(_locked(row.store_id), row.wanted)
    row.status = "applied" if is_applied else "rejected"
    row.decided_by, row.decided_at = author, now()
    row.note = f"{row.note} / {note}" if note else row.note
    db.session.flush()
    return row


def page(merchant_id: UUID | None, status: str | None, after: UUID | None) -> Sequence[StoreChange]:
    """Up to PAGE changes, the newest first, of one merchant or of all."""
    statement = select(StoreChange).order_by(StoreChange.id.desc()).limit(PAGE)
    if merchant_id is not None:
        statement = statement.where(StoreChange.merchant_id == merchant_id)
    if status is not None:
        statement = statement.where(StoreChange.status == status)
    if after is not None:
        statement = statement.where(StoreChange.id < after)
    return db.session.scalars(statement).all()


def _locked(store_id: UUID) -> Store:
    store(store_id)
    key = (bucket_of(store_id), store_id)
    return db.session.get_one(Store, key, with_for_update=True, populate_existing=True)


def _write(found: Store, wanted: Fields) -> Fields:
    """Gives the store its new values; the values before."""
    before = {name: getattr(found, name) for name in wanted if name in PLAIN}
    if "category" in wanted:
        kind = categories.find(wanted["category"])
        before["category"] = found.category_code
        found.category, found.category_code = kind.name, kind.code
    for name in before.keys() & set(PLAIN):
        setattr(found, name, wanted[name])
    pictures.must_exist(found.merchant_id, wanted.get("pictures", []))
    hours.write_spans(found)
    if wanted.keys() & {"name", "category"}:
        terms.changed()
    db.session.flush()
    return before


def _noted(
    found: Store,
    status: str,
    wanted: Fields,
    note: str,
    author: UUID,
    before: Fields | None = None,
) -> StoreChange:
    moment = now()
    row = StoreChange(
        bucket=found.bucket,
        id=new_id(found.bucket),
        store_id=found.id,
        merchant_id=found.merchant_id,
        status=status,
        wanted=wanted,
        before=before,
        note=note,
        proposed_by=author,
        decided_at=moment if status == "applied" else None,
        created_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    return row


def put_on_map(store_id: UUID, latitude: float, longitude: float, author: UUID) -> Store:
    """Says where a store is (degrees, GCJ-02), in the current unit. Raises StoreUnknown."""
    apply(store_id, {"latitude": latitude, "longitude": longitude}, "位置", author)
    return store(store_id)
