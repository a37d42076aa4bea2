"""Fetches uv where Python comes without pip, as on a bare Debian. Standard library only."""

import hashlib
import io
import json
import os
import platform
import re
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urljoin

TIMEOUT_SECONDS = 60
JSON_INDEX = "application/vnd.pypi.simple.v1+json"


def fetch_uv(lines: str, target: Path) -> None:
    """Put the uv that `lines` of the package list pin into `target`, after checking its hash.

    Raises OSError if the index cannot be reached, LookupError if it has no fitting file, and
    ValueError if what it has is not what the list pins.
    """
    version = re.search(r"==([\w.]+)", lines)
    hashes = set(re.findall(r"--hash=sha256:(\w+)", lines))
    if version is None:
        raise LookupError("no version of uv is pinned")
    wheel = download(address_of_wheel(f"uv-{version.group(1)}-", index()))
    if hashlib.sha256(wheel).hexdigest() not in hashes:
        raise ValueError("the file of uv does not have a hash of the list")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        target.write_bytes(archive.read(name))
    target.chmod(0o755)


def index() -> str:
    """Return the package index to ask: the one pip and uv are told to use, or the public one."""
    names = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
    given = next((os.environ[name] for name in names if os.environ.get(name)), None)
    return (given or "https://pypi.org/simple").rstrip("/") + "/"


def address_of_wheel(beginning: str, base: str) -> str:
    """Return where the wheel for this machine lies. Raises LookupError."""
    page = urljoin(base, "uv/")
    files = listed(download(page), page)
    system = "macosx" if platform.system() == "Darwin" else "manylinux"
    fitting = re.compile(rf"{re.escape(beginning)}.*{system}.*_{platform.machine()}\.whl$")
    for name, address in files:
        if fitting.match(name):
            return address
    raise LookupError(f"no uv for {platform.system()} {platform.machine()}")


def listed(page: bytes, base: str) -> list[tuple[str, str]]:
    """Return names and addresses of the files on a page of an index, in either of its forms."""
    text = page.decode("utf-8")
    if text.lstrip().startswith("{"):
        return [
            (file["filename"], urljoin(base, file["url"])) for file in json.loads(text)["files"]
        ]
    links = re.findall(r'<a\s[^>]*href="([^"]+)"[^>]*>([^<]+)</a>', text)
    return [(name.strip(), urljoin(base, link.split("#")[0])) for link, name in links]


def download(address: str) -> bytes:
    """Return what lies at an address; proxies come from the usual variables. Raises OSError."""
    request = urllib.request.Request(address, headers={"Accept": f"{JSON_INDEX}, text/html;q=0.5"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        content: bytes = answer.read()
    return content
