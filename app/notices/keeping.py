"""How long notices are kept: each until NOTICE_KEEP_DAYS after it was written, arrived or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_

from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.world import now
from app.notices.models import Notice
from app.notices.schemas import NoticeState

SECONDS = 60.0
BATCH = 2_000
UNDER_WAY = (NoticeState.QUEUED, NoticeState.SENDING)
ENDED = tuple(state for state in NoticeState if state not in UNDER_WAY)
LOST = (NoticeState.BLOCKED, NoticeState.FAILED, NoticeState.UNKNOWN)
RECENT = timedelta(days=7)
KEY = (Notice.bucket, Notice.id)


def clear_old() -> int:
    """Duty: deletes up to BATCH notices whose time is over, the oldest first, in a unit of its own;
    how many. What is still to be sent stays until it ended."""
    return in_transaction(_clear_old)


def not_arrived() -> int:
    """How many notices of the last seven days were refused, or have an unknown fate: the gauge
    `notices_not_arrived`. Older ones can be read as long as they are kept."""
    lost = Notice.state.in_(LOST), Notice.created_at >= now() - RECENT
    return int(read(select(func.count()).select_from(Notice).where(*lost))[0][0])


def first_id(moment: datetime) -> UUID:
    """The smallest id that a row of this moment can have: ids begin with it, in milliseconds."""
    return UUID(int=int(moment.timestamp() * 1_000) << 80)


def _clear_old() -> int:
    until = now() - timedelta(days=settings().notice_keep_days)
    left = BATCH
    for state in ENDED:  # one after the other, by the index on state and id
        over = (Notice.state == state, Notice.id < first_id(until), Notice.created_at < until)
        chosen = select(*KEY).where(*over).order_by(Notice.id).limit(left)
        keys = db.session.execute(chosen.with_for_update(skip_locked=True)).all()
        if keys:
            gone = delete(Notice).where(tuple_(*KEY).in_([tuple(key) for key in keys]))
            db.session.execute(gone.execution_options(synchronize_session=False))
        left -= len(keys)
        if not left:
            break
    return BATCH - left
