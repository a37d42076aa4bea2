"""Production does not start on servers that forget what they promised."""

import psycopg
import pytest
from redis import Redis

from app.core import boot
from app.core.config import settings
from app.core.db import db


@pytest.fixture
def production(monkeypatch):
    monkeypatch.setattr(settings(), "lianhui_env", "production")


def test_a_postgresql_that_acknowledges_too_early_is_refused(app, production):
    name = settings().database_url.rsplit("/", 1)[1]
    with psycopg.connect(settings().database_url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    _new_connections(app)
    try:
        with pytest.raises(boot.UnsafeServer, match="synchronous_commit = off"):
            boot.check_servers(app)
    finally:
        with psycopg.connect(settings().database_url, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" RESET synchronous_commit')
        _new_connections(app)


def _new_connections(app):
    with app.app_context():
        db.engine.dispose()


def test_a_redis_that_evicts_is_refused(app, production):
    redis = Redis.from_url(settings().redis_url)
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(boot.UnsafeServer, match="allkeys-lru"):
            boot.check_servers(app)
    finally:
        redis.config_set("maxmemory-policy", "noeviction")


def test_development_takes_what_it_gets(app):
    boot.check_servers(app)
