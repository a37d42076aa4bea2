"""Runs the migrations on the application's database; each version in a transaction of its own."""

from alembic import context
from flask import current_app

from app.core.db import db


def run() -> None:
    """Applies what alembic was asked to apply."""
    with current_app.app_context(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
