"""The relay: runs the timetable and wakes workers for outbox rows that are due."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import structlog
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.core import outbox, timetable
from app.core.config import settings
from app.core.db import db
from app.core.errors import ServiceUnavailable

log = structlog.get_logger()
LEADER_LOCK = 0x1A7E
TICK_SECONDS = 0.1
FOLLOWER_SECONDS = 1.0
QUEUE = "outbox"
MOST_WAKES = 2


def connect_redis() -> Redis:
    """A Redis connection that gives up quickly: Redis is only transport."""
    return Redis.from_url(settings().redis_url, socket_timeout=5, socket_connect_timeout=2)


class Relay:
    """One relay process. Any number may run; one leads, the others wait to take over."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stop = threading.Event()
        self._queue = Queue(QUEUE, connection=connect_redis(), serializer=JSONSerializer)

    def run(self) -> None:
        """Works until SIGTERM or SIGINT; survives the loss of PostgreSQL and of Redis."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._on_signal)
        with self._app.app_context():
            while not self._stop.is_set():
                try:
                    with db.engine.connect() as connection:
                        self._follow_or_lead(connection)
                except DBAPIError as error:
                    log.warning("relay_lost_database", error=type(error.orig).__name__)
                self._stop.wait(FOLLOWER_SECONDS)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _follow_or_lead(self, connection: Connection) -> None:
        channel = connection.execution_options(isolation_level="AUTOCOMMIT")
        lock = text("SELECT pg_try_advisory_lock(:lock)")
        if not channel.scalar(lock, {"lock": LEADER_LOCK}):
            return
        log.info("relay_leads")
        try:
            while not self._stop.is_set():
                channel.scalar(text("SELECT 1"))  # raises when the lock's connection is gone
                if not timetable.run_due():
                    self._stop.wait(TICK_SECONDS)
                self._wake_workers()
        finally:
            channel.invalidate() if self._stop.is_set() else None

    def _wake_workers(self) -> None:
        try:
            if outbox.is_due() and self._queue.count < MOST_WAKES:
                self._queue.enqueue("worker.drain", result_ttl=0, failure_ttl=3600, job_timeout=300)
        except RedisError as error:
            log.warning("relay_lost_redis", error=type(error).__name__)
            self._stop.wait(FOLLOWER_SECONDS)
        except ServiceUnavailable:
            self._stop.wait(FOLLOWER_SECONDS)
        finally:
            db.session.remove()
