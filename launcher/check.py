"""All checks and tests against throw-away servers: what ./test runs."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from launcher import postgres, valkey
from launcher.errors import CannotStart

CHECKS = (
    ["ruff", "check", "--quiet"],
    ["ruff", "format", "--check", "--quiet"],
    ["mypy"],
)


def main(arguments: list[str]) -> int:
    """Run every check without arguments, else only pytest with them; return the exit code."""
    root = Path(__file__).resolve().parent.parent
    codes = [] if arguments else [run_check(root, check) for check in CHECKS]
    with ExitStack() as stack:
        addresses = stack.enter_context(servers(root))
        command = [sys.executable, "-m", "pytest", *(arguments or ["-n", "2"])]
        result = subprocess.run(command, cwd=root, env={**os.environ, **addresses})
        codes.append(result.returncode)
    return max(codes, key=abs)


def run_check(root: Path, check: list[str]) -> int:
    """Run one checker of the environment; return its exit code."""
    print(f"· {' '.join(check)}", flush=True)
    return subprocess.run([sys.executable, "-m", *check], cwd=root).returncode


@contextmanager
def servers(root: Path) -> Iterator[dict[str, str]]:
    """Offer DATABASE_URL and REDIS_URL, starting throw-away servers for those not given."""
    addresses: dict[str, str] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lianhui-")))
        if not os.environ.get("DATABASE_URL"):
            server = postgres.create(folder / "postgres", postgres.free_port(), postgres.THROW_AWAY)
            stack.enter_context(running(server.command(), folder / "postgres.log", server.cluster))
            wait_for_database(server.url("postgres"))
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                connection.execute("CREATE DATABASE lianhui")
            addresses["DATABASE_URL"] = server.url()
        if not os.environ.get("REDIS_URL"):
            store = valkey.create(folder / "valkey", postgres.free_port(), durable=False)
            stack.enter_context(running(store.command(), folder / "valkey.log", folder))
            addresses["REDIS_URL"] = store.url()
        yield addresses


def wait_for_database(url: str, seconds: float = 30) -> None:
    """Return once `url` accepts connections. Raises CannotStart after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise CannotStart("The test database did not start.", "测试数据库未能启动。")


@contextmanager
def running(command: list[str], log: Path, folder: Path) -> Iterator[None]:
    """Keep `command` running in a session of its own."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=folder, start_new_session=True,
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    try:
        yield
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as reason:
        sys.exit(str(reason))
