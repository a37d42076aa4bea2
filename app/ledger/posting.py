"""Posting: journals go to PostgreSQL in one call, and are committed with what belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import g
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.config import settings
from app.core.db import db, in_transaction, insert
from app.core.world import now
from app.ledger import call
from app.ledger.errors import RowRefused, constraint_of, table_of, translated
from app.ledger.group import GroupCommitter
from app.ledger.journals import Bundle, Journal, Posted


def post(journals: Sequence[Journal]) -> list[Posted]:
    """Posts journals in the current unit of work: one round trip, all or none.

    Accounts are opened on first use and locked, in one order for all callers, until the unit
    ends: post once, late, in a unit. Debits of append-only accounts see folded credits only.
    Raises InsufficientFunds, KeyReused, AlreadyReversed or Unbalanced; each leaves the unit
    unusable; `post_if_funded` is for those who want to go on.
    """
    if not journals:
        return []
    return _posted(journals, _call(call.POST, journals))


def post_if_funded(journals: Sequence[Journal]) -> list[Posted] | None:
    """Like `post`, but returns None and posts nothing where `post` raises InsufficientFunds."""
    if not journals:
        return []
    standing = _call(call.POST_IF_FUNDED, journals)
    return None if standing == [] else _posted(journals, standing)


def _call(statement: str, journals: Sequence[Journal]) -> Sequence[UUID | None] | None:
    parameters = tuple(call.arguments(journals, now()))
    try:
        answer = db.session.connection().exec_driver_sql(statement, parameters).scalar()
    except DBAPIError as error:
        known = translated(error)
        if known is None:
            raise
        raise known from error
    found: Sequence[UUID | None] | None = answer
    return found


def _posted(journals: Sequence[Journal], standing: Sequence[UUID | None] | None) -> list[Posted]:
    return [
        Posted(found or journal.id, found is not None)
        for journal, found in zip(journals, standing or [None] * len(journals), strict=True)
    ]


def commit(bundle: Bundle) -> list[Posted]:
    """Commits a bundle as a unit of its own; together with others' bundles where switched on.

    Returns once it is durable. Rows are left out if all the bundle's journals were standing
    already: they were committed with them. Raises what `post` raises, RowRefused if a row breaks
    a constraint, ServiceUnavailable; after each of these nothing of the bundle is committed (or
    it is unknown after the last; the same keys may be sent again). Not within a unit of work.
    """
    if g.get("in_transaction"):
        raise RuntimeError("a bundle is a unit of its own")
    if settings().group_posting:
        return _group.run(bundle)
    return commit_together([bundle])[0]


def commit_together(bundles: Sequence[Bundle]) -> list[list[Posted]]:
    """Commits several bundles in one unit: all or none. Raises what `commit` raises."""
    return in_transaction(_unit(bundles))


def _unit(bundles: Sequence[Bundle]) -> Callable[[], list[list[Posted]]]:
    def work() -> list[list[Posted]]:
        posted = iter(post([journal for bundle in bundles for journal in bundle.journals]))
        results = [[next(posted) for _ in bundle.journals] for bundle in bundles]
        rows = [
            row
            for bundle, result in zip(bundles, results, strict=True)
            if not result or not all(each.replayed for each in result)
            for row in bundle.rows
        ]
        try:
            insert(rows)
        except IntegrityError as error:
            raise RowRefused(table_of(error), constraint_of(error)) from error
        return results

    return work


_group: GroupCommitter[Bundle, list[Posted]] = GroupCommitter(commit_together)
