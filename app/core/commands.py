"""Commands of the ground floor: the relay, and finishing what waits."""

from __future__ import annotations

import time

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.core import outbox, timetable
from app.core.relay import Relay

ops = AppGroup("ops", help="Operations.")


@ops.command("drain")
@click.option("--timeout", default=60.0, help="Seconds after which to give up.")
def drain(timeout: float) -> None:
    """Do every duty and every due outbox row now; exit 1 if some is still due at the end."""
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        if not timetable.run_all() and not outbox.work_off() and not outbox.due():
            return
    raise SystemExit(1)


def install(app: Flask) -> None:
    """Registers the commands on the application."""
    app.cli.add_command(ops)

    @app.cli.command("relay")
    def relay() -> None:
        """Run the outbox relay with its timetable in the foreground."""
        Relay(current_app._get_current_object()).run()  # type: ignore[attr-defined]
