"""Opens the room: its addresses and how many permanent codes are left."""

from __future__ import annotations

from apiflask import APIFlask

from app.core import health
from app.qr import service as qr
from app.qr.routes import blueprint


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    app.register_blueprint(blueprint)
    health.gauge("codes_permanent", qr.permanent_count)
