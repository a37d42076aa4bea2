"""When two members turn out to be one person: where and about what they may be written to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.core.world import bucket_of
from app.notices.models import Place, Preference, Subscription, Window

COUNTED = (Window, Subscription, Place)  # what may be used once is moved, wishes are copied


def hand_over(_: Any, *, survivor_id: UUID, absorbed_id: UUID, had_past: bool) -> dict[str, Any]:
    """Receiver of `merging`: open windows, consents, the place and wishes of the absorbed member.

    What the survivor has of the same kind stays as it is. An undone merge leaves them there:
    wishes are the absorbed member's too, windows and consents they give again.
    """
    copied = {
        table.__tablename__: _copy(table, absorbed_id, survivor_id)
        for table in (*COUNTED, Preference)
    }
    for table in COUNTED:
        gone = delete(table).where(
            table.bucket == bucket_of(absorbed_id), table.member_id == absorbed_id
        )
        db.session.execute(gone.execution_options(synchronize_session=False))
    return {"notices": copied}


def _copy(model: Any, from_id: UUID, to_id: UUID) -> int:
    """How many rows the other one did not have already."""
    table = model.__table__
    new = {"bucket": literal(bucket_of(to_id)), "member_id": literal(to_id)}
    columns = [new.get(column.name, column) for column in table.columns]
    theirs = (table.c.bucket == bucket_of(from_id)) & (table.c.member_id == from_id)
    names = [column.name for column in table.columns]
    made = insert(table).from_select(names, select(*columns).where(theirs))
    found = db.session.execute(made.on_conflict_do_nothing())
    return int(found.rowcount)  # type: ignore[attr-defined]
