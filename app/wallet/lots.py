"""Lots: what each part of a purse means. How much is left of it, only the ledger knows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import Executable, Row, select, update

from app.core import db as core_db
from app.core.db import db
from app.core.world import bucket_of
from app.ledger.service import Account
from app.wallet.models import Lot

REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class LotTerms:
    """What was agreed when a lot was issued; it never changes. Moments are UTC."""

    id: UUID
    account: Account
    store_id: UUID | None
    funder: Account | None
    expires_at: datetime | None
    sale_cap_bp: int | None


def rows(statement: Executable) -> Sequence[Row[Any]]:
    """Reads in the current unit of work, or in one round trip outside any."""
    if g.get("in_transaction"):
        return db.session.execute(statement).all()
    return core_db.read(statement)


class _Remembered:
    """Terms already read by this process, by lot: they are immutable, so they need no check."""

    def __init__(self) -> None:
        self._found: dict[UUID, LotTerms] = {}

    def take(self, lot_ids: Collection[UUID]) -> dict[UUID, LotTerms]:
        return {lot_id: self._found[lot_id] for lot_id in lot_ids if lot_id in self._found}

    def keep(self, found: Collection[LotTerms]) -> None:
        if len(self._found) + len(found) > REMEMBERED:
            self._found.clear()
        self._found.update({terms.id: terms for terms in found})


@lru_cache(maxsize=1)
def _remembered() -> _Remembered:
    return _Remembered()


def terms(lot_ids: Collection[UUID]) -> dict[UUID, LotTerms]:
    """The terms of lots; a lot this room did not issue is missing from the answer."""
    found = _remembered().take(lot_ids)
    missing = [lot_id for lot_id in lot_ids if lot_id not in found]
    if missing:
        read = [_terms(row) for row in rows(_statement(missing))]
        if not g.get("in_transaction"):  # what a unit wrote itself may yet be undone
            _remembered().keep(read)
        found |= {each.id: each for each in read}
    return found


def issuing_stores(lot_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """The store that issued each lot of prepaid money, as far as this room issued it."""
    return {lot_id: found.store_id for lot_id, found in terms(lot_ids).items()}


def owner_of(lot_id: UUID) -> UUID | None:
    """Who holds a lot today, in the current unit of work: whom it was issued to, or who they
    became. None for a lot that this room did not issue."""
    wanted = select(Lot.owner_id).where(Lot.bucket == bucket_of(lot_id), Lot.id == lot_id)
    return db.session.scalar(wanted)


def _statement(lot_ids: Collection[UUID]) -> Executable:
    columns = (Lot.id, Lot.account, Lot.store_id, Lot.funder, Lot.expires_at, Lot.sale_cap_bp)
    buckets = {bucket_of(lot_id) for lot_id in lot_ids}
    return select(*columns).where(Lot.bucket.in_(buckets), Lot.id.in_(lot_ids))


def _terms(row: Row[Any]) -> LotTerms:
    funder = None if row.funder is None else Account(row.funder)
    account = Account(row.account)
    return LotTerms(row.id, account, row.store_id, funder, row.expires_at, row.sale_cap_bp)


def reopen(lot_ids: Collection[UUID]) -> None:
    """Something comes back to these lots: those already swept will be swept again.

    Locks the lots until the current unit ends, so that a sweep comes before or after it.
    """
    if lot_ids:
        buckets = {bucket_of(lot_id) for lot_id in lot_ids}
        db.session.execute(
            update(Lot)
            .where(Lot.bucket.in_(buckets), Lot.id.in_(lot_ids))
            .values(swept_at=None)
            .execution_options(synchronize_session=False)
        )
