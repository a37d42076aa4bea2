"""Committing bundles: journals and rows as units of their own, those of many threads together.

The usual way is one statement on a plain driver connection, a transaction by itself: posting and
rows in one round trip. Only what that cannot tell apart, a journal that was standing already,
takes the careful way through `in_transaction`, statement by statement.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from flask import g
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from app.core.combining import Combiner
from app.core.config import settings
from app.core.db import ATTEMPTS, FIRST_PAUSE_SECONDS, db, in_transaction, insert, is_retryable
from app.core.errors import ServiceUnavailable
from app.core.world import now
from app.ledger import call
from app.ledger.errors import STANDING, refused_row, translated
from app.ledger.journals import Bundle, Part, Posted
from app.ledger.posting import post, posted
from app.ledger.rows import Shape, parameter, shapes, statement

Results = list[list[Posted]]


def commit(bundle: Bundle) -> list[Posted]:
    """Commits a bundle as a unit of its own; together with others' bundles where switched on.

    Returns once it is durable. Rows are left out if all the bundle's journals were standing
    already: they were committed with them. Raises what `post` raises, RowRefused if a row breaks
    a constraint, ServiceUnavailable; after each of these nothing of the bundle is committed (or
    it is unknown after the last; the same keys may be sent again). Not within a unit of work.
    """
    if settings().group_posting:
        return _combiner.run(bundle)
    return commit_together([bundle])[0]


def commit_together(bundles: Sequence[Bundle], first: Part | None = None) -> Results:
    """Commits several bundles in one unit: all or none. Raises what `commit` raises.

    For those who combine by themselves, because more than the commit is done for all at once.
    `first` is done before the posting, in the same statement.
    """
    if g.get("in_transaction"):
        raise RuntimeError("a bundle is a unit of its own")
    found = shapes([row for bundle in bundles for row in bundle.rows])
    if found is None:
        return in_transaction(_unit(bundles, first))
    for attempt in range(ATTEMPTS):
        try:
            return _at_once(bundles, found, first)
        except psycopg.Error as error:
            if error.sqlstate == STANDING:
                return in_transaction(_unit(bundles, first))
            last: Exception = error
            known = translated(error) or refused_row(error)
            if known is not None:
                raise known from error
            if not is_retryable(_wrapped(error)):
                raise
        except PoolTimeout as error:
            last = error
        time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
    raise ServiceUnavailable() from last


def _at_once(
    bundles: Sequence[Bundle], rows: Mapping[Shape, Sequence[Any]], first: Part | None
) -> Results:
    """Posting and rows as one statement, durable when it returns. Raises the driver's errors."""
    journals = [journal for bundle in bundles for journal in bundle.journals]
    if not (journals or rows or first):
        return [[] for _ in bundles]
    parameters: list[Any] = list(first.parameters) if first else []
    parameters += call.arguments(journals, now()) if journals else []
    parameters += [parameter(values) for values in rows.values()]
    connection = db.engine.raw_connection()
    driver: psycopg.Connection = connection.driver_connection  # type: ignore[assignment]
    try:
        driver.autocommit = True
        sql = statement(first and first.sql, bool(journals), tuple(rows))
        driver.execute(sql, parameters, prepare=True)
        driver.autocommit = False
    except BaseException as error:
        _give_back(connection, driver, error)
        raise
    connection.close()
    return [posted(bundle.journals, None) for bundle in bundles]


def _give_back(
    connection: PoolProxiedConnection, driver: psycopg.Connection, error: BaseException
) -> None:
    """After a refusal the connection is as good as new; otherwise it is thrown away."""
    if isinstance(error, psycopg.Error) and error.sqlstate and not driver.closed:
        driver.autocommit = False
    else:
        connection.invalidate()
    connection.close()


def _wrapped(error: psycopg.Error) -> DBAPIError:
    """The error as `is_retryable` knows errors."""
    return DBAPIError(None, None, error)


def _unit(bundles: Sequence[Bundle], first: Part | None) -> Callable[[], Results]:
    """The careful way: who was standing already is known before any row is inserted."""

    def work() -> Results:
        answers = iter(post([journal for bundle in bundles for journal in bundle.journals]))
        results = [[next(answers) for _ in bundle.journals] for bundle in bundles]
        new = [
            bundle
            for bundle, result in zip(bundles, results, strict=True)
            if not result or not all(each.replayed for each in result)
        ]
        try:
            if first and new:
                db.session.connection().exec_driver_sql(first.sql, first.parameters)
            insert([row for bundle in new for row in bundle.rows])
        except IntegrityError as error:
            raise refused_row(error.orig) or error from error
        return results

    return work


_combiner: Combiner[Bundle, list[Posted]] = Combiner(commit_together)
