"""Whom the closing of a store concerns: members at home there, who may be given another home, and
whoever holds prepaid money that it has issued."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue
from app.alliance.closure.models import Closure
from app.alliance.closure.reading import standing_of
from app.alliance.closure.rules import IN_EFFECT
from app.alliance.models import Store
from app.core.db import db, in_transaction, read
from app.core.world import bucket_of, now
from app.members import service as members
from app.wallet import service as wallet

SECONDS = 60
BATCH, BATCHES = 200, 50


def concerned(
    merchant_id: UUID, store_id: UUID | None, after: UUID | None, limit: int
) -> tuple[list[UUID], UUID | None]:
    """A page of those who are at home in a store (None: any of the merchant's) or hold prepaid
    money of it, each once, as who they are today; and after whom it goes on (None: that was all).
    In the current unit of work."""
    stores = _stores(merchant_id, store_id)
    at_home = members.at_home(stores, after, limit)
    owners = wallet.prepaid_owners(stores, after, limit)
    page = sorted({*at_home, *owners})[:limit]
    theirs = set(at_home) | wallet.holding(set(page) & set(owners), stores)
    told = {members.today(each) for each in page if each in theirs}
    return sorted(told), page[-1] if len(page) == limit else None


def move_all() -> int:
    """Duty: gives members of stores that have closed the fallback as their home, in units of their
    own; how many. A fallback that is closed itself by then takes nobody: they stay, and an operator
    corrects their binding. Again changes nothing."""
    waiting = (
        Closure.status.in_(IN_EFFECT),
        Closure.starts_at <= now(),
        Closure.fallback_store_id.is_not(None),
        Closure.rehomed_at.is_(None),
    )
    due = read(select(Closure.bucket, Closure.id).where(*waiting).order_by(Closure.starts_at))
    return sum(_move((row.bucket, row.id)) for row in due)


def _move(key: tuple[int, UUID]) -> int:
    moved, after = 0, None
    for _ in range(BATCHES):
        last = after

        def work(last: UUID | None = last) -> tuple[int, UUID | None]:
            return _page(key, last)

        more, after = in_transaction(work)
        moved += more
        if after is None:
            break
    return moved


def _page(key: tuple[int, UUID], after: UUID | None) -> tuple[int, UUID | None]:
    row = db.session.get(Closure, key, with_for_update=True, populate_existing=True)
    if row is None or row.fallback_store_id is None or row.rehomed_at is not None:
        return 0, None
    fallback = catalogue.store(row.fallback_store_id)
    if standing_of(fallback.merchant_id, fallback.id).is_closed(now()):
        return 0, None
    stores = _stores(row.merchant_id, row.store_id)
    moved, last = members.move_home(stores, fallback.id, row.starts_at, after, BATCH)
    if last is None:
        row.rehomed_at = now()
    return moved, last


def _stores(merchant_id: UUID, store_id: UUID | None) -> list[UUID]:
    if store_id is not None:
        return [store_id]
    mine = (Store.bucket == bucket_of(merchant_id), Store.merchant_id == merchant_id)
    return list(db.session.scalars(select(Store.id).where(*mine)))
