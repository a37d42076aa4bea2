"""Journals and companion rows as one statement, which is a transaction by itself.

Rows travel as JSON, one array a table, and are taken apart by PostgreSQL: many rows cost one
parameter, and the statement depends only on the tables and columns, so that it is prepared once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.ledger import call
from app.ledger.journals import Row

Shape = tuple[Table, tuple[str, ...]]


def shapes(rows: Sequence[Row]) -> dict[Shape, list[Any]] | None:
    """Rows by table and columns, with the model's defaults for what they leave out; None if one of
    these is worked out by Python."""
    found: dict[Shape, list[Any]] = {}
    for row in rows:
        shape = (row.table, tuple(row.values))
        defaults = _defaults(shape)
        if defaults is None:
            return None
        values = row.values
        if defaults:
            values = values | defaults
            shape = (row.table, tuple(values))
        found.setdefault(shape, []).append(values)
    return found


@lru_cache(maxsize=256)
def statement(posts: bool, wanted: tuple[Shape, ...]) -> bytes:
    """The statement that posts new journals (if `posts`) and inserts rows of these shapes."""
    parts = [f"posted AS MATERIALIZED ({call.POST_NEW if posts else 'SELECT'})"]
    for number, (table, names) in enumerate(wanted):
        columns = ", ".join(f'"{name}"' for name in names)
        parts.append(
            f"rows_{number} AS (INSERT INTO {table.name} ({columns}) SELECT {columns} FROM posted, "
            f"jsonb_populate_recordset(NULL::{table.name}, %t::jsonb))"
        )
    return f"WITH {', '.join(parts)} SELECT FROM posted".encode()


def parameter(values: Sequence[Any]) -> str:
    """Rows of one table as JSON."""
    return json.dumps(values, default=_plain, ensure_ascii=False)


@lru_cache(maxsize=256)
def _defaults(shape: Shape) -> dict[str, Any] | None:
    table, names = shape
    found = {}
    for column in table.columns:
        if column.default is None or column.name in names:
            continue
        if not isinstance(column.default, ScalarElementColumnDefault):
            return None
        found[column.name] = column.default.arg
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"a row cannot hold a {type(value).__name__}")
