"""What is done by the clock: duties of the relay, wired in create_app.

A duty works on the database only and is idempotent; whatever needs the network is an outbox
row. Of all relays one leads (a session lock of PostgreSQL that ends with its connection), so
that each duty runs once even with several relays and goes on within seconds when one dies.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from flask import current_app

from app.core.db import db

log = structlog.get_logger()
EXTENSION = "lianhui_timetable"


@dataclass(slots=True)
class Duty:
    """One line of the timetable; `work` returns how much it did, so that a full batch runs on."""

    name: str
    seconds: float
    work: Callable[[], int | None]
    next_at: float = field(default=0.0)


def every(seconds: float, name: str, work: Callable[[], int | None]) -> None:
    """Adds a duty; called by create_app only."""
    current_app.extensions.setdefault(EXTENSION, []).append(Duty(name, seconds, work))


def duties() -> list[Duty]:
    """The timetable of this application."""
    found: list[Duty] = current_app.extensions.get(EXTENSION, [])
    return found


def run_due() -> int:
    """Runs each duty whose time has come; the number of things done. Failures are logged."""
    done = 0
    for duty in duties():
        if time.monotonic() < duty.next_at:
            continue
        done += _run(duty)
        duty.next_at = time.monotonic() + duty.seconds
    return done


def run_all() -> int:
    """Runs every duty now, whatever the clock says; the number of things done."""
    return sum(_run(duty) for duty in duties())


def _run(duty: Duty) -> int:
    try:
        return duty.work() or 0
    except Exception as error:
        log.error("duty_failed", duty=duty.name, exc_info=error)
        return 0
    finally:
        db.session.remove()
