"""Looking for what was done: newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, select, tuple_

from app.core.audit import sealing
from app.core.audit.models import Record
from app.core.db import read
from app.core.errors import InvalidRequest
from app.core.models import StaffAccount

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; `action` is how it begins. `merchant_id`: only its own staff's."""

    actor: UUID | None = None
    action: str | None = None
    object_id: UUID | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    merchant_id: UUID | None = None
    cursor: str | None = None


def page(wanted: Wanted, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` records with the actor's user name, newest first; after the cursor, if one is
    named. Raises InvalidRequest for a cursor that is not ours."""
    return read(_statement(wanted).limit(limit))


def every(wanted: Wanted) -> Iterator[Row[Any]]:
    """All that was looked for, some at a time, outside any unit of work."""
    while True:
        rows = page(wanted, AT_ONCE)
        yield from rows
        if len(rows) < AT_ONCE:
            return
        wanted = replace(wanted, cursor=cursor(rows[-1]))


def cursor(row: Row[Any]) -> str:
    """Where to go on after a record."""
    return f"{row.at.isoformat()}~{row.id}"


def sealed(connection: Connection, since: int) -> Iterator[str]:
    """Lines of JSON: each seal after `since`, and each of its records as it was hashed."""
    for link in sealing.seals(connection, since):
        yield sealing.line(link)
        for row in sealing.rows(connection, link.record_ids):
            yield sealing.line(row)


def _statement(wanted: Wanted) -> Select[Any]:
    account = StaffAccount.__table__
    found = (
        select(Record.__table__, account.c.username)
        .join_from(Record, account, account.c.id == Record.staff_id, isouter=True)
        .where(*_conditions(wanted))
    )
    if wanted.cursor is not None:
        found = found.where(tuple_(Record.at, Record.id) < tuple_(*_position(wanted.cursor)))
    return found.order_by(Record.at.desc(), Record.id.desc())


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.actor is not None:
        yield Record.staff_id == wanted.actor
    if wanted.action is not None:
        yield Record.action.startswith(wanted.action, autoescape=True)
    if wanted.object_id is not None:
        yield Record.object_ids.contains([wanted.object_id])
    if wanted.outcome is not None:
        yield Record.outcome == wanted.outcome
    if wanted.since is not None:
        yield Record.at >= wanted.since
    if wanted.until is not None:
        yield Record.at < wanted.until
    if wanted.merchant_id is not None:
        yield Record.merchant_id == wanted.merchant_id


def _position(written: str) -> tuple[Any, Any]:
    moment, _, identity = written.partition("~")
    try:
        found = datetime.fromisoformat(moment), UUID(identity)
    except ValueError as error:
        raise InvalidRequest("the cursor is not one of ours") from error
    if found[0].tzinfo is None:
        raise InvalidRequest("the cursor is not one of ours")
    return found
