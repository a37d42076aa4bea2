"""Scripts, styles and pictures of our pages: sent packed, and kept for good by browsers under an
address that changes with the content.

Pages themselves are not packed: they hold what proves that a form is ours, and how well a page
packs would tell about it (BREACH).
"""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import Response, request

from app.core import auth
from app.core.errors import NotFound

FOLDER = Path(__file__).resolve().parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
FINGERPRINT_CHARACTERS = 10
PACKED = (".css", ".html", ".js", ".json", ".svg")
TEXT = "; charset=utf-8"
_FILE: Any = {200: {"description": "A file", "content": {"*/*": {}}}}
blueprint = APIBlueprint("assets", __name__, tag="Assets")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent: plain, and packed where that makes it smaller."""

    kind: str
    plain: bytes
    packed: bytes | None
    fingerprint: str


def install(app: APIFlask) -> None:
    """Connects the files to the application, and `asset` to its templates."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = address


def address(name: str) -> str:
    """Where a file is, with its fingerprint. Raises FileNotFoundError for what is none."""
    found = find(name)
    if found is None:
        raise FileNotFoundError(name)
    return f"/static/{name}?v={found.fingerprint}"


def find(name: str) -> Asset | None:
    """A file by its path below the folder; nothing else of the disk can be asked for."""
    if name not in _names():
        return None
    return _read(name, (FOLDER / name).stat().st_mtime_ns)


@blueprint.get("/static/<path:filename>")
@blueprint.doc(responses=_FILE)
@auth.public
def show_asset(filename: str) -> Response:
    """A script, style or picture; for good under its fingerprint (`v`), else asked for anew."""
    found = find(filename)
    if found is None:
        raise NotFound()
    packed = found.packed if request.accept_encodings["gzip"] > 0 else None
    response = Response(packed or found.plain, content_type=found.kind)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    is_named = request.args.get("v") == found.fingerprint
    response.headers["Cache-Control"] = FOR_EVER if is_named else "no-cache"
    response.set_etag(f"{found.fingerprint}{'-gzip' if packed else ''}")
    response.make_conditional(request)
    return response


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(
        path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()
    )


@lru_cache(maxsize=256)
def _read(name: str, _changed_at: int) -> Asset:
    content = (FOLDER / name).read_bytes()
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = name.endswith(PACKED)
    return Asset(
        kind=kind + TEXT if is_text else kind,
        plain=content,
        packed=gzip.compress(content, mtime=0) if is_text else None,
        fingerprint=sha256(content).hexdigest()[:FINGERPRINT_CHARACTERS],
    )
