"""All checks and tests against throw-away servers: what ./test runs."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from launcher import servers
from launcher.environment import keep_to_this_machine
from launcher.errors import CannotStart
from launcher.stopping import Stopped, Stopping
from launcher.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    ["ruff", "check", "--quiet"],
    ["ruff", "format", "--check", "--quiet"],
)
# What waits for products of its own more than it computes, and what uses one processor alone, runs
# beside the tests that two processes share.
TYPES = ["mypy"]
PRODUCTS = ["tests/journeys", "tests/launcher/test_run.py"]
PRODUCT_TESTS = ["--durations=10", "-o", "cache_dir=.pytest_cache/products"]
# In the order of tests/scheduling.py; what takes longest is named, so that it stays in sight.
OTHER_TESTS = ["-n", "2", "--no-loadscope-reorder", "--durations=40"]
WITHOUT_PRODUCTS = [f"--ignore={path}" for path in PRODUCTS]
FAILED_TESTS = ["--last-failed", "--last-failed-no-failures", "none", "-rA", "--show-capture=no"]
SOME_FAILED = 1


def main(arguments: list[str]) -> int:
    """Run every check without arguments, else only pytest with them; return the exit code."""
    keep_to_this_machine()
    stopping = Stopping()
    codes = [] if arguments else [run_here([*check], {}, stopping) for check in CHECKS]
    folder = Path(tempfile.mkdtemp(prefix="lianhui-test-"))
    supervisor = Supervisor(folder, throw_away=True)
    try:
        addresses = servers.start(supervisor, stopping, folder, durable=False)
        variables = {
            "DATABASE_URL": addresses.database_url,
            "REDIS_URL": addresses.redis_url,
        }
        if arguments:
            codes.append(run_here(["pytest", *arguments], variables, stopping))
        else:
            codes += run_all(variables, stopping, folder)
    finally:
        supervisor.stop([(["postgres", "valkey"], 10.0)])
    return next((code for code in codes if code), 0)


def run_all(variables: dict[str, str], stopping: Stopping, folder: Path) -> list[int]:
    """Run every test, and beside most of them the types and the journeys; return the exit codes."""
    products = ["pytest", *PRODUCTS, *PRODUCT_TESTS]
    beside = [
        Beside(TYPES, {}, folder / "types.log"),
        Beside(products, variables, folder / "products.log"),
    ]
    try:
        code = run_here(["pytest", *OTHER_TESTS, *WITHOUT_PRODUCTS], variables, stopping)
        codes = [each.finish(stopping) for each in beside]
    finally:
        for each in beside:
            each.end()
    types, with_products = codes
    return [
        types,
        once_more(code, [*FAILED_TESTS, *WITHOUT_PRODUCTS], variables, stopping),
        once_more(with_products, [*PRODUCTS, *PRODUCT_TESTS, *FAILED_TESTS], variables, stopping),
    ]


def once_more(
    code: int, arguments: list[str], variables: dict[str, str], stopping: Stopping
) -> int:
    """Run what failed once more on a database of its own and alone; return the exit code.

    What passes only then is named twice in the output: it minds what its neighbours leave behind.
    """
    if code != SOME_FAILED:
        return code
    print("· what failed, once more without the others · 失败的测试单独重跑", flush=True)
    return run_here(["pytest", *arguments], variables, stopping)


class Beside:
    """A command that runs beside others; what it prints is shown when it has ended."""

    def __init__(self, command: list[str], variables: dict[str, str], log: Path) -> None:
        self._title, self._log = " ".join(command), log
        with log.open("wb") as output:
            self._child = start(command, variables, stdout=output, stderr=subprocess.STDOUT)

    def finish(self, stopping: Stopping) -> int:
        """Wait for the end and show the output; return the exit code. Raises Stopped."""
        code = wait_for(self._child, stopping)
        print(f"· {self._title}\n{self._log.read_text('utf-8', 'replace')}", flush=True)
        return code

    def end(self) -> None:
        """End it now unless it has ended."""
        if self._child.poll() is None:
            self._child.terminate()
            self._child.wait()


def run_here(command: list[str], variables: dict[str, str], stopping: Stopping) -> int:
    """Run a module of the environment in the foreground; return its exit code. Raises Stopped."""
    print(f"· {' '.join(command)}", flush=True)
    return wait_for(start(command, variables), stopping)


def start(
    command: list[str],
    variables: dict[str, str],
    stdout: IO[bytes] | None = None,
    stderr: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a module of the environment with more variables."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=stdout,
        stderr=stderr,
    )


def wait_for(child: subprocess.Popen[bytes], stopping: Stopping) -> int:
    """Wait until a child has ended; return its exit code. Raises Stopped, and ends it then."""
    try:
        while child.poll() is None:
            stopping.pause(0.05)
    except Stopped:
        child.terminate()
        child.wait()
        raise
    return child.returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as reason:
        sys.exit(str(reason))
    except Stopped:
        sys.exit(130)
