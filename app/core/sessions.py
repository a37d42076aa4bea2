"""Somebody's own sessions: which are open, ending one, and those that are over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from apiflask import APIFlask
from sqlalchemy import delete, func, select, update

from app.core import auth
from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.core.models import Session
from app.core.timetable import Unfinished, every
from app.core.world import beijing_day, now

NAME_BYTES = 16
MOST = 100
KEEP = timedelta(days=30)
CLEAR_SECONDS = 600
AT_ONCE = 1_000


def name_of(token_hash: bytes) -> str:
    """What a session is called: half the hash of its token, which opens nothing."""
    return token_hash[:NAME_BYTES].hex()


def open_rows(kind: str, subject_id: UUID, limit: int | None = None) -> Sequence[Session]:
    """Somebody's open sessions in the current unit of work: the current one first if there is a
    limit, which must not leave it out, then the newest."""
    order: list[Any] = [Session.created_at.desc(), Session.token_hash]
    if limit is not None:
        order.insert(0, (Session.token_hash == auth.session_name()).desc())
    wanted = select(Session).where(*is_open(kind, subject_id)).order_by(*order).limit(limit)
    return db.session.scalars(wanted).all()


def of_member(member_id: UUID) -> dict[str, Any]:
    """Where a member is signed in, in the current unit of work: up to MOST, and how many in all."""
    current = auth.session_name()
    counted = select(func.count()).where(*is_open("member", member_id))
    return {
        "total": db.session.scalar(counted),
        "sessions": [
            {
                "name": name_of(row.token_hash),
                "door": row.door,
                "device": row.device,
                "opened_at": row.created_at,
                "seen_on": row.seen_on or beijing_day(row.created_at),
                "expires_at": row.expires_at,
                "is_current": row.token_hash == current,
            }
            for row in open_rows("member", member_id, MOST)
        ],
    }


def end_named(name: str) -> None:
    """Ends one of the caller's sessions in the current unit of work. Raises NotFound.

    Staff's ends at once; a process that saw a member's before notices within MEMBER_CACHE_SECONDS.
    """
    caller = auth.principal()
    found = end(
        func.encode(func.substr(Session.token_hash, 1, NAME_BYTES), "hex") == name,
        *is_open(caller.kind, caller.id),
    )
    if not found:
        raise NotFound()


def end(*conditions: Any) -> int:
    """Ends the sessions of which the conditions are true, in the current unit of work; how many."""
    ended = db.session.execute(
        update(Session)
        .where(*conditions)
        .values(revoked_at=now())
        .execution_options(synchronize_session=False)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def is_open(kind: str, subject_id: UUID) -> tuple[Any, ...]:
    """The conditions of somebody's open sessions."""
    return (
        Session.subject_id == subject_id,
        Session.kind == kind,
        Session.revoked_at.is_(None),
        Session.expires_at > now(),
    )


def forget_entrances(subject_id: UUID) -> None:
    """Ends all sessions of a subject and forgets where they were opened, in the current unit."""
    auth.revoke_sessions(subject_id)
    forgotten = update(Session).where(Session.subject_id == subject_id)
    db.session.execute(
        forgotten.values(door=None, device=None, seen_on=None).execution_options(
            synchronize_session=False
        )
    )


def clear_old() -> int:
    """Duty: deletes up to AT_ONCE sessions whose time was over KEEP ago; how many."""
    old = select(Session.token_hash).where(Session.expires_at < now() - KEEP)
    gone = delete(Session).where(Session.token_hash.in_(old.limit(AT_ONCE)))

    def work() -> int:
        found = db.session.execute(gone.execution_options(synchronize_session=False))
        return int(found.rowcount)  # type: ignore[attr-defined]

    done = in_transaction(work)
    return Unfinished(done) if done == AT_ONCE else done


def install(app: APIFlask) -> None:
    """Adds the duty to the application's timetable. Called once by `create_app`."""
    with app.app_context():
        every(CLEAR_SECONDS, "core.clear_sessions", clear_old)
