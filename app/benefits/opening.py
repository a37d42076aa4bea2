"""Opens the room and every kind of benefit that is found in it."""

from __future__ import annotations

from apiflask import APIFlask

from app.benefits import campaigns, explaining, grants, own_data, registry
from app.benefits.routes import blueprint
from app.core.timetable import every
from app.ledger import service as ledger


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    own_data.declare()
    app.register_blueprint(blueprint)
    ledger.explain(explaining.kinds())
    every(campaigns.TURN_SECONDS, "benefits.turn_campaigns", campaigns.turn)
    every(grants.RELEASE_SECONDS, "benefits.release", grants.release)
    for name, kind in sorted(registry.find().items()):
        registry.benefits()[name] = kind
        kind.open_room(app)
