"""Moving everything to the first key of the ring, in batches, while others write.

Each batch is a unit of its own and changes a cipher text only if it still is the one that was
read, so that no writer's value is lost. What was done is seen from the rows themselves: whoever
was killed begins again and finds only what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from sqlalchemy import ARRAY, Text, bindparam, func, select, update

from app.core import crypto
from app.core.db import db, in_transaction, read
from app.core.keys.columns import KeyedIndex, SealedColumn, columns, indexes

MOST_PASSES = 20
Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Use:
    """How many rows of one place use one key of the ring (or one that is not in it any more)."""

    place: str
    key: str
    rows: int


class StillUsed(Exception):
    """A key cannot be retired: it is the one that encrypts, or something depends on it."""


def uses() -> list[Use]:
    """Which keys are used where. Counts all rows: takes its time on large tables."""
    found = [use for column in columns() for use in _column_uses(column)]
    for index in indexes():
        found += [Use(index.name, key, rows) for key, rows in sorted(index.counts().items())]
    return found


def lacking() -> dict[str, int]:
    """How many values each index does not hold under the first key yet."""
    current = crypto.ring_names()[0]
    return {index.name: index.lacking(current) for index in indexes()}


def rotate(batch: int, tell: Told) -> dict[str, int]:
    """Moves every encrypted column and index to the first key; what could not be read, by place.

    Others may write meanwhile, also with the former key: passes are repeated until one finds
    nothing. `tell(place, rows)` is called after each batch, when it is durable.
    """
    unreadable: dict[str, int] = {}
    for column in columns():
        failed = _until_done(partial(_pass, column, batch, tell))
        if failed:
            unreadable[column.name] = failed
    for index in indexes():
        failed = _complete(index, batch, tell)
        if failed:
            unreadable[index.name] = failed
    return unreadable


def retire(name: str, batch: int) -> None:
    """Deletes the indexes under a key that nothing else uses. Raises StillUsed.

    Afterwards the key may leave PII_KEYS; backups from before still need it.
    """
    names = crypto.ring_names()
    if name == names[0]:
        raise StillUsed(f"{name} is the first of PII_KEYS: it encrypts")
    places = {index.name for index in indexes()}
    used = [use for use in uses() if use.key == name and use.place not in places]
    if used:
        raise StillUsed("; ".join(f"{use.place}: {use.rows} rows" for use in used))
    missing = {place: rows for place, rows in lacking().items() if rows}
    if missing:
        raise StillUsed("; ".join(f"{place}: {rows} to be made" for place, rows in missing.items()))
    for index in indexes():
        while index.drop(name, batch):
            pass


def _column_uses(place: SealedColumn) -> Iterator[Use]:
    name = func.split_part(place.column, "$", 1)
    wanted = select(name, func.count()).where(place.column.is_not(None)).group_by(name)
    for row in read(wanted.order_by(name)):
        key, rows = cast(tuple[str, int], tuple(row))
        yield Use(place.name, key, rows)


def _until_done(one_pass: Callable[[], tuple[int, int]]) -> int:
    """Repeats a pass until it moves nothing; how many rows the last one could not read."""
    for _ in range(MOST_PASSES):
        moved, failed = one_pass()
        if not moved:
            break
    return failed


def _pass(place: SealedColumn, batch: int, tell: Told) -> tuple[int, int]:
    """Once through a table in the order of its key; how many rows were moved and not readable."""
    current = crypto.ring_names()[0]
    after: Any = None
    moved = failed = 0
    while True:
        old = ~place.column.startswith(f"{current}$", autoescape=True)
        both: list[Any] = [place.key, place.column]
        wanted = select(*both).where(old).order_by(place.key).limit(batch)
        rows = read(wanted if after is None else wanted.where(place.key > after))
        if not rows:
            return moved, failed
        found = [tuple(row) for row in rows]
        changes = [change for key, was in found if (change := _again(place, key, was))]
        done = in_transaction(partial(_write, place, changes)) if changes else 0
        moved, failed = moved + done, failed + len(rows) - len(changes)
        after = found[-1][0]
        tell(place.name, done)


def _again(place: SealedColumn, key: Any, sealed: str) -> tuple[Any, str, str] | None:
    context = place.context(key)
    try:
        return key, sealed, crypto.encrypt(crypto.decrypt(sealed, context), context)
    except (crypto.Undecryptable, ValueError):
        return None


def _write(place: SealedColumn, changes: list[tuple[Any, str, str]]) -> int:
    """Changes those cipher texts that still are what was read; how many."""
    keys, before, after = zip(*changes, strict=True)
    given = (
        func.unnest(
            bindparam("keys", list(keys), type_=ARRAY(place.key.type)),
            bindparam("before", list(before), type_=ARRAY(Text)),
            bindparam("after", list(after), type_=ARRAY(Text)),
        )
        .table_valued("key", "before", "after", name="given")
        .render_derived()
    )
    statement = (
        update(place.table)
        .where(place.key == given.c.key, place.column == given.c.before)
        .values({place.column.name: given.c.after})
    )
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _complete(index: KeyedIndex, batch: int, tell: Told) -> int:
    """Makes what an index lacks under the first key; how many values could not be made."""
    current = crypto.ring_names()[0]
    for _ in range(MOST_PASSES):
        after: bytes | None = b""
        made = 0
        while after is not None:
            after, done = index.complete(current, after, batch)
            made += done
            tell(index.name, done)
        if not made:
            break
    return index.lacking(current)
