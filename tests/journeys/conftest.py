"""The whole product as real processes, started the way a person starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from chaos.commands import Commands
from tests.conftest import ROOT
from tests.journeys.people import Product

START_SECONDS = 240


def given():
    """What a person's shell has set; nothing of the test process."""
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}


def _start(data):
    return subprocess.Popen(
        [sys.executable, "-m", "launcher.run", "--bare", "--data", str(data)],
        cwd=ROOT,
        env={**given(), "PYTHONPATH": str(ROOT)},
        stdout=(data.parent / "launcher.log").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _wait(child, data):
    log = data.parent / "launcher.log"
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and child.poll() is None:
        if any(line.startswith("ready") for line in log.read_text().splitlines()):
            return
        time.sleep(0.2)
    pytest.fail(f"the product did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    """A running product with sandbox, worker and relay, and a `flask` command for it."""
    data = tmp_path_factory.mktemp("journey") / "data"
    child = _start(data)
    commands = Commands(data / "environment", given())
    try:
        _wait(child, data)
        yield Product(json.loads((data / "endpoints.json").read_text()), commands)
    finally:
        commands.stop()
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(40)
        except subprocess.TimeoutExpired:
            child.kill()
