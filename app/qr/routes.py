"""Pictures of codes, for everybody who knows the token.

Public on purpose: a picture shows nothing that is not in its own address, and a token cannot be
guessed (47 signed bits). So posters may be linked, cached and printed without a session.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import Response, request

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.limits import limiter
from app.core.world import now
from app.qr import service
from app.qr.captions import caption_of
from app.qr.pictures import png, svg
from app.qr.poster import poster
from app.qr.schemas import LinksView

blueprint = api_blueprint("qr", __name__)
LONGEST_CACHE_SECONDS = 24 * 3600
PICTURES = "600 per minute"
PNG_BEGINNING = b"\x89PNG"


def _picture_of(content_type: str) -> Any:
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": "The picture", "content": {content_type: {"schema": schema}}}}


@blueprint.get("/codes/<string:token>.png")
@blueprint.doc(responses=_picture_of("image/png"))
@auth.public
@limiter.limit(PICTURES)
def code_png(token: str) -> Response:
    """The code of a scene token as PNG; scanning it in WeChat opens the official account."""
    ticket = service.ticket_for(token)
    return _cached(png(ticket.url), "image/png", ticket.expires_at)


@blueprint.get("/codes/<string:token>.svg")
@blueprint.doc(responses=_picture_of("image/svg+xml"))
@auth.public
@limiter.limit(PICTURES)
def code_svg(token: str) -> Response:
    """The code of a scene token as SVG, for print."""
    ticket = service.ticket_for(token)
    return _cached(svg(ticket.url), "image/svg+xml", ticket.expires_at)


@blueprint.get("/codes/<string:token>/poster.png")
@blueprint.doc(responses=_picture_of("image/png"))
@auth.public
@limiter.limit(PICTURES)
def code_poster(token: str) -> Response:
    """The poster of a scene token: name, code and what to do, 1080 × 1620 pixels."""
    scene = service.resolve(token)
    caption = in_transaction(lambda: caption_of(scene))
    ticket = service.ticket_for(token)
    picture = poster(ticket.url, caption, ticket.expires_at)
    return _cached(picture, "image/png", ticket.expires_at)


@blueprint.get("/codes/<string:token>/mini-program")
@blueprint.doc(responses=_picture_of("image/*"))
@auth.public
@limiter.limit(PICTURES)
def code_mini_program(token: str) -> Response:
    """The mini-program code of a scene token: scanning it opens the mini-program with it."""
    picture = service.mini_program_code(token)
    content_type = "image/png" if picture.startswith(PNG_BEGINNING) else "image/jpeg"
    return _cached(picture, content_type, None)


@blueprint.get("/codes/<string:token>/links")
@blueprint.output(LinksView)
@auth.public
@limiter.limit(PICTURES)
def code_links(token: str) -> dict[str, object]:
    """The links of a scene token: a page inside WeChat, and into the mini-program."""
    return asdict(service.links_for(token))


def _cached(picture: bytes, content_type: str, expires_at: datetime | None) -> Response:
    response = Response(picture, content_type=content_type)
    seconds = LONGEST_CACHE_SECONDS
    if expires_at is not None:
        seconds = min(seconds, max(0, int((expires_at - now()).total_seconds())))
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.set_etag(sha256(picture).hexdigest()[:32])
    response.make_conditional(request)
    return response
