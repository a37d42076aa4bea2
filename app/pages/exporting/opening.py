"""Opens exports: their addresses, who writes them, and the duty that removes them."""

from __future__ import annotations

from apiflask import APIFlask

from app.core import outbox
from app.core.timetable import every
from app.pages.exporting import keeping, running
from app.pages.exporting.routes import blueprint


def install(app: APIFlask) -> None:
    """Connects exports to the application."""
    app.register_blueprint(blueprint)
    lease_seconds = running.LEASE_SECONDS
    outbox.reader(keeping.DUE, "pages.export", running.work, lease_seconds=lease_seconds)
    every(keeping.CLEAR_SECONDS, "pages.clear_exports", keeping.clear_old)
