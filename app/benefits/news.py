"""Tells people of a benefit: the kind words it, the rooms above choose the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.benefits.contract import News
from app.benefits.registry import benefit
from app.core import outbox
from app.core.world import bucket_of

NEWS = "benefit.news"


def tell(name: str, member_id: UUID, subject_id: UUID, what: str) -> None:
    """Lets a member know that `what` happened to a subject of a kind, in the current unit.

    Told at most once for member, subject and `what`.
    """
    payload = {
        "benefit": name,
        "member_id": str(member_id),
        "subject_id": str(subject_id),
        "what": what,
    }
    outbox.emit(NEWS, payload, bucket=bucket_of(member_id))


def worded(payload: dict[str, Any]) -> News:
    """What a letter of `benefit.news` says, in the current unit of work."""
    return benefit(payload["benefit"]).news(UUID(payload["subject_id"]), payload["what"])
