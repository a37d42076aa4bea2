"""Whether this process lives, is ready, and how much work waits."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, json
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core import auth, outbox
from app.core.db import db
from app.core.errors import ServiceUnavailable
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
    report = _report()
    status = 503 if report["status"] == "down" else 200
    response = Response(json.dumps(report), status=status, content_type="application/json")
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


@blueprint.get("/metrics")
@auth.public
def metrics() -> Response:
    """The same numbers for Prometheus; no personal data, no amounts."""
    registry = CollectorRegistry()
    for name, value in _report().items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            Gauge(f"lianhui_{name}", name.replace("_", " "), registry=registry).set(value)
    for name, (labels, measure) in current_app.extensions.get(SERIES, {}).items():
        words = name.replace("_", " ")
        numbers = Gauge(f"lianhui_{name}", words, labelnames=labels, registry=registry)
        for values, number in measure().items():
            numbers.labels(*values).set(number)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


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


def install(app: Flask) -> None:
    """Registers the routes on the application."""
    app.register_blueprint(blueprint)
