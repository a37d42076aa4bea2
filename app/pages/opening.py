"""Opens the room: its addresses."""

from __future__ import annotations

from apiflask import APIFlask

from app.pages import assets
from app.pages.client.routes import blueprint as client_blueprint
from app.pages.console import opening as console
from app.pages.exporting import opening as exporting
from app.pages.funds import blueprint as funds_blueprint
from app.pages.membership import blueprint as membership_blueprint
from app.pages.queue import blueprint as queue_blueprint
from app.pages.reserve import blueprint as reserve_blueprint
from app.pages.routes import blueprint as pages_blueprint
from app.pages.shop import opening as shop
from app.pages.statements import blueprint as statements_blueprint


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    assets.install(app)
    app.register_blueprint(pages_blueprint)
    app.register_blueprint(client_blueprint)
    app.register_blueprint(funds_blueprint)
    app.register_blueprint(membership_blueprint)
    app.register_blueprint(queue_blueprint)
    app.register_blueprint(reserve_blueprint)
    app.register_blueprint(statements_blueprint)
    exporting.install(app)
    console.install(app)
    shop.install(app)
