"""The door of this room: issue a code for somebody, and learn whose code was scanned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.config import settings
from app.core.crypto import derived_key
from app.core.db import db, read
from app.core.world import now
from app.qr import token as tokens
from app.qr.captions import Caption, caption_asked
from app.qr.errors import UnknownScene
from app.qr.lettering import covered, font_files
from app.qr.links import Links, links_of, mini_program_picture
from app.qr.models import Code
from app.qr.tickets import permanent_count, ticket_of, token_of_store_mark
from app.qr.token import Kind, Scene, registry_key
from app.wechat.client import Ticket

__all__ = [
    "Caption",
    "Issued",
    "Kind",
    "Links",
    "Scene",
    "UnknownScene",
    "caption_asked",
    "covered",
    "font_files",
    "issue",
    "issued",
    "links_for",
    "mini_program_code",
    "permanent_count",
    "resolve",
    "scanned",
    "ticket_for",
    "token_of",
]


def token_of(kind: Kind | str, subject_id: UUID) -> str:
    """The scene token of a subject (31 letters and digits), without writing anything."""
    return tokens.encode(Kind(kind), subject_id, _key())


def issue(kind: Kind | str, subject_id: UUID, *, issued_by: UUID | None = None) -> str:
    """The scene token of a subject, entered in the registry in the current unit of work.

    Issuing again gives the same token and changes nothing. `issued_by` is the principal.
    """
    issued = token_of(kind, subject_id)
    values = {
        "key": registry_key(issued),
        "token": issued,
        "kind": Kind(kind).value,
        "subject_id": subject_id,
        "issued_by": issued_by,
        "issued_at": now(),
    }
    db.session.execute(insert(Code).values(values).on_conflict_do_nothing())
    return issued


@dataclass(frozen=True, slots=True)
class Issued:
    """When (UTC) a code was entered in the registry, and by which of the staff, if by any."""

    at: datetime
    by: UUID | None


def issued(token: str) -> Issued | None:
    """What the registry says of a token; None for one that was never entered."""
    rows = read(select(Code.issued_at, Code.issued_by).where(Code.key == registry_key(token)))
    return Issued(*rows[0]) if rows else None


def resolve(token: str) -> Scene:
    """Whose code it is. Raises UnknownScene (404).

    A token in the registry stays good when SECRET_KEY changes: codes hang on walls for years.
    One that is only well signed was never seen with another key.
    """
    scene = tokens.read(token)
    if scene is None:
        raise UnknownScene()
    if tokens.is_signed(token, scene, _key()) or _is_registered(token):
        return scene
    raise UnknownScene()


def scanned(said: str) -> Scene:
    """Whose code a scanner read: a token, or the mark at the end of the address that a store's
    WeChat code holds (WeChat fact B3). Raises UnknownScene (404)."""
    try:
        return resolve(said)
    except UnknownScene:
        token = token_of_store_mark(said)
        if token is None:
            raise
        return resolve(token)


def ticket_for(token: str) -> Ticket:
    """The WeChat ticket of a token, fetched or renewed if need be; talks to WeChat.

    Raises UnknownScene, WeChatUnavailable, WeChatRefused.
    """
    return ticket_of(token, resolve(token))


def links_for(token: str) -> Links:
    """The links that carry a token, fetched or renewed if need be; talks to WeChat.

    Raises UnknownScene.
    """
    return links_of(token, resolve(token))


def mini_program_code(token: str) -> bytes:
    """The picture of a token's mini-program code; talks to WeChat.

    Raises UnknownScene, WeChatUnavailable, WeChatRefused.
    """
    resolve(token)
    return mini_program_picture(token, settings().wechat_mini_page, settings().wechat_mini_version)


def _is_registered(token: str) -> bool:
    return bool(read(select(Code.key).where(Code.key == registry_key(token))))


def _key() -> bytes:
    return derived_key("qr.scene")
