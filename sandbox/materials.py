"""Temporary materials (临时素材): uploaded files that messages name by media_id, for three days.

Kinds, sizes and formats as WeChat documents them; a file is known by its first bytes.
"""

from __future__ import annotations

import base64

from flask import Blueprint, Response, jsonify, request

from sandbox import names
from sandbox.answers import Refused
from sandbox.mini_records import Material
from sandbox.tokens import app_id_of, requires_token
from sandbox.world import World, world

KEPT_SECONDS = 3 * 86_400
MEGABYTE, KILOBYTE = 1024 * 1024, 1024
LARGEST = {
    "image": 10 * MEGABYTE,
    "voice": 2 * MEGABYTE,
    "video": 10 * MEGABYTE,
    "thumb": 64 * KILOBYTE,
}
# Content type by the first bytes; of a video the mark stands a little later.
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif"}
SOUNDS = {b"#!AMR": "audio/amr", b"ID3": "audio/mpeg", b"\xff\xfb": "audio/mpeg"}
FORMATS = {"image": PICTURES, "thumb": {b"\xff\xd8\xff": "image/jpeg"}, "voice": SOUNDS}

blueprint = Blueprint("materials", __name__)


@blueprint.post("/cgi-bin/media/upload")
@requires_token("oa", "mini")
def upload() -> Response:
    """Keeps one file, sent as the form field `media`, under a new media_id."""
    here, kind = world(), request.args.get("type", "")
    _only({"access_token", "type"}, set(request.args))
    _only({"media"}, set(request.form) | set(request.files))
    if kind not in LARGEST:
        raise Refused(40004, "invalid media type")
    sent = request.files.get("media")
    if sent is None or not sent.filename:
        raise Refused(41005, "media data missing")
    data = sent.read()
    if not 0 < len(data) <= LARGEST[kind]:
        raise Refused(40006, "invalid media size")
    content_type = _content_type(kind, data)
    now = here.clock.now()
    with here.state.change():
        kept = here.state.materials.put(
            Material(
                id=names.letters(64),
                app_id=app_id_of(here),
                kind=kind,
                content_type=content_type,
                data=base64.b64encode(data).decode(),
                expires_at=now + KEPT_SECONDS,
            )
        )
    identity = "thumb_media_id" if kind == "thumb" else "media_id"
    return jsonify({"type": kind, identity: kept.id, "created_at": int(now)})


@blueprint.get("/cgi-bin/media/get")
@requires_token("oa", "mini")
def fetch() -> Response:
    """The file itself, or an error as JSON."""
    here = world()
    _only({"access_token", "media_id"}, set(request.args))
    found = material(here, request.args.get("media_id", ""), *LARGEST)
    answer = Response(base64.b64decode(found.data), content_type=found.content_type)
    ending = found.content_type.rpartition("/")[2]
    answer.headers["Content-disposition"] = f'attachment; filename="{found.id}.{ending}"'
    return answer


def material(here: World, media_id: str, *kinds: str) -> Material:
    """A material of the calling account. Raises Refused 40007 for one that is unknown, another
    account's, of another kind, or older than three days."""
    found = here.state.materials.get(media_id)
    is_there = found is not None and found.expires_at > here.clock.now()
    if found is None or not is_there or found.app_id != app_id_of(here) or found.kind not in kinds:
        raise Refused(40007, "invalid media_id")
    return found


def _content_type(kind: str, data: bytes) -> str:
    if kind == "video" and data[4:8] == b"ftyp":
        return "video/mp4"
    for beginning, content_type in FORMATS.get(kind, {}).items():
        if data.startswith(beginning):
            return content_type
    raise Refused(40005, "invalid file type")


def _only(known: set[str], given: set[str]) -> None:
    """Raises Refused 47001 for a field that nobody knows, so that a misspelt name is seen."""
    if given - known:
        raise Refused(47001, f"data format error, unknown field: {min(given - known)}")
