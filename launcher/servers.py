"""PostgreSQL and Valkey under a supervisor, or the ones whose addresses were given."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from launcher import postgres, valkey
from launcher.environment import server_environment
from launcher.errors import CannotStart
from launcher.stopping import Stopping
from launcher.supervisor import Part, Supervisor

START_SECONDS = 120.0


@dataclass(frozen=True)
class Servers:
    """The addresses of both servers."""

    database_url: str
    redis_url: str


def start(supervisor: Supervisor, stopping: Stopping, folder: Path, *, durable: bool) -> Servers:
    """Start what DATABASE_URL and REDIS_URL do not name and wait until both answer.

    Raises CannotStart when one does not, Stopped when asked to stop meanwhile.
    """
    store = redis_url = database = None
    if not (redis_url := os.environ.get("REDIS_URL")):
        store = valkey.create(folder / "valkey", postgres.free_port(), durable=durable)
        supervisor.start(valkey_part(store, folder))
        redis_url = store.url()
    if not (database_url := os.environ.get("DATABASE_URL")):
        settings = postgres.DURABLE if durable else postgres.THROW_AWAY
        database = postgres.create(folder / "postgres", postgres.free_port(), settings)
        supervisor.start(postgres_part(database, folder))
        database_url = database.url()
    wait = Waiting(supervisor, stopping, folder)
    if database is not None:
        administration = database.url("postgres")
        wait.until("postgres", lambda: ask_database(administration))
        create_database(administration)
    if store is not None:
        wait.until("valkey", lambda: ask_store(redis_url))
    return Servers(database_url, redis_url)


@dataclass(frozen=True)
class Waiting:
    """Waits for a part to answer while the others are looked after."""

    supervisor: Supervisor
    stopping: Stopping
    folder: Path

    def until(self, name: str, answers: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Return once `answers` does. Raises CannotStart after `seconds` or three crashes."""
        end = time.monotonic() + seconds
        while not answers():
            broken = self.supervisor.crashed(times=3)
            if broken is not None or time.monotonic() > end:
                raise failed(broken.part if broken else self.supervisor.part(name))
            self.supervisor.look_after()
            self.stopping.pause(0.05)


def failed(part: Part) -> CannotStart:
    """Return the error that shows the last lines of a part's log."""
    tail = part.log.read_text("utf-8", "replace").splitlines()[-15:] if part.log.exists() else []
    lines = "\n".join(f"    {line}" for line in tail)
    return CannotStart(
        f"{part.name} failed; the end of {part.log}:\n{lines}",
        f"{part.name} 运行失败；日志见 {part.log}。",
    )


def postgres_part(server: postgres.Postgres, folder: Path) -> Part:
    """Return how the database server is started; SIGINT is its fast shutdown."""
    return Part(
        "postgres",
        server.command(),
        server_environment(),
        server.cluster,
        folder / "log" / "postgres.log",
        signal.SIGINT,
        server.identity.options,
    )


def valkey_part(server: valkey.Valkey, folder: Path) -> Part:
    """Return how the job store is started."""
    log = folder / "log" / "valkey.log"
    return Part("valkey", server.command(), server_environment(), server.settings.parent, log)


def ask_database(url: str) -> bool:
    """Tell whether the database server accepts a connection."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def create_database(url: str) -> None:
    """Create the product's database unless it exists already."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [postgres.USER]
        ).fetchone()
        if found is None:
            connection.execute(f"CREATE DATABASE {postgres.USER}")


def ask_store(url: str) -> bool:
    """Tell whether the job store answers."""
    try:
        return bool(redis.Redis.from_url(url, socket_timeout=2).ping())
    except redis.RedisError:
        return False
