"""What the ground floor holds of a member, for their own eyes."""

from __future__ import annotations

from app.core.models import AnsweredRequest, Session
from app.core.personal_data import kept_back, part


def declare() -> None:
    """Declares this floor's parts; called by create_app."""
    part(
        "core.sessions",
        "登录记录",
        Session,
        lambda ids: Session.subject_id.in_(ids),
        but={
            "token_hash",
            "subject_id",
            "roles",
            "merchant_id",
            "store_ids",
            "kind",
            "confirmed_at",
        },
    )
    kept_back(AnsweredRequest, "answers given before, of which every fact stands in another part")
