"""Sets everything going on this machine and keeps it going: what ./run runs."""

import hashlib
import json
import sys
import time
from pathlib import Path

from launcher import data, demo, logins, options, servers
from launcher.environment import (
    Addresses,
    as_shell,
    keep_to_this_machine,
    product_environment,
)
from launcher.errors import CannotStart
from launcher.options import Options
from launcher.postgres import free_port
from launcher.product import STOP_ORDER, Product, answers
from launcher.sessions import write_whole
from launcher.stopping import Stopped, Stopping, say
from launcher.supervisor import Part, Supervisor

ROOT = Path(__file__).resolve().parent.parent


class Launch:
    """One start of the product on one data folder."""

    def __init__(self, chosen: Options, lock: int) -> None:
        self.began = time.monotonic()
        self.data = chosen.data
        self.wanted_port = chosen.port
        self.is_bare = chosen.bare
        self.stopping = Stopping()
        self.endpoints = chosen.data / "endpoints.json"
        self.logins = chosen.data / "demo.json"
        self.variables = chosen.data / "environment"
        self.endpoints.unlink(missing_ok=True)
        self.supervisor = Supervisor(chosen.data, lock=lock)
        self.supervisor.told = say

    def choose_port(self) -> int:
        """Return the web port: the one asked for, else that of the last start, else a free one.

        Keeping the port keeps links good. Raises CannotStart if the one asked for is taken.
        """
        if self.wanted_port is not None:
            options.require_free(self.wanted_port)
            return self.wanted_port
        try:
            last = int((self.data / "port").read_text("ascii"))
        except (OSError, ValueError):
            return free_port()
        return last if options.is_free(last) else free_port()

    def go(self) -> None:
        """Start everything and look after it. Raises Stopped when asked to stop."""
        self.port = self.choose_port()
        running = servers.start(self.supervisor, self.stopping, self.data, durable=True)
        sandbox_port = free_port()
        self.addresses = Addresses(
            f"http://127.0.0.1:{self.port}",
            f"http://127.0.0.1:{sandbox_port}",
            running.database_url,
            running.redis_url,
        )
        environment = product_environment(ROOT, self.data, self.addresses)
        write_whole(self.variables, as_shell(environment))
        self.start_product(Product(ROOT, self.data, environment), sandbox_port)
        write_whole(self.data / "port", str(self.port))
        self.write_endpoints()
        self.supervisor.changed = self.write_endpoints
        self.announce()
        while True:
            self.stopping.pause(0.25)
            self.supervisor.look_after()

    def start_product(self, product: Product, sandbox_port: int) -> None:
        """Start the sandbox, bring the database up to date, start the rest and wait for it."""
        wait = servers.Waiting(self.supervisor, self.stopping, self.data)
        if not (self.data / "keys" / "platform_public_key.pem").exists():
            self.finish(product.keys())
        self.supervisor.start(product.sandbox(sandbox_port))
        self.bring_up_to_date(product)
        for part in (product.web(self.port), product.worker(), product.relay()):
            self.supervisor.start(part)
        wait.until("sandbox", lambda: answers(f"{self.addresses.sandbox}/__ctl/clock"))
        furnished = self.data / "furnished"
        if self.logins.exists() and not furnished.exists():
            demo.furnish(self.addresses.sandbox, self.logins)
            write_whole(furnished, "")
        wait.until("web", lambda: answers(f"{self.addresses.web}/healthz/ready"))

    def bring_up_to_date(self, product: Product) -> None:
        """Migrate, unless this very schema was reached in this database before, and seed once.

        The seed prints nothing where there are accounts already.
        """
        versions = sorted(path for path in (ROOT / "migrations").rglob("*") if path.is_file())
        known = [path for path in versions if path.suffix in (".py", ".sql")]
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in known)).hexdigest()
        reached, own = self.data / "schema", "postgres" in self.supervisor.children
        migrates = not (own and reached.exists() and reached.read_text("ascii") == digest)
        seeds = not (self.data / "seeded").exists()
        printed = self.data / "seed.printed"
        if migrates or seeds:
            is_bare = self.is_bare
            self.finish(product.prepare(printed, migrates=migrates, seeds=seeds, is_bare=is_bare))
        if migrates:
            write_whole(reached, digest)
        if seeds:
            if printed.stat().st_size:
                printed.replace(self.logins)
            write_whole(self.data / "seeded", "")

    def finish(self, part: Part) -> None:
        """Run a part that ends by itself. Raises CannotStart if it fails."""
        if self.supervisor.run(part, self.stopping) != 0:
            raise servers.failed(part)

    def write_endpoints(self) -> None:
        """Write down where everything is, as `DATA/endpoints.json`."""
        processes = {
            name: {"pid": child.process.pid, "log": str(child.part.log)}
            for name, child in self.supervisor.children.items()
        }
        content = {
            "web": self.addresses.web,
            "sandbox": self.addresses.sandbox,
            "database_url": self.addresses.database_url,
            "redis_url": self.addresses.redis_url,
            "processes": processes,
            "data": str(self.data),
            "environment": str(self.variables),
        }
        write_whole(self.endpoints, json.dumps(content, indent=2) + "\n")

    def announce(self) -> None:
        """Print the addresses for people and one line for programs."""
        rows = (
            ("Web 网站", f"{self.addresses.web}/"),
            ("API 接口文档", f"{self.addresses.web}/docs"),
            ("Phones 模拟手机", f"{self.addresses.sandbox}/"),
            ("Client 会员端", f"{self.addresses.web}/h5/"),
            ("Consoles 后台", f"{self.addresses.web}/console/sign-in"),
            ("Logins 演示账号", self._logins()),
            ("Data 数据", str(self.data)),
            ("Logs 日志", str(self.data / "log")),
        )
        say("")
        for name, value in rows:
            if value:
                say(f"  {name}{' ' * (18 - width(name))}{value}")
        say("\n  Ctrl+C stops everything. 按 Ctrl+C 停止。\n")
        say(f"ready {self.addresses.web} ({time.monotonic() - self.began:.1f} s)")

    def _logins(self) -> str:
        return logins.command(self.data) if self.logins.exists() else ""

    def end(self) -> None:
        """Stop everything in order."""
        self.endpoints.unlink(missing_ok=True)
        self.supervisor.stop(STOP_ORDER)


def width(text: str) -> int:
    """Return how many columns `text` takes: Chinese characters take two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def main(arguments: list[str]) -> None:
    """Start, wait for the wish to stop, stop. Raises CannotStart."""
    keep_to_this_machine()
    chosen = options.read(arguments, ROOT)
    launch = Launch(chosen, data.claim(chosen.data, fresh=chosen.fresh))
    try:
        launch.go()
    except Stopped:
        say("\nStopping … 正在停止…")
    finally:
        launch.end()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        sys.exit(1)
