"""Journals and companion rows as one statement, which is a transaction by itself.

Rows travel as JSON, one array a table, and are taken apart by PostgreSQL: many rows cost one
parameter, and the statement depends only on the tables and columns, so that it is prepared once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import LargeBinary, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.ledger import call
from app.ledger.journals import Row

Shape = tuple[Table, tuple[str, ...]]


def shapes(rows: Sequence[Row]) -> dict[Shape, list[Any]] | None:
    """Rows by table and columns, with the model's defaults for what they leave out; None if one of
    these is worked out by Python."""
    found: dict[Shape, list[Any]] = {}
    for row in rows:
        values = row.values
        completion = _completion((row.table, tuple(values)))
        if completion is None:
            return None
        defaults, binary = completion
        if defaults or binary:
            values = values | defaults | {name: _hexadecimal(values[name]) for name in binary}
        found.setdefault((row.table, tuple(values)), []).append(values)
    return found


@lru_cache(maxsize=256)
def statement(first: str | None, posts: bool, wanted: tuple[Shape, ...]) -> bytes:
    """The statement that does what comes `first`, posts new journals (if `posts`) and inserts rows
    of these shapes, in this order."""
    parts = [f"first AS ({first})"] if first else []
    posting = call.POST_NEW if posts else "SELECT"
    if first:
        posting += " FROM (SELECT count(*) FROM first) AS done"
    parts.append(f"posted AS MATERIALIZED ({posting})")
    for number, (table, names) in enumerate(wanted):
        columns = ", ".join(f'"{name}"' for name in names)
        parts.append(
            f"rows_{number} AS (INSERT INTO {table.name} ({columns}) SELECT {columns} FROM posted, "
            f"jsonb_populate_recordset(NULL::{table.name}, %t::jsonb))"
        )
    return f"WITH {', '.join(parts)} SELECT FROM posted".encode()


def parameter(values: Sequence[Any]) -> str:
    """Rows of one table as JSON. Raises ValueError for what JSON cannot say."""
    return to_json(values).decode()


@lru_cache(maxsize=256)
def _completion(shape: Shape) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """What rows of a shape lack, and which of their columns hold bytes; None as for `shapes`."""
    table, names = shape
    defaults = {}
    for column in table.columns:
        if column.default is None or column.name in names:
            continue
        if not isinstance(column.default, ScalarElementColumnDefault):
            return None
        defaults[column.name] = column.default.arg
    return defaults, tuple(
        name for name in names if isinstance(table.columns[name].type, LargeBinary)
    )


def _hexadecimal(value: bytes | None) -> str | None:
    return None if value is None else f"\\x{value.hex()}"
