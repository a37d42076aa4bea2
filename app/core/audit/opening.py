"""Opens the audit log: recording, its routes, and the duty that seals it."""

from __future__ import annotations

from apiflask import APIFlask
from sqlalchemy import func, select

from app.core import health
from app.core.audit import recording, sealing
from app.core.audit.models import Unsealed
from app.core.audit.routes import blueprint
from app.core.db import read
from app.core.timetable import every


def install(app: APIFlask) -> None:
    """Connects the audit log to the application. Called once by `create_app`."""
    recording.install(app)
    app.register_blueprint(blueprint)
    health_gauge = select(func.count()).select_from(Unsealed)
    with app.app_context():
        every(sealing.SEAL_SECONDS, "core.seal_audit", sealing.seal)
        health.gauge("actions_unsealed", lambda: int(read(health_gauge)[0][0]))
