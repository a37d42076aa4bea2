"""A product of our own: started on a temporary folder, looked at, broken, and stopped.

Only processes that descend from the launcher we started are ever touched, and only after the
database behind the address has said that its files are those of our folder.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests
from dotenv import dotenv_values

from chaos.commands import Commands
from launcher import postgres

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
# Rebates are free at once, so that there is something to withdraw without moving the clock; and
# a few members withdraw (and top up) in minutes what a whole alliance does in a day, with no
# reviewer there.
SETTINGS = {
    "REBATE_FREEZE_DAYS": "0",
    "SESSION_HOURS": "24",
    "PREPAID_CARD_LIMIT_FEN": "1000000000",
    "PREPAID_CARD_LIMIT_UNNAMED_FEN": "1000000000",
    "PREPAID_PERSON_LIMIT_FEN": "1000000000",
    "RISK_NEW_ACCOUNT_HOURS": "0",
    "PAYMENT_FREE_DAILY_FEN": "1000000000",
    "RISK_VELOCITY_COUNT": "1000000",
    "RISK_RING_MEMBERS": "1000000",
    "WITHDRAWAL_DAILY_COUNT": "1000",
    "WITHDRAWAL_DAILY_LIMIT_FEN": "1000000000",
    "WITHDRAWAL_AUTOMATIC_DAILY_LIMIT_FEN": "1000000000",
}
START_SECONDS = 240.0
STOP_SECONDS = 45.0


class Gone(Exception):
    """The process is not there at this moment, or is not ours."""


class Stranger(Exception):
    """What answers at our address is not ours: nothing may be touched."""


class Instance:
    """One product in `folder`, which also keeps its logs."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self._settings = folder, SETTINGS | settings
        self.data = folder / "data"
        self._child: subprocess.Popen[bytes] | None = None
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._commands = Commands(self.data / "environment", kept | self._settings)
        self._began = 0.0

    def start(self) -> None:
        """Start it and wait until it is ready. Raises RuntimeError with what it printed."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        log = self.folder / "launcher.log"
        with log.open("wb") as output:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "launcher.run", "--bare", "--data", str(self.data)],
                cwd=ROOT,
                env={**kept, **self._settings, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._began = psutil.Process(self._child.pid).create_time()
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._child.poll() is None:
            if "\nready " in log.read_text("utf-8", "replace"):
                return
            time.sleep(0.2)
        raise RuntimeError(f"the product did not start:\n{log.read_text('utf-8', 'replace')}")

    def stop(self) -> None:
        """Stop it; by force if it does not end in time (its guardian then ends the rest)."""
        self._commands.stop()
        if self._child is None:
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def discard(self) -> None:
        """Remove all it left behind."""
        postgres.discard(self.data / "postgres")
        shutil.rmtree(self.folder, ignore_errors=True)

    def endpoints(self) -> dict[str, Any]:
        """Where everything is at this moment."""
        found: dict[str, Any] = json.loads((self.data / "endpoints.json").read_text("utf-8"))
        return found

    def facts(self) -> dict[str, Any]:
        """What the seed made: merchants, staff, credentials."""
        found: dict[str, Any] = json.loads((self.data / "demo.json").read_text("utf-8"))
        return found

    def environment(self) -> dict[str, str]:
        """The settings that the launcher wrote down for commands beside the product."""
        written = dotenv_values(self.data / "environment", interpolate=False)
        return {name.removeprefix("export "): value or "" for name, value in written.items()}

    def process(self, name: str) -> psutil.Process:
        """The living process of a part. Raises Gone if there is none that our launcher started."""
        assert self._child is not None
        try:
            process = psutil.Process(int(self.endpoints()["processes"][name]["pid"]))
            ours = process.ppid() == self._child.pid and process.create_time() >= self._began
            living = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, KeyError, OSError) as error:
            raise Gone(name) from error
        if not (ours and living):
            raise Gone(name)
        return process

    def require_own_database(self) -> None:
        """Ask the database where its files are. Raises Stranger, psycopg.OperationalError."""
        url = self.endpoints()["database_url"]
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        elsewhere = self.data / "postgres" / "place"
        place = Path(elsewhere.read_text("utf-8")) if elsewhere.exists() else elsewhere.parent
        if row is None or Path(row[0]).resolve() != (place / "cluster").resolve():
            raise Stranger(f"{row} is not below {place}")

    def ready(self) -> dict[str, Any] | None:
        """What /healthz/ready says; None while it does not answer 200."""
        try:
            answer = requests.get(f"{self.endpoints()['web']}/healthz/ready", timeout=5)
            found: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError, OSError):
            return None
        return found if answer.status_code == 200 else None

    def is_whole(self) -> bool:
        """Whether every part lives, the web answers and nothing is missing."""
        try:
            for name in ("postgres", "valkey", "sandbox", "web", "worker", "relay"):
                self.process(name)
            clock = requests.get(f"{self.endpoints()['sandbox']}/__ctl/clock", timeout=3)
        except (Gone, requests.RequestException):
            return False
        state = self.ready()
        return clock.status_code == 200 and state is not None and state["status"] == "ready"

    def wait_until_whole(self, seconds: float) -> bool:
        """Wait until nothing is missing any more; whether that came true in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.is_whole():
                return True
            time.sleep(0.25)
        return False

    def audit_findings(self) -> list[str]:
        """What `audit verify` says is wrong with the books; empty where it is green."""
        audit = self.flask("audit", "verify", "--json")
        if not audit.returncode:
            return []
        return [f"audit verify: {audit.stdout[-2000:]} {audit.stderr[-500:]}"]

    def flask(self, *arguments: str, seconds: float = 180.0) -> subprocess.CompletedProcess[str]:
        """Run a command of the product beside it, with our settings and what it wrote down.

        Raises subprocess.TimeoutExpired."""
        return self._commands.run(*arguments, seconds=seconds)
