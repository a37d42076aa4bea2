"""Opens the room: its addresses and how many permanent codes are left."""

from __future__ import annotations

from apiflask import APIFlask

from app.core import health
from app.core.personal_data import part
from app.qr import service as qr
from app.qr.models import Code
from app.qr.routes import blueprint


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    app.register_blueprint(blueprint)
    health.gauge("codes_permanent", qr.permanent_count)
    hidden = {"key", "ticket", "ticket_url", "ticket_expires_at", "fetching_until"}
    part("qr.codes", "您的推荐码", Code, lambda ids: Code.subject_id.in_(ids), but=hidden)
