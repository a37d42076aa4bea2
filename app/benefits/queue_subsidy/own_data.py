"""What the queue holds of a member, for their own eyes."""

from __future__ import annotations

from app.benefits.queue_subsidy.models import QueueAccount, QueuePlace
from app.core.personal_data import owned, part


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
