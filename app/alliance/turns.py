"""One change at a time of what many might change at once."""

from __future__ import annotations

from sqlalchemy import text

from app.core.db import db


def one_at_a_time(what: str) -> None:
    """Lets one unit of work at a time change this, until the current one ends."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
    db.session.execute(lock, {"what": f"alliance/{what}"})
