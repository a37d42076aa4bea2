"""RQ entry: `python worker.py` works off outbox rows until SIGTERM.

Jobs carry no content. A drain claims due rows with a lease and reads them; see app/core/outbox.
"""
# ruff: noqa: E402

from __future__ import annotations

import gc

gc.disable()  # as in wsgi.py; and the memory that work horses share with their parent stays shared

import time
from contextlib import suppress
from functools import lru_cache

from apiflask import APIFlask
from redis.exceptions import RedisError
from rq import Worker, get_current_job
from rq.serializers import JSONSerializer

from app import create_app
from app.core import outbox
from app.core.db import db
from app.core.relay import QUEUE, connect_redis

LONGEST_DRAIN_SECONDS = 20.0


@lru_cache(maxsize=1)
def application() -> APIFlask:
    """The application, made once in the parent, so that a work horse need not make it again."""
    return create_app()


def drain() -> None:
    """Reads due outbox rows until none is left, or for LONGEST_DRAIN_SECONDS."""
    until = time.monotonic() + LONGEST_DRAIN_SECONDS
    is_asked_to_end = Asked()
    with application().app_context():
        db.engine.dispose(close=False)  # the work horse must not share its parent's connections
        while time.monotonic() < until and not is_asked_to_end():
            if not outbox.work_off(go_on=lambda: not is_asked_to_end()):
                return


class Asked:
    """Whether this worker was asked to end: its parent says so in Redis, looked at each second.

    A work horse is not told itself; it must not make its parent wait for a long drain.
    """

    def __init__(self) -> None:
        job = get_current_job()
        self._name = job.worker_name if job else None
        self._redis = connect_redis()
        self._look_at = 0.0
        self._is_asked = False

    def __call__(self) -> bool:
        if self._name and not self._is_asked and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + 1
            with suppress(RedisError):  # without Redis nobody can tell
                key = f"{Worker.redis_worker_namespace_prefix}{self._name}"
                self._is_asked = bool(self._redis.hexists(key, "shutdown_requested_date"))
        return self._is_asked


def main() -> None:
    """Runs one worker in the foreground."""
    application()
    gc.freeze()
    gc.enable()
    worker = Worker(
        [QUEUE],
        connection=connect_redis(),
        serializer=JSONSerializer,
        worker_ttl=30,
        maintenance_interval=10,
        job_monitoring_interval=5,
    )
    worker.work(with_scheduler=False)


if __name__ == "__main__":
    import worker  # under its own name, as the jobs call it

    worker.main()
