"""The database session, and the only place that commits.

A unit of work is retried as a whole, with the same keys, when PostgreSQL asks for it or the
connection breaks (design, "Built to be spread out later"): an error at commit means unknown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from flask import g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Executable, MetaData, Row, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase

from app.core.errors import ServiceUnavailable

T = TypeVar("T")
RETRYABLE = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "25006", "53300"}
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.02
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")


class Base(DeclarativeBase):
    """Base class of all tables."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )


db = SQLAlchemy(model_class=Base)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A plain insert that is to commit together with others: a table and its column values."""

    table: Table
    values: dict[str, Any]


class TryAgain(Exception):
    """Raised inside a unit of work that must be run again from its start (a lost race)."""


def is_retryable(error: BaseException) -> bool:
    """Whether running the same unit of work again may succeed."""
    if isinstance(error, TryAgain | PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    broken = error.connection_invalidated or (state is None and _is_operational(error))
    return bool(broken or (state and (state in RETRYABLE or state.startswith("08"))))


def _is_operational(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in {"OperationalError", "InterfaceError", "ConnectionTimeout"}


_companions: list[tuple[Callable[[Any], None], Callable[[], None]]] = []


def beside_commits(before: Callable[[Any], None], after: Callable[[], None]) -> None:
    """Has `before` called in each unit of work with its result, just before its commit, and
    `after` when it is committed. Called once by the ground floor; `after` must not raise."""
    if (before, after) not in _companions:
        _companions.append((before, after))


def in_transaction(work: Callable[[], T]) -> T:
    """Runs `work` as one unit: commits what it did, or leaves nothing of it.

    Needs an application context. Raises ServiceUnavailable (503) when PostgreSQL stays away or
    refuses again and again, and whatever `work` raises; both change nothing.
    """
    if g.get("in_transaction"):
        raise RuntimeError("a unit of work is already open; only its opener commits")
    g.in_transaction = True
    try:
        return _attempt(work)
    finally:
        g.in_transaction = False


def _attempt(work: Callable[[], T]) -> T:
    for attempt in range(ATTEMPTS):
        try:
            result = work()
            for before, _ in _companions:
                before(result)
            db.session.commit()
            for _, after in _companions:
                after()
            return result
        except Exception as error:
            _forget()
            if not is_retryable(error):
                raise
            last = error
        except BaseException:
            _forget()
            raise
        time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
    raise ServiceUnavailable() from last


def _forget() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()


def one_at_a_time(what: str) -> None:
    """Lets one unit of work at a time do this, until it ends; the others wait for their turn.

    `what` is a name with its room, such as "wallet/treasury". Locks nothing else.
    """
    db.session.execute(_TURN, {"what": what})


def read(statement: Executable, parameters: dict[str, Any] | None = None) -> Sequence[Row[Any]]:
    """All rows of one reading statement, in one round trip.

    Within a unit of work it reads in that unit: who holds locks must not wait for a second
    connection, which those who wait for the locks may have. Outside of one it is retried like a
    unit; raises ServiceUnavailable (503) when PostgreSQL stays away.
    """
    if g.get("in_transaction"):
        return db.session.execute(statement, parameters).all()
    for attempt in range(ATTEMPTS):
        try:
            with autocommit() as connection:
                return connection.execute(statement, parameters).all()
        except (DBAPIError, PoolTimeout) as error:
            if not is_retryable(error):
                raise
            last = error
        time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
    raise ServiceUnavailable() from last


def read_plain(statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Like `read`, for hot paths: a statement by hand with `%s` places, prepared by the driver.

    Within a unit of work it reads in that unit.
    """
    if g.get("in_transaction"):
        found = db.session.connection().exec_driver_sql(statement, parameters).all()
        return [tuple(row) for row in found]
    return _plainly(statement, parameters)


def write_plain(statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """One writing statement by hand as a unit of its own, durable when its rows are returned.

    Run again like any unit, so that it must be harmless when repeated. Raises
    ServiceUnavailable (503) when PostgreSQL stays away; not within a unit of work.
    """
    if g.get("in_transaction"):
        raise RuntimeError("a statement that is a unit of its own, within a unit of work")
    return _plainly(statement, parameters)


def _plainly(statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    for attempt in range(ATTEMPTS):
        try:
            return _at_once(statement, parameters)
        except (psycopg.Error, DBAPIError, PoolTimeout) as error:
            wrapped = DBAPIError(None, None, error) if isinstance(error, psycopg.Error) else error
            if not is_retryable(wrapped):
                raise
            last = error
        time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
    raise ServiceUnavailable() from last


def _at_once(statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    connection = db.engine.raw_connection()
    driver: psycopg.Connection[Any] = connection.driver_connection  # type: ignore[assignment]
    try:
        driver.autocommit = True
        found = driver.execute(statement.encode(), parameters, prepare=True).fetchall()
        driver.autocommit = False
    except BaseException:
        connection.invalidate()
        raise
    connection.close()
    return found


@contextmanager
def autocommit() -> Iterator[Connection]:
    """A connection on which each statement is a transaction of its own."""
    with db.engine.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


def insert(rows: Sequence[NewRow]) -> None:
    """Inserts plain rows in the current unit of work, grouped by table."""
    by_table: dict[Table, list[dict[str, Any]]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row.values)
    for table, values in by_table.items():
        db.session.execute(table.insert(), values)
