"""Where the H5 client lives: /h5/."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import Response, redirect, request
from markupsafe import escape

from app.core import auth
from app.core.config import settings
from app.core.errors import NotFound
from app.pages.client import bundle

blueprint = APIBlueprint("client", __name__, tag="Client")
FOR_EVER = "public, max-age=31536000, immutable"
_FILE: Any = {200: {"description": "A file of the client", "content": {"text/html": {}}}}
_ELSEWHERE: Any = {308: {"description": "To /h5/"}}


@blueprint.get("/h5")
@blueprint.doc(responses=_ELSEWHERE)
@auth.public
def lead_to_client() -> Any:
    """The client lives in a folder."""
    return redirect("/h5/", 308)


@blueprint.get("/h5/")
@blueprint.doc(responses=_FILE)
@auth.public
def show_client() -> Response:
    """The members' client: it speaks with the API under the member's own session."""
    response = _sent(bundle.INDEX)
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "geolocation=(self), clipboard-write=(self)"
    return response


@blueprint.get("/h5/<path:name>")
@blueprint.doc(responses=_FILE)
@auth.public
def show_client_file(name: str) -> Response:
    """A script or style of the client; its name changes with its content: kept for good."""
    if name == bundle.INDEX:
        raise NotFound()  # only under its own address, with its policy
    return _sent(name)


def _sent(name: str) -> Response:
    found = bundle.read(name, str(escape(settings().wechat_js_sdk_url)))
    if found is None:
        raise NotFound()
    is_packed = request.accept_encodings["gzip"] > 0
    response = Response(found.packed if is_packed else found.plain, content_type=found.kind)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_EVER if found.is_hashed else "no-cache"
    response.set_etag(f"{found.etag}{'-gzip' if is_packed else ''}")
    response.make_conditional(request)
    return response


def _policy() -> str:
    """Nothing inline, nothing from elsewhere but WeChat's script; shown in a frame only by those
    who are named."""
    parts = urlsplit(settings().wechat_js_sdk_url)
    frames = settings().h5_framed_by or "'none'"
    return (
        f"default-src 'none'; script-src 'self' {parts.scheme}://{parts.netloc}; style-src 'self';"
        " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
        f" frame-ancestors {frames}"
    )
