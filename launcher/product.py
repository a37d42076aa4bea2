"""The parts of the product: which commands they are."""

import http.client
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from launcher.supervisor import Part

WEB_WORKERS = 2
WEB_THREADS = 24
CLIENTS = ("web", "worker", "relay", "sandbox")
STOP_ORDER = ((CLIENTS, 10.0), (("valkey",), 5.0), (("postgres",), 10.0))


class Product:
    """Makes the parts for one code folder, one data folder and one set of variables."""

    def __init__(self, root: Path, data: Path, environment: dict[str, str]) -> None:
        self.root = root
        self.data = data
        self.environment = environment

    def part(self, name: str, *arguments: str) -> Part:
        """Return a part that runs Python with these arguments in the code folder."""
        log = self.data / "log" / f"{name}.log"
        return Part(name, [sys.executable, *arguments], self.environment, self.root, log)

    def keys(self) -> Part:
        """Return what creates the sandbox's keys where they are missing."""
        return self.part("keys", "-m", "sandbox.keys", str(self.data / "keys"))

    def prepare(self, output: Path, *, migrates: bool, seeds: bool, is_bare: bool = False) -> Part:
        """Return what brings the database to the schema of this code, and what creates the demo
        shops, people and codes and names them in `output`; unless it is bare, campaigns that run,
        too. Both in one interpreter, because each would import the whole product."""
        seed = "seed --profile demo --json" + (" --bare" if is_bare else "")
        commands = ["db upgrade"] * migrates + [seed] * seeds
        return replace(
            self.part("prepare", "-m", "launcher.commands", *commands),
            output=output if seeds else None,
        )

    def web(self, port: int) -> Part:
        """Return the web server."""
        return self.part(
            "web",
            *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)),
            # A worker that is still starting misses the request to end: hence the time-out.
            *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
            *("--respawn-interval", "0.5", "--no-ws", "wsgi:app"),
        )

    def worker(self) -> Part:
        """Return one job worker."""
        return self.part("worker", "worker.py")

    def relay(self) -> Part:
        """Return the outbox relay with its timetable."""
        return self.part("relay", "-m", "flask", "--app", "wsgi", "relay")

    def sandbox(self, port: int) -> Part:
        """Return the pretend WeChat."""
        folder = str(self.data / "sandbox")
        return self.part("sandbox", "-m", "sandbox", "--port", str(port), "--data", folder)


def answers(url: str) -> bool:
    """Tell whether `url` on this machine answers 200 within two seconds."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=2)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
