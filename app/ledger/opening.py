"""Opens the room: its commands, and folding and sealing what was posted."""

from __future__ import annotations

from apiflask import APIFlask

from app.core import health
from app.core.timetable import every
from app.ledger import closings, own_data
from app.ledger import commands as ledger_commands
from app.ledger import service as ledger
from app.ledger.routes import blueprint


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    app.register_blueprint(blueprint)
    ledger_commands.install(app)
    own_data.declare()
    every(ledger.SEAL_SECONDS, "ledger.fold_and_seal", ledger.work_off)
    every(closings.CLOSE_SECONDS, "ledger.close_days", closings.close_days)
    health.gauge("closings_late", closings.late_count)
