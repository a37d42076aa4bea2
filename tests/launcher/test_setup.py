"""The list of packages and what set-up makes of it."""

import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from launcher.setup import SetupRefused, make_environment, pinned
from launcher.without_pip import fetch_uv

ROOT = Path(__file__).resolve().parents[2]


def test_the_list_names_no_place_to_fetch_from():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    options = re.findall(r"^-.*$|https?://\S+|file:\S+", text, re.MULTILINE)
    assert options == []


def test_every_package_in_the_list_has_a_hash():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    packages = re.findall(r"^[a-z0-9._\[\]-]+==(?:.*\\\n)+.*$", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^[a-z0-9._\[\]-]+==", text, re.MULTILINE))
    assert all("--hash=sha256:" in package for package in packages)


def test_the_installer_is_taken_out_of_the_list_with_its_hashes():
    lines = pinned("uv", (ROOT / "requirements.txt").read_text("utf-8")).splitlines()
    assert lines[0].startswith("uv==")
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
    assert len(lines) > 2


def test_a_list_without_the_installer_is_refused():
    with pytest.raises(SetupRefused, match="does not pin uv"):
        pinned("uv", "flask==3.1.3 \\\n    --hash=sha256:00\n")


def test_without_a_fitting_python_one_sentence_says_what_to_do(tmp_path):
    (tmp_path / "launcher").mkdir()
    shutil.copy(ROOT / "launcher" / "setup.sh", tmp_path / "launcher")
    shutil.copy(ROOT / "run", tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "cmp"):
        (tools / name).symlink_to(shutil.which(name))
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    result = subprocess.run([tmp_path / "run"], env={"PATH": str(tools)}, capture_output=True)

    english, chinese = result.stderr.decode().splitlines()
    assert result.returncode == 1
    assert "Python 3.11 or newer was not found" in english
    assert "apt install python3" in english
    assert "未找到 Python 3.11" in chinese


def test_a_python_without_its_venv_part_is_refused_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "venv", None)

    with pytest.raises(SetupRefused) as refusal:
        make_environment(tmp_path / ".venv")

    english, chinese = str(refusal.value).splitlines()
    assert "apt install python3-venv" in english
    assert "无法创建虚拟环境" in chinese


def test_nothing_is_installed_when_the_list_has_not_changed(tmp_path):
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "requirements.txt").write_text("flask==3.1.3\n")
    (folder / "installed.txt").write_text("flask==3.1.3\n")
    (tmp_path / "launcher").symlink_to(ROOT / "launcher")
    script = f'set -eu; root={tmp_path}; . "$root/launcher/setup.sh"; echo went on'

    result = subprocess.run(["sh", "-c", script], capture_output=True, text=True)

    assert (result.stdout, result.returncode) == ("went on\n", 0)


class Index(BaseHTTPRequestHandler):
    """A package index with one file, in the older form of such pages."""

    wheel = b""
    name = ""

    def do_GET(self):
        page = f'<a href="../files/{self.name}#sha256=0">{self.name}</a>'.encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.wheel if self.path.endswith(".whl") else page)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def index(monkeypatch):
    system = "macosx_11_0" if sys.platform == "darwin" else "manylinux_2_17"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("uv-9.9.data/scripts/uv", "the program")
    Index.wheel = content.getvalue()
    Index.name = f"uv-9.9-py3-none-{system}_{platform.machine()}.whl"
    with ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        yield server
        server.shutdown()


def test_without_pip_the_installer_is_fetched_and_checked(tmp_path, index):
    digest = hashlib.sha256(Index.wheel).hexdigest()

    fetch_uv(f"uv==9.9 \\\n    --hash=sha256:{digest}\n", tmp_path / "uv")

    assert (tmp_path / "uv").read_text() == "the program"
    assert os.access(tmp_path / "uv", os.X_OK)


def test_an_installer_with_another_hash_is_not_kept(tmp_path, index):
    with pytest.raises(ValueError, match="hash of the list"):
        fetch_uv("uv==9.9 \\\n    --hash=sha256:00\n", tmp_path / "uv")

    assert not (tmp_path / "uv").exists()
