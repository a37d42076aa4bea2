"""Fills .venv with exactly what requirements.txt lists. Uses the standard library only.

Started by setup.sh with any Python 3.11+. Packages come in through uv, which the list itself pins,
and through pip where uv cannot be had; both check every hash.
"""

import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

from launcher import without_pip

NO_VENV = (
    "This Python cannot make a virtual environment ({reason}): install its venv part "
    "(Debian: apt install python3-venv) and start again.",
    "当前 Python 无法创建虚拟环境（{reason}）：请安装 venv 组件"
    "（Debian：apt install python3-venv）后重试。",
)
NO_PACKAGES = (
    "The packages could not be installed ({reason}): check the network, or the proxy and index "
    "settings of pip, and start again.",
    "无法安装依赖包（{reason}）：请检查网络，或 pip 的代理与索引设置后重试。",
)
NOT_WRITABLE = (
    "{reason} cannot be written to: give yourself write access to the project folder, or copy it "
    "to a folder of your own.",
    "{reason} 不可写：请取得项目目录的写权限，或把项目复制到自己的目录。",
)


class SetupRefused(Exception):
    """Set-up cannot go on; the text says in one sentence per language why and what helps."""

    def __init__(self, sentences: tuple[str, str], reason: str) -> None:
        super().__init__("\n".join(sentence.format(reason=reason) for sentence in sentences))


def main(root: Path) -> None:
    """Make or repair `root`/.venv; a second set-up at the same time waits for the first."""
    if not os.access(root, os.W_OK):
        raise SetupRefused(NOT_WRITABLE, str(root))
    lock = (root / ".venv.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    folder, wanted = root / ".venv", root / "requirements.txt"
    stamp = folder / "installed.txt"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes() and works(folder):
        return
    print("Installing packages into .venv (only when their list has changed) …", flush=True)
    stamp.unlink(missing_ok=True)
    if not works(folder):
        make_environment(folder)
    install(folder, wanted)
    shutil.copyfile(wanted, stamp)


def works(folder: Path) -> bool:
    """Tell whether the environment's own interpreter starts and is new enough."""
    python = folder / "bin" / "python"
    check = [str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return python.exists() and subprocess.run(check, capture_output=True).returncode == 0


def make_environment(folder: Path) -> None:
    """Create the virtual environment, with pip if this Python has it. Raises SetupRefused."""
    part = importlib.util.find_spec("ensurepip")
    has_pip = part is not None and part.origin is not None
    try:
        import venv

        venv.create(folder, clear=True, symlinks=True, with_pip=has_pip)
    except (ImportError, subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise SetupRefused(NO_VENV, f"{sys.executable}: {error}") from None


def install(folder: Path, wanted: Path) -> None:
    """Install the list, with uv if possible, else with pip. Raises SetupRefused."""
    python = str(folder / "bin" / "python")
    environment = quiet_environment(folder)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-input", "--require-hashes", "--requirement"]
    has_pip = (folder / "bin" / "pip").exists()
    only_uv = folder / "uv.txt"
    only_uv.write_text(pinned("uv", wanted.read_text("utf-8")), "utf-8")
    if has_pip:
        subprocess.run([*pip, str(only_uv)], env=environment)
    else:
        fetch(only_uv, folder / "bin" / "uv")
    uv = [str(folder / "bin" / "uv"), "pip", "sync", "--quiet", "--python", python]
    if succeeds([*uv, "--require-hashes", str(wanted)], environment):
        return
    if not has_pip:
        raise SetupRefused(NO_PACKAGES, "uv did not succeed, and this Python has no pip")
    print("uv did not succeed; trying pip, which takes about a minute …", flush=True)
    if not succeeds([*pip, str(wanted)], environment):
        raise SetupRefused(NO_PACKAGES, "neither uv nor pip succeeded")


def fetch(only_uv: Path, target: Path) -> None:
    """Fetch uv without pip. Raises SetupRefused."""
    try:
        without_pip.fetch_uv(only_uv.read_text("utf-8"), target)
    except (OSError, LookupError, ValueError) as error:
        raise SetupRefused(NO_VENV, f"no ensurepip, and uv could not be fetched: {error}") from None


def succeeds(command: list[str], environment: dict[str, str]) -> bool:
    """Run a command; tell whether it could be run and ended well."""
    try:
        return subprocess.run(command, env=environment).returncode == 0
    except OSError:
        return False


def pinned(package: str, listing: str) -> str:
    """Return the lines of `package`, with its hashes, out of a requirements file."""
    match = re.search(rf"^{package}==(?:.*\\\n)*.*$", listing, re.MULTILINE)
    if match is None:
        raise SetupRefused(NO_PACKAGES, f"requirements.txt does not pin {package}")
    return match.group(0) + "\n"


def quiet_environment(folder: Path) -> dict[str, str]:
    """Return the variables for pip and uv: system certificates, no downloads of interpreters.

    A home folder that is missing or closed to us (a service account has none) gets no cache.
    """
    variables = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    variables.setdefault("UV_SYSTEM_CERTS", "true")
    variables.pop("PYTHONPATH", None)
    home = variables.get("HOME") or home_of_user()
    if not home or not os.access(home, os.W_OK | os.X_OK):
        variables |= {"HOME": str(folder), "UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1"}
    return variables


def home_of_user() -> str:
    """Return the home folder from the user table, or nothing for a user who is not in it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except SetupRefused as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
