"""The product. `create_app` is the one place that knows every room; each opens itself."""

from __future__ import annotations

from apiflask import APIFlask
from flask_migrate import Migrate

from app import seed
from app.alliance import opening as alliance
from app.benefits import opening as benefits
from app.core import api, boot, commands, errors, health, limits, logs, openapi, sessions
from app.core.accounts.routes import blueprint as own_account_blueprint
from app.core.audit import opening as audit
from app.core.config import settings
from app.core.db import db
from app.core.job_routes import blueprint as jobs_blueprint
from app.core.routes import blueprint as staff_blueprint
from app.ledger import opening as ledger
from app.members import opening as members
from app.notices import opening as notices
from app.pages import opening as pages
from app.qr import opening as qr
from app.wallet import opening as wallet
from app.wechat import opening as wechat

POOL_TIMEOUT_SECONDS = 5


def create_app() -> APIFlask:
    """The application, ready to serve; raises pydantic's ValidationError for bad settings."""
    logs.install()
    app = APIFlask(
        __name__,
        title="Lianhui 联惠",
        version="1",
        spec_path="/openapi.json" if settings().api_docs else None,
        docs_path="/docs" if settings().api_docs else None,
        static_folder=None,
    )
    app.config.update(
        SECRET_KEY=settings().secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=settings().database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": settings().database_pool_size,
            "max_overflow": 4,
            "pool_timeout": POOL_TIMEOUT_SECONDS,
            "hide_parameters": True,  # a logged database error must not carry personal data
            "connect_args": {"connect_timeout": 3},
        },
        RATELIMIT_STORAGE_URI=settings().redis_url,
    )
    db.init_app(app)
    Migrate(app, db).configure(benefits.add_migrations)
    limits.install(app)
    errors.install(app)
    api.install(app)
    openapi.install(app)
    health.install(app)
    audit.install(app)
    sessions.install(app)
    commands.install(app)
    seed.install(app)
    app.register_blueprint(staff_blueprint)
    app.register_blueprint(own_account_blueprint)
    app.register_blueprint(jobs_blueprint)
    _open_rooms(app)
    boot.check_servers(app)
    return app


def _open_rooms(app: APIFlask) -> None:
    """Opens the rooms, in the order in which they build on each other."""
    with app.app_context():
        for room in (ledger, wechat, qr, members, wallet, alliance, benefits, notices, pages):
            room.open_room(app)
