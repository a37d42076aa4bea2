"""Posting in the current unit of work: journals go to PostgreSQL in one call."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from app.core.db import db
from app.core.world import now
from app.ledger import call
from app.ledger.errors import translated
from app.ledger.journals import Journal, Posted


def post(journals: Sequence[Journal]) -> list[Posted]:
    """Posts journals in the current unit of work: one round trip, all or none.

    Accounts are opened on first use and locked, in one order for all callers, until the unit
    ends: post once, late, in a unit. Debits of append-only accounts see folded credits only.
    Raises InsufficientFunds, KeyReused, AlreadyReversed or Unbalanced; each leaves the unit
    unusable; `post_if_funded` is for those who want to go on.
    """
    if not journals:
        return []
    return posted(journals, _call(call.POST, journals))


def post_if_funded(journals: Sequence[Journal]) -> list[Posted] | None:
    """Like `post`, but returns None and posts nothing where `post` raises InsufficientFunds."""
    if not journals:
        return []
    standing = _call(call.POST_IF_FUNDED, journals)
    return None if standing == [] else posted(journals, standing)


def _call(statement: str, journals: Sequence[Journal]) -> Sequence[UUID | None] | None:
    parameters = tuple(call.arguments(journals, now()))
    try:
        answer = db.session.connection().exec_driver_sql(statement, parameters).scalar()
    except DBAPIError as error:
        known = translated(error.orig)
        if known is None:
            raise
        raise known from error
    found: Sequence[UUID | None] | None = answer
    return found


def posted(journals: Sequence[Journal], standing: Sequence[UUID | None] | None) -> list[Posted]:
    """What the posting function answered, journal by journal (None: all were posted now)."""
    return [
        Posted(found or journal.id, found is not None)
        for journal, found in zip(journals, standing or [None] * len(journals), strict=True)
    ]
