"""When campaigns were paused: a purchase may be read of after the pause that it fell into."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update

from app.benefits.models import Campaign, Pause
from app.core.db import db
from app.core.world import bucket_of


def note(row: Campaign) -> None:
    """Writes down that a locked campaign begins to be paused, or goes on, at `changed_at`."""
    if row.status == "paused":
        db.session.add(Pause(bucket=row.bucket, campaign_id=row.id, paused_at=row.changed_at))
    else:
        mine = (Pause.bucket == row.bucket, Pause.campaign_id == row.id)
        ended = update(Pause).where(*mine, Pause.resumed_at.is_(None))
        db.session.execute(
            ended.values(resumed_at=row.changed_at).execution_options(synchronize_session=False)
        )
    db.session.flush()


def was_paused(campaign_id: UUID, moment: datetime) -> bool:
    """Whether a campaign was paused at a moment (UTC), in the current unit of work."""
    covering = select(Pause.paused_at).where(
        Pause.bucket == bucket_of(campaign_id),
        Pause.campaign_id == campaign_id,
        Pause.paused_at <= moment,
        or_(Pause.resumed_at.is_(None), Pause.resumed_at > moment),
    )
    return db.session.scalar(covering.limit(1)) is not None
