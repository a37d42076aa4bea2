"""Production does not start on servers that forget what they promised."""

import pytest
from redis import Redis

from app.core import boot
from app.core.config import settings


@pytest.fixture
def production(monkeypatch):
    monkeypatch.setattr(settings(), "lianhui_env", "production")


def test_a_postgresql_without_fsync_is_refused(app, production):
    with pytest.raises(boot.UnsafeServer, match="fsync = off"):
        boot.check_servers(app)  # the test server itself runs without fsync


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
