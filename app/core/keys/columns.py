"""What depends on the ring of keys: each room declares its encrypted columns and keyed indexes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.orm import InstrumentedAttribute

Key = Any  # the primary key's value: UUID or bytes
Context = Callable[[Key], str]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column that holds cipher texts of `app.core.crypto`, in a table with one key column.

    `context` tells from a row's key what its cipher text is bound to.
    """

    column: Column[Any]
    context: Context

    @property
    def name(self) -> str:
        """Table and column, as people read it."""
        return f"{self.column.table.name}.{self.column.name}"

    @property
    def table(self) -> Table:
        """The table of the column."""
        return self.column.table

    @property
    def key(self) -> Column[Any]:
        """The table's primary key."""
        (key,) = self.table.primary_key.columns
        return key


@dataclass(frozen=True, slots=True)
class KeyedIndex:
    """Rows that are found by a hash under a key of the ring, and can be made anew from what is
    encrypted elsewhere.

    `counts`: rows by the name of their key. `lacking`: how many values have no row under this
    key. `complete(key, after, limit)`: makes up to `limit` of them, a unit of its own; where to go
    on (None: nothing is left) and how many were made. `drop(key, limit)`: deletes up to `limit`
    rows of a key, a unit of its own; how many.
    """

    name: str
    counts: Callable[[], dict[str, int]]
    lacking: Callable[[str], int]
    complete: Callable[[str, bytes, int], tuple[bytes | None, int]]
    drop: Callable[[str, int], int]


_columns: dict[str, SealedColumn] = {}
_indexes: dict[str, KeyedIndex] = {}


def sealed(attribute: InstrumentedAttribute[Any], context: Context) -> None:
    """Declares an encrypted column; called by the room's `opening`.

    Raises ValueError for a table with a key of several columns: its rows could not be moved from
    key to key. Such a table gets an id of its own.
    """
    made = SealedColumn(attribute.property.columns[0], context)
    if len(made.table.primary_key.columns) != 1:
        raise ValueError(f"{made.name}: what is encrypted needs a table with one key column")
    _columns[made.name] = made


def keyed(index: KeyedIndex) -> None:
    """Declares an index under the keys of the ring; called by the room's `opening`."""
    _indexes[index.name] = index


def columns() -> list[SealedColumn]:
    """Every encrypted column of the product."""
    return list(_columns.values())


def indexes() -> list[KeyedIndex]:
    """Every index of the product under the keys of the ring."""
    return list(_indexes.values())
