"""The operator decides what members see: a version is approved, or rejected with a reason."""

from __future__ import annotations

from uuid import UUID

from app.alliance.offers import rules
from app.alliance.offers.errors import OfferChanged
from app.alliance.offers.models import Offer, OfferVersion
from app.alliance.offers.writing import locked, note, version
from app.core.auth import Principal
from app.core.db import db
from app.core.world import now


def decide(
    caller: Principal, offer_id: UUID, number: int, *, is_approved: bool, reason: str | None
) -> Offer:
    """Approves or rejects the version that waits, in the current unit of work; the same decision
    again is fine. An approved version is what members see from now on.

    Locks the offer. Raises OfferUnknown, OfferChanged (another version waits, or none).
    """
    row = locked(offer_id)
    latest = version(row, row.latest_version)
    decision = "approved" if is_approved else "rejected"
    if number == latest.version and latest.status == decision:
        return row
    if number != latest.version or latest.status != "in_review":
        raise OfferChanged(version=latest.version, version_status=latest.status)
    latest.status, latest.decided_at, latest.reason = decision, now(), reason
    if is_approved:
        _show(row, latest)
    note(row, decision, number, caller.id, reason)
    db.session.flush()
    return row


def _show(row: Offer, latest: OfferVersion) -> None:
    """A paused offer stays paused: its merchant wants nothing sold for now."""
    if row.status != "paused":
        row.status = "displayed"
    row.shown_version = latest.version
    row.title, row.category = latest.title, latest.category
    row.price_fen, row.member_price_fen = latest.price_fen, latest.member_price_fen
    row.terms = rules.terms(latest.title, latest.category, latest.text)
