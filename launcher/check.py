"""All checks and tests against throw-away servers: what ./test runs."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from launcher import servers
from launcher.environment import keep_to_this_machine
from launcher.errors import CannotStart
from launcher.stopping import Stopped, Stopping
from launcher.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    ["ruff", "check", "--quiet"],
    ["ruff", "format", "--check", "--quiet"],
    ["mypy"],
)
# In the order of tests/scheduling.py; what takes longest is named, so that it stays in sight.
ALL_TESTS = ["-n", "2", "--no-loadscope-reorder", "--durations=40"]
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
            codes.append(run_all(variables, stopping))
    finally:
        supervisor.stop([(["postgres", "valkey"], 10.0)])
    return next((code for code in codes if code), 0)


def run_all(variables: dict[str, str], stopping: Stopping) -> int:
    """Run every test, and what failed once more on a database of its own; return the exit code.

    What passes only then is named twice in the output: it minds what its neighbours leave behind.
    """
    code = run_here(["pytest", *ALL_TESTS], variables, stopping)
    if code != SOME_FAILED:
        return code
    print("· what failed, once more without the others · 失败的测试单独重跑", flush=True)
    return run_here(["pytest", *FAILED_TESTS], variables, stopping)


def run_here(command: list[str], variables: dict[str, str], stopping: Stopping) -> int:
    """Run a module of the environment in the foreground; return its exit code. Raises Stopped."""
    print(f"· {' '.join(command)}", flush=True)
    child = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **variables}
    )
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
