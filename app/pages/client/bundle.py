"""The files of the H5 client: committed, never built at set-up, read once by each process."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "h5"
INDEX = "index.html"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
JS_SDK_MARK = "%WECHAT_JS_SDK%"
_HASHED = re.compile(r"\.[0-9a-f]{8}\.(?:js|css|svg|png)$")


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file as it is sent: plain and packed, and whether its name changes with its content."""

    kind: str
    plain: bytes
    packed: bytes
    etag: str
    is_hashed: bool


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The files there are: nothing else of the disk can be asked for."""
    return frozenset(
        path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()
    )


def read(name: str, js_sdk: str) -> BundleFile | None:
    """A file by its path in the bundle; `js_sdk` is the address of WeChat's script (fact B9)."""
    return _read(name, js_sdk) if name in names() else None


@lru_cache(maxsize=256)
def _read(name: str, js_sdk: str) -> BundleFile:
    content = (FOLDER / name).read_bytes()
    if name == INDEX:
        content = content.replace(JS_SDK_MARK.encode(), js_sdk.encode())
    return BundleFile(
        kind=KINDS.get(Path(name).suffix, "application/octet-stream"),
        plain=content,
        packed=gzip.compress(content, mtime=0),
        etag=sha256(content).hexdigest()[:32],
        is_hashed=_HASHED.search(name) is not None,
    )
