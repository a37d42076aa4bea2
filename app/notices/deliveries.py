"""What WeChat reports afterwards: sending a template is accepted at once, its fate comes later
as the event TEMPLATESENDJOBFINISH (facts A6, B5), sometimes before the answer to the sending."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db, in_transaction, one_at_a_time
from app.core.world import now
from app.notices.models import Delivery, Notice
from app.notices.rules import delivery_state

KEEP = timedelta(days=2)
CLEAR_SECONDS = 3600


def name(row: Notice, wechat_message_id: str) -> None:
    """Notes WeChat's number on a locked notice, and the report if it came first."""
    one_at_a_time(f"notices/{wechat_message_id}")  # with the report, so that neither is missed
    row.wechat_message_id = wechat_message_id
    status = db.session.scalar(
        delete(Delivery)
        .where(Delivery.wechat_message_id == wechat_message_id)
        .returning(Delivery.status)
    )
    if status is not None:
        _apply(row, status)


def report(wechat_message_id: str, status: str, at: datetime) -> None:
    """Notes WeChat's report in the current unit of work; unknown numbers wait for their notice."""
    one_at_a_time(f"notices/{wechat_message_id}")
    row = db.session.scalar(
        select(Notice).where(Notice.wechat_message_id == wechat_message_id).with_for_update()
    )
    if row is not None:
        _apply(row, status)
        return
    early = insert(Delivery).values(
        wechat_message_id=wechat_message_id, status=status, reported_at=at
    )
    db.session.execute(early.on_conflict_do_nothing())


def clear_old() -> int:
    """Duty: removes reports that no notice asked for."""

    def work() -> int:
        old = delete(Delivery).where(Delivery.reported_at < now() - KEEP)
        return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]

    return in_transaction(work)


def _apply(row: Notice, status: str) -> None:
    if row.state == "sent":
        row.state, row.error_code = delivery_state(status)
        row.changed_at = now()
