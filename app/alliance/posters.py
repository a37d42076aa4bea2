"""What a store's poster says beside its code."""

from __future__ import annotations

from uuid import UUID

from app.alliance import catalogue
from app.alliance.errors import StoreUnknown
from app.alliance.paying import amounts
from app.qr.service import Caption, Kind


def caption(kind: Kind, subject_id: UUID) -> Caption | None:
    """The store's name (and what is paid by an amount's code), or None for codes of others and of
    stores that do not exist."""
    if kind is Kind.AMOUNT:
        found = amounts.caption_of(subject_id)
        return Caption(*found) if found else None
    if kind is not Kind.STORE:
        return None
    try:
        return Caption(catalogue.store(subject_id).name)
    except StoreUnknown:
        return None
