"""What the product holds of a person, table by table, for their own eyes (PIPL, article 45).

Each room declares its parts in its `opening`; `tests/test_house.py` finds a table that names a
member and was declared neither as a part nor as kept back. Read page by page in the order of a
key, outside any unit of work, so that a part may be of any size.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select, tuple_

from app.core import crypto
from app.core.db import read
from app.core.errors import InvalidRequest
from app.core.keys.columns import columns as sealed_columns
from app.core.world import bucket_of

Theirs = Callable[[Sequence[UUID]], ColumnElement[bool]]
Words = Mapping[str, Callable[[Any], Any]]
HIDDEN = frozenset({"bucket"})


@dataclass(frozen=True, slots=True)
class Part:
    """One table as its person sees it; `theirs` finds the rows of a person's member ids."""

    name: str
    title: str
    table: Table
    theirs: Theirs
    keys: tuple[str, ...]
    shown: tuple[str, ...]
    words: Words


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a part, and where to go on; None at its end."""

    rows: list[dict[str, Any]]
    cursor: str | None


_parts: dict[str, Part] = {}
_kept_back: dict[str, str] = {}


def part(
    name: str,
    title: str,
    model: Any,
    theirs: Theirs,
    *keys: str,
    but: Collection[str] = (),
    words: Words | None = None,
) -> None:
    """Declares a part: a table without the columns `but`, read in the order of `keys` (the
    primary key where none is named). `words` tells a column's value as people know it."""
    table: Table = model.__table__
    ordered = keys or tuple(column.name for column in table.primary_key.columns)
    shown = tuple(c.name for c in table.columns if c.name not in HIDDEN and c.name not in but)
    _parts[name] = Part(name, title, table, theirs, ordered, shown, words or {})


def kept_back(model: Any, reason: str) -> None:
    """Declares that a table that names members is not told, and why."""
    _kept_back[model.__tablename__] = reason


def owned(bucket: Any, owner: Any) -> Theirs:
    """Finds rows by their owner, in the owner's bucket."""
    return lambda ids: tuple_(bucket, owner).in_([(bucket_of(each), each) for each in ids])


def parts() -> dict[str, Part]:
    """Every part, by its name."""
    return dict(_parts)


def declared_tables() -> set[str]:
    """The tables of which it was decided whether their person sees them."""
    return {str(each.table.name) for each in _parts.values()} | set(_kept_back)


def page(wanted: Part, member_ids: Sequence[UUID], cursor: str | None, limit: int) -> Page:
    """Up to `limit` rows after a cursor. Raises InvalidRequest for a cursor that is not ours."""
    keys = [wanted.table.c[name] for name in wanted.keys]
    statement = select(wanted.table).where(wanted.theirs(member_ids)).order_by(*keys).limit(limit)
    if cursor is not None:
        statement = statement.where(tuple_(*keys) > tuple_(*_position(wanted, cursor)))
    rows = [row._mapping for row in read(statement)]
    last = rows[-1] if len(rows) == limit else None
    return Page(
        [_told(wanted, row) for row in rows],
        _cursor([last[name] for name in wanted.keys]) if last else None,
    )


def _told(wanted: Part, row: Any) -> dict[str, Any]:
    contexts = {each.column: each for each in sealed_columns()}
    told = {}
    for name in wanted.shown:
        value, sealed = row[name], contexts.get(wanted.table.c[name])
        if sealed is not None and value is not None:
            value = crypto.decrypt(value, sealed.context(row[sealed.key.name]))
        told[name] = _plain(wanted.words[name](value) if name in wanted.words else value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, UUID) else value


def _cursor(values: list[Any]) -> str:
    return urlsafe_b64encode(json.dumps([_plain(value) for value in values]).encode()).decode()


def _position(wanted: Part, cursor: str) -> list[Any]:
    try:
        values = json.loads(urlsafe_b64decode(cursor))
        kinds = [wanted.table.c[name].type.python_type for name in wanted.keys]
        return [_typed(kind, value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidRequest("the cursor is not one of ours") from error


def _typed(kind: type[Any], value: Any) -> Any:
    if kind is UUID:
        return UUID(value)
    if kind is bytes:
        return bytes.fromhex(value)
    if issubclass(kind, datetime | date):
        return kind.fromisoformat(value)
    if not isinstance(value, kind):
        raise ValueError("another type")
    return value
