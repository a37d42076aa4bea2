"""What members were told and may be told: for their own eyes, and what is erased of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from app.core.db import db
from app.core.personal_data import owned, part
from app.core.world import bucket_of
from app.notices.models import Notice, Place, Preference, Subscription, Window

UNDER_WAY = ("queued", "sending")


def declare() -> None:
    """Declares this room's parts; called by its opening."""
    titles = {
        Notice: ("notices.told", "发送给您的通知"),
        Preference: ("notices.preferences", "通知偏好"),
        Subscription: ("notices.subscriptions", "订阅消息授权"),
        Place: ("notices.place", "位置授权"),
        Window: ("notices.windows", "可回复时段"),
    }
    for model, (name, title) in titles.items():
        part(name, title, model, owned(model.bucket, model.member_id))


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: wishes, consents, the place, and the texts of what was told."""
    for model in (Preference, Subscription, Place, Window):
        gone = delete(model).where(
            model.bucket == bucket_of(member_id), model.member_id == member_id
        )
        db.session.execute(gone.execution_options(synchronize_session=False))
    told = update(Notice).where(
        Notice.bucket == bucket_of(member_id),
        Notice.member_id == member_id,
        Notice.state.not_in(UNDER_WAY),
    )
    blank = told.values(text="", fields={}, link=None)
    db.session.execute(blank.execution_options(synchronize_session=False))
