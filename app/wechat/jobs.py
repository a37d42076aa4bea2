"""Duties of the inbox, for the timetable. Database work only; each returns how much it did."""

from __future__ import annotations

from app.wechat import inbox

SWEEP_SECONDS = 15
CLEAR_SECONDS = 3600


def sweep_notices() -> int:
    """Handles again what is owed and due."""
    return inbox.sweep()


def clear_old_notices() -> int:
    """Clears personal data of notices past their time."""
    return inbox.clear_old()
