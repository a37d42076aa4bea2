"""Whether this process lives, is ready, and how much work waits.

The numbers take some dozens of queries: each process counts them once in HEALTH_CACHE_SECONDS for
whoever asks, and in production shows them to this machine and to who sends METRICS_TOKEN only.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, json, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core import auth, outbox
from app.core.config import settings
from app.core.db import db
from app.core.errors import ServiceUnavailable
from app.core.kept import Kept
from app.core.relay import connect_redis

EXTENSION = "lianhui_gauges"
SERIES = "lianhui_series"
blueprint = APIBlueprint("health", __name__, tag="Health")


def gauge(name: str, measure: Callable[[], int]) -> None:
    """Adds a number to /healthz/ready and /metrics; called by create_app only."""
    current_app.extensions.setdefault(EXTENSION, {})[name] = measure


def series(
    name: str, labels: tuple[str, ...], measure: Callable[[], dict[tuple[str, ...], int]]
) -> None:
    """Adds numbers by label to /metrics, at most some dozens; called by create_app only."""
    current_app.extensions.setdefault(SERIES, {})[name] = (labels, measure)


@blueprint.get("/healthz/live")
@auth.public
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@blueprint.get("/healthz/ready")
@auth.public
def ready() -> Response:
    """The process can serve: `ready`, `degraded` (no Redis), or `down` (503)."""
    report = _numbers.get()
    if not _may_see_numbers():
        report = {"status": report["status"]}
    status = 503 if report["status"] == "down" else 200
    response = Response(json.dumps(report), status=status, content_type="application/json")
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


@blueprint.get("/metrics")
@auth.public
def metrics() -> Response:
    """The same numbers for Prometheus; no personal data, no amounts. In production for this machine
    and for who sends METRICS_TOKEN as a bearer token."""
    if not _may_see_numbers():
        raise auth.NotAllowed()
    return Response(_shown.get(), content_type=CONTENT_TYPE_LATEST)


def _may_see_numbers() -> bool:
    if settings().lianhui_env != "production":
        return True
    token = settings().metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").partition(" ")[2]
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # a proxy on this machine that nobody named in TRUSTED_PROXIES asks for somebody else
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not is_forwarded and ip_address(request.remote_addr or "0.0.0.0").is_loopback


def _series() -> bytes:
    registry = CollectorRegistry()
    for name, value in _numbers.get().items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            Gauge(f"lianhui_{name}", name.replace("_", " "), registry=registry).set(value)
    for name, (labels, measure) in current_app.extensions.get(SERIES, {}).items():
        words = name.replace("_", " ")
        numbers = Gauge(f"lianhui_{name}", words, labelnames=labels, registry=registry)
        for values, number in measure().items():
            numbers.labels(*values).set(number)
    return generate_latest(registry)


def _report() -> dict[str, Any]:
    report: dict[str, Any] = {
        "status": "ready",
        "db": "down",
        "redis": _redis(),
        "schema": None,
        "build": os.environ.get("LIANHUI_BUILD", "source"),
    }
    try:
        with db.engine.connect() as connection:
            report["schema"] = connection.scalar(text("SELECT version_num FROM alembic_version"))
        report["db"] = "up"
        report["outbox_pending"], report["outbox_oldest_s"] = outbox.pending()
        report["outbox_due"] = outbox.due()
        report["outbox_dead"] = outbox.dead()
        gauges: dict[str, Callable[[], int]] = current_app.extensions.get(EXTENSION, {})
        report |= {name: measure() for name, measure in gauges.items()}
    except (DBAPIError, ServiceUnavailable):
        report["status"] = "down"
    else:
        report["status"] = "ready" if report["redis"] == "up" else "degraded"
    return report


def _redis() -> str:
    try:
        return "up" if connect_redis().ping() else "down"
    except RedisError:
        return "down"


def _seconds() -> int:
    return settings().health_cache_seconds


_numbers, _shown = Kept(_report, _seconds), Kept(_series, _seconds)


def install(app: Flask) -> None:
    """Registers the routes on the application."""
    app.register_blueprint(blueprint)
