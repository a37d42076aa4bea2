"""What this room holds of a member, for their own eyes."""

from __future__ import annotations

from app.benefits.models import Grant
from app.core.personal_data import owned, part


def declare() -> None:
    """Declares the room's parts; called by its opening. Each kind declares its own."""
    part("benefits.grants", "活动奖励", Grant, owned(Grant.bucket, Grant.owner_id))
