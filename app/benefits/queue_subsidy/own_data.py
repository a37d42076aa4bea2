"""What the queue holds of a member: told to them, and given up by who is erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.benefits.queue_subsidy import counting, queues
from app.benefits.queue_subsidy.counting import Change
from app.benefits.queue_subsidy.models import QueueAccount, QueuePlace
from app.core.db import db
from app.core.personal_data import owned, part
from app.core.world import bucket_of


def declare() -> None:
    """Declares the queue's parts; called by its opening."""
    part(
        "benefits.queue_places",
        "排队补贴",
        QueuePlace,
        owned(QueuePlace.bucket, QueuePlace.member_id),
        but={"is_told"},
    )
    part(
        "benefits.queue_accounts",
        "排队补贴账户",
        QueueAccount,
        owned(QueueAccount.bucket, QueueAccount.member_id),
    )


def given_up(_: Any, *, member_id: UUID) -> list[dict[str, Any]]:
    """Receiver of `given_up_asked`: places that wait, with what is still waited for (fen)."""
    rows = db.session.scalars(select(QueuePlace).where(*_waiting(member_id)))
    return [{"what": "queue_place", "id": each.id, "amount_fen": each.left_fen} for each in rows]


def leave(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: the places that wait leave, and those behind them move up. Locks the
    places, the blocks, the day. What was paid stays paid."""
    waiting = db.session.scalars(select(QueuePlace.id).where(*_waiting(member_id))).all()
    changes: dict[UUID, list[Change]] = defaultdict(list)
    for row in queues.locked(waiting):
        if row.state == "waiting":
            changes[row.queue_id].append(queues.left(row))
    db.session.flush()
    for queue_id, its in sorted(changes.items()):
        counting.note(queue_id, its)
        queues.note_day(queue_id)


def _waiting(member_id: UUID) -> Sequence[Any]:
    mine = (QueuePlace.bucket == bucket_of(member_id), QueuePlace.member_id == member_id)
    return (*mine, QueuePlace.state == "waiting")
