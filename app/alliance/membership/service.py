"""The introduction to membership: its facts, its text, who consented, and what a store offers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.alliance import terms
from app.alliance.errors import TermsOutdated
from app.alliance.membership.models import TermsConsent
from app.alliance.membership.texts import TEXTS, VERSION
from app.alliance.prepaid import plans
from app.core.config import settings
from app.core.db import db
from app.core.world import bucket_of, now


def introduction() -> dict[str, Any]:
    """What everybody may know before becoming a member: the present text, and amounts (fen)."""
    return {
        "version": VERSION,
        "text": TEXTS[VERSION]["zh"],
        "text_en": TEXTS[VERSION]["en"],
        "top_up_minimum_fen": settings().top_up_minimum_fen,
        "top_up_maximum_fen": settings().top_up_maximum_fen,
        "card_limit_fen": settings().prepaid_card_limit_fen,
        "card_limit_unnamed_fen": settings().prepaid_card_limit_unnamed_fen,
        "refund_days": settings().top_up_refund_days,
    }


def offered(store_id: UUID, member_id: UUID | None) -> list[tuple[Any, str]]:
    """The plans of a store today, each with why it is closed to this reader, or an empty text; in
    the current unit of work. Raises StoreUnknown."""
    store = terms.of_store(store_id)
    return [
        (row, plans.open_reason(row, store, plans.smallest(row), member_id))
        for row in plans.in_force(store_id)
    ]


def consent(member_id: UUID, version: str, door: str) -> TermsConsent:
    """Notes in the current unit that a member consents to the present text; again is fine. Raises
    TermsOutdated where another version was shown."""
    if version != VERSION:
        raise TermsOutdated(version=VERSION)
    row = insert(TermsConsent).values(
        bucket=bucket_of(member_id),
        member_id=member_id,
        version=version,
        door=door,
        consented_at=now(),
    )
    db.session.execute(row.on_conflict_do_nothing())
    found = consented(member_id)
    assert found is not None
    return found


def consented(member_id: UUID) -> TermsConsent | None:
    """The member's consent to the present text, in the current unit of work; None without one."""
    mine = (TermsConsent.bucket == bucket_of(member_id), TermsConsent.member_id == member_id)
    return db.session.scalar(select(TermsConsent).where(*mine, TermsConsent.version == VERSION))
