"""What production refuses of its servers: a PostgreSQL or Redis that forgets what it promised."""

from __future__ import annotations

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.config import settings
from app.core.db import db
from app.core.relay import connect_redis

DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply"},
}


class UnsafeServer(RuntimeError):
    """A server is set up so that acknowledged money could be lost; names the setting."""


def check_servers(app: Flask) -> None:
    """In production, raises UnsafeServer for a PostgreSQL or Redis that is not durable.

    A PostgreSQL that cannot be asked is refused too; an unreachable Redis is only transport and
    is judged when it answers.
    """
    if settings().lianhui_env != "production":
        return
    with app.app_context():
        reasons = _postgresql() + _redis()
    if reasons:
        raise UnsafeServer("; ".join(reasons))


def _postgresql() -> list[str]:
    try:
        with db.engine.connect() as connection:
            found = {name: connection.scalar(text(f"SHOW {name}")) for name in DURABLE}
    except DBAPIError as error:
        raise UnsafeServer("PostgreSQL does not answer at DATABASE_URL") from error
    return [
        f"PostgreSQL runs with {name} = {value}"
        for name, value in found.items()
        if value not in DURABLE[name]
    ]


def _redis() -> list[str]:
    try:
        found = connect_redis().config_get("maxmemory-policy")
    except RedisError:
        return []
    policy = found.get("maxmemory-policy") if isinstance(found, dict) else None
    return [] if policy in (None, "noeviction") else [f"Redis runs with maxmemory-policy {policy}"]
