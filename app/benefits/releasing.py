"""Frees grants whose time of cooling is over (`rebate_pending` → `rebate`), batch by batch.

What fails is marked and waits behind all that was not tried yet, so that however much of it there
is and however long it takes, it keeps nobody else from theirs.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import Row, func, select, tuple_, update

from app.benefits.models import Grant
from app.core.db import db, in_transaction, read
from app.core.timetable import Unfinished
from app.core.world import SYSTEM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg

log = structlog.get_logger()
SECONDS = 60
SLICE_SECONDS = 5.0
BATCH = 200
LATE = timedelta(hours=1)

Due = Row[tuple[datetime, UUID]]


def release() -> int:
    """Duty: frees what has been frozen long enough, the longest first; how many grants.

    A batch that fails is marked, and what is marked is tried owner by owner, in fair turns.
    """
    end, done, after = time.monotonic() + SLICE_SECONDS, 0, None
    while found := _due(after):
        done += _free([each.id for each in found])
        after = found[-1]
        if time.monotonic() > end:
            return Unfinished(done) if done else 0
    return done + _free_marked(end)


def overdue() -> int:
    """How many grants should have been freed an hour ago: the gauge `benefits_overdue`."""
    late = (Grant.release_at <= now() - LATE, Grant.released_at.is_(None))
    return int(read(select(func.count()).select_from(Grant).where(*late))[0][0])


def _due(after: Due | None) -> Sequence[Due]:
    due = select(Grant.release_at, Grant.id).where(
        Grant.release_at <= now(), Grant.released_at.is_(None), Grant.looked_at.is_(None)
    )
    if after is not None:
        due = due.where(tuple_(Grant.release_at, Grant.id) > (after.release_at, after.id))
    return read(due.order_by(Grant.release_at, Grant.id).limit(BATCH))


def _free(grant_ids: Sequence[UUID]) -> int:
    try:
        return in_transaction(partial(_release, grant_ids))
    except Exception as error:
        log.warning("benefit_batch_failed", grants=len(grant_ids), exc_info=error)
    in_transaction(partial(_mark, grant_ids))
    return 0


def _free_marked(end: float) -> int:
    """Owner by owner, who waits longest first. Each is marked before they are tried, so that the
    next turn begins with others, whatever becomes of this one."""
    marked = (Grant.looked_at.is_not(None), Grant.released_at.is_(None))
    rows = read(
        select(Grant.id, Grant.owner_id)
        .where(*marked)
        .order_by(Grant.looked_at, Grant.id)
        .limit(BATCH)
    )
    theirs: dict[UUID, list[UUID]] = defaultdict(list)
    for each in rows:
        theirs[each.owner_id].append(each.id)
    done = 0
    for owner_id, grant_ids in theirs.items():
        in_transaction(partial(_mark, grant_ids))
        done += _free_alone(owner_id, grant_ids)
        if time.monotonic() > end:
            break
    return done


def _mark(grant_ids: Sequence[UUID]) -> None:
    mine = (Grant.bucket.in_({bucket_of(each) for each in grant_ids}), Grant.id.in_(grant_ids))
    statement = update(Grant).where(*mine, Grant.released_at.is_(None)).values(looked_at=now())
    db.session.execute(statement.execution_options(synchronize_session=False))


def _free_alone(owner_id: UUID, grant_ids: Sequence[UUID]) -> int:
    try:
        return in_transaction(partial(_release, grant_ids))
    except Exception as error:
        log.error("benefit_not_released", owner=str(owner_id), exc_info=error)
        return 0


def _release(grant_ids: Sequence[UUID]) -> int:
    rows = db.session.scalars(
        select(Grant)
        .where(Grant.bucket.in_({bucket_of(each) for each in grant_ids}), Grant.id.in_(grant_ids))
        .where(Grant.released_at.is_(None))
        .order_by(Grant.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    journals = []
    for row in rows:
        row.released_at, free_fen = now(), row.free_fen - row.taken_free_fen
        if free_fen:
            legs = (
                Leg(row.owner_id, Account.REBATE_PENDING, -free_fen),
                Leg(row.owner_id, Account.REBATE, free_fen),
            )
            journals.append(_releasing(row, legs))
    db.session.flush()
    ledger.post(journals)
    return len(rows)


def _releasing(row: Grant, legs: tuple[Leg, ...]) -> Journal:
    return Journal(
        id=new_id(row.bucket),
        kind="benefit_released",
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"benefit_released:{row.id}",
        legs=legs,
    )
