"""Opens the room and every kind of benefit that is found in it."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from apiflask import APIFlask

from app.alliance import service as alliance
from app.benefits import (
    campaigns,
    collecting,
    explaining,
    goods,
    grants,
    own_data,
    registry,
    releasing,
)
from app.benefits.routes import blueprint
from app.core import health
from app.core.timetable import every
from app.ledger import service as ledger
from app.wallet import service as wallet


def add_migrations(config: Config) -> Config:
    """Lets alembic find the versions that kinds of benefits bring with them."""
    folders = [str(Path(config.get_main_option("script_location") or "") / "versions")]
    folders += map(str, registry.migrations())
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(folders))
    return config


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    own_data.declare()
    app.register_blueprint(blueprint)
    ledger.explain(explaining.kinds())
    every(campaigns.TURN_SECONDS, "benefits.turn_campaigns", campaigns.turn)
    every(releasing.SECONDS, "benefits.release", releasing.release)
    every(collecting.SECONDS, "benefits.collect_claims", collecting.collect)
    health.gauge("benefits_overdue", releasing.overdue)
    for name, kind in sorted(registry.find().items()):
        registry.benefits()[name] = kind
        kind.open_room(app)
    alliance.gift_returned.connect(goods.returned)
    wallet.commission_asked.connect(grants.labour_fen)
