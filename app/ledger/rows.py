"""Companion rows as statements for the plain driver, made once for each table and its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.engine import Dialect

from app.ledger.journals import Row

Convert = Callable[[Any], Any]


@dataclass(slots=True)
class Insert:
    """An INSERT statement and the values of each of its rows."""

    statement: str
    values: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How rows of a table with these columns are written: statement, and what to convert."""

    statement: str
    convert: dict[str, Convert]


def inserts(rows: Sequence[Row], dialect: Dialect) -> list[Insert] | None:
    """The statements for rows, grouped by table; None if some column needs a default of Python."""
    found: dict[int, Insert] = {}
    for row in rows:
        shape = _shape(row.table, tuple(row.values), dialect)
        if shape is None:
            return None
        values = dict(row.values)
        for name, convert in shape.convert.items():
            values[name] = convert(values[name])
        found.setdefault(id(shape), Insert(shape.statement)).values.append(values)
    return list(found.values())


@lru_cache(maxsize=256)
def _shape(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Shape | None:
    if any(column.default is not None and column.name not in names for column in table.columns):
        return None
    statement = str(table.insert().compile(dialect=dialect, column_keys=list(names)))
    convert: dict[str, Convert] = {}
    for name in names:
        processor = table.columns[name].type.dialect_impl(dialect).bind_processor(dialect)
        if processor is not None:
            convert[name] = processor
    return _Shape(statement, convert)
