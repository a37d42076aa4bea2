"""Telling a merchant that who gets its money, or where it goes, was changed or is about to be."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import catalogue
from app.core import outbox
from app.core.world import bucket_of, new_id

CHANGED = "payee.changed"


def tell(merchant_id: UUID, what: str, also: UUID | None = None, **figures: Any) -> None:
    """Lets the merchant's contacts of this moment know, and one more member (who is no contact any
    more, or not yet); in the current unit of work."""
    told = {*catalogue.contacts(merchant_id)} | ({also} if also else set())
    payload = {
        "change_id": str(new_id()),
        "merchant_id": str(merchant_id),
        "what": what,
        "member_ids": sorted(map(str, told)),
        **figures,
    }
    outbox.emit(CHANGED, payload, bucket=bucket_of(merchant_id))
