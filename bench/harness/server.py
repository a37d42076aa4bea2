"""A PostgreSQL of the benchmark's own: new, durable, on loopback, removed at the end.

Durable as in production: fsync, full_page_writes and synchronous_commit on. It is the same server
for ours and for the yardstick.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from launcher import postgres

SETTINGS = (
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "max_connections=200",
    "shared_buffers=512MB",
    "max_wal_size=8GB",
    "checkpoint_timeout=30min",
)


@contextmanager
def durable_server() -> Iterator[postgres.Postgres]:
    """A running server; `url(database)` gives addresses, `create_database` makes databases."""
    with tempfile.TemporaryDirectory(prefix="lianhui-bench-") as name:
        folder = Path(name)
        server = postgres.create(folder / "postgres", postgres.free_port(), SETTINGS)
        with (folder / "postgres.log").open("wb") as log:
            process = subprocess.Popen(
                server.command(), stdout=log, stderr=log, cwd=server.cluster,
                env={**os.environ, "LC_ALL": "C"}, start_new_session=True,
            )  # fmt: skip
        try:
            _wait_for(server.url("postgres"), process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    sys.exit("bench: PostgreSQL did not start.")


def create_database(server: postgres.Postgres, name: str) -> str:
    """Create a database and return its address."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.url(name)


def vacuum(url: str) -> None:
    """Vacuum and analyse a database, and write its dirty pages, so that no turn pays for them."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
