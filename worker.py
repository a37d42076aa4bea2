"""RQ entry: `python worker.py` works off outbox rows until SIGTERM.

Jobs carry no content. A drain claims due rows with a lease and reads them; see app/core/outbox.
"""

from __future__ import annotations

import time
from functools import lru_cache

from apiflask import APIFlask
from rq import Worker
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
    with application().app_context():
        db.engine.dispose(close=False)  # the work horse must not share its parent's connections
        while time.monotonic() < until and outbox.work_off():
            pass


def main() -> None:
    """Runs one worker in the foreground."""
    application()
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
