"""The categories of stores: a tree of two levels, kept by the operator.

A code says its place in the tree (`food.tea` lies in `food`), so that a rule for a category covers
what lies in it without a look into the table (`parent_of`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from app.alliance import terms
from app.alliance.errors import CategoryExists, CategoryUnknown
from app.alliance.models import Store
from app.alliance.stores.models import StoreCategory
from app.core.db import db, one_at_a_time
from app.core.world import now

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Naming:
    """How a category is called, and where it stands in lists."""

    name: str
    name_en: str
    position: int
    is_open: bool = True


def parent_of(code: str) -> str | None:
    """The code of the category that `code` lies in; None for one that lies in none."""
    parent, _, _ = code.rpartition(".")
    return parent or None


def of_store(store_id: UUID) -> str:
    """The code of a store's category, from the cached terms. Raises StoreUnknown."""
    return terms.of_store(store_id).category_code


def every() -> Sequence[StoreCategory]:
    """All categories, closed ones too, in the order of lists."""
    order = (StoreCategory.position, StoreCategory.code)
    return db.session.scalars(select(StoreCategory).order_by(*order)).all()


def find(wanted: str) -> StoreCategory:
    """An open category by its code or its Chinese name, in the current unit of work.

    Raises CategoryUnknown.
    """
    named = (StoreCategory.code == wanted) | (StoreCategory.name == wanted)
    is_code = (StoreCategory.code == wanted).desc()
    found = db.session.scalars(
        select(StoreCategory)
        .where(named, StoreCategory.closed_at.is_(None))
        .order_by(is_code, StoreCategory.code)
        .limit(1)
    ).first()
    if found is None:
        raise CategoryUnknown()
    return found


def within(code: str) -> list[str]:
    """The code of a category, closed or not, and of those within it. Raises CategoryUnknown."""
    lying = (StoreCategory.code == code) | (StoreCategory.parent_code == code)
    found = list(db.session.scalars(select(StoreCategory.code).where(lying)))
    if code not in found:
        raise CategoryUnknown()
    return found


def add(code: str, naming: Naming, author: UUID) -> StoreCategory:
    """A new category, in the current unit. Raises CategoryExists; CategoryUnknown of its parent."""
    parent_code = parent_of(code)
    if parent_code is not None:
        _locked(parent_code)
    if db.session.get(StoreCategory, code) is not None:
        raise CategoryExists()
    row = StoreCategory(code=code, parent_code=parent_code, created_at=now())
    _write(row, naming, author)
    db.session.add(row)
    db.session.flush()
    return row


def change(code: str, naming: Naming, author: UUID) -> StoreCategory:
    """Renames, moves in lists, closes or opens a category, in the current unit; its stores bear
    the new name. Raises CategoryUnknown, CategoryExists."""
    row = _locked(code)
    is_renamed = row.name != naming.name
    _write(row, naming, author)
    db.session.flush()
    if is_renamed:
        mine = update(Store).where(Store.category_code == code).values(category=naming.name)
        db.session.execute(mine.execution_options(synchronize_session=False))
    return row


def _write(row: StoreCategory, naming: Naming, author: UUID) -> None:
    _must_be_free(row.code, naming.name)
    row.name, row.name_en, row.position = naming.name, naming.name_en, naming.position
    row.closed_at = None if naming.is_open else row.closed_at or now()
    row.changed_by = author


def _must_be_free(code: str, name: str) -> None:
    """Stores are given a category by its name too, so that no two may share one."""
    one_at_a_time("alliance/store-category")
    taken = select(StoreCategory.code).where(
        (StoreCategory.name == name) | (StoreCategory.code == name), StoreCategory.code != code
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise CategoryExists()


def _locked(code: str) -> StoreCategory:
    if not code.isprintable():  # PostgreSQL cannot even be asked for some letters
        raise CategoryUnknown()
    row = db.session.get(StoreCategory, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise CategoryUnknown()
    return row
