"""What is done by the clock: duties of the relay, wired in create_app.

A duty works on the database only and is idempotent; whatever needs the network is an outbox
row. Of all relays one leads (a session lock of PostgreSQL that ends with its connection), so
that each duty runs once even with several relays and goes on within seconds when one dies.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import structlog
from flask import current_app

from app.core.db import db

log = structlog.get_logger()
EXTENSION = "lianhui_timetable"


class Unfinished(int):
    """How much a duty did in its turn, and that there is more: it is due again at once, after the
    others, so that a long one never keeps them waiting."""


@dataclass(slots=True)
class Duty:
    """One line of the timetable; `work` returns how much it did, as Unfinished where its slice of
    time was over before its work was."""

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
        did = _run(duty)
        done += did
        pause = 0.0 if isinstance(did, Unfinished) else duty.seconds
        duty.next_at = time.monotonic() + pause
    return done


def run_all(rooms: Collection[str] = ()) -> int:
    """Runs every duty now, whatever the clock says, or only those of some rooms; the number of
    things done. Nobody else is kept waiting here: an unfinished one goes on until it is done, so
    that those after it do not look, slice after slice, at all that waits for it."""
    wanted = [duty for duty in duties() if not rooms or duty.name.split(".")[0] in rooms]
    return sum(_run_out(duty) for duty in wanted)


def _run_out(duty: Duty) -> int:
    done = 0
    while isinstance(did := _run(duty), Unfinished) and did:
        done += did
    return done + did


def _run(duty: Duty) -> int:
    try:
        did = duty.work()
        return 0 if did is None else did
    except Exception as error:
        log.error("duty_failed", duty=duty.name, exc_info=error)
        return 0
    finally:
        db.session.remove()
