"""The door of this room: what people were told, and the code they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.config import settings
from app.core.db import read
from app.core.errors import InvalidRequest
from app.core.world import bucket_of
from app.notices import links, subscriptions
from app.notices.models import Notice
from app.notices.statements import opened as statement
from app.qr import service as qr

__all__ = [
    "CodeAddresses",
    "Wanted",
    "find",
    "invite_code",
    "note_answers",
    "notices_of",
    "statement",
    "subscriptions_of",
]
SHOWN = 50


@dataclass(frozen=True, slots=True)
class CodeAddresses:
    """A scene token and the addresses of its pictures."""

    scene: str
    png: str
    svg: str
    poster: str


def notices_of(
    member_id: UUID, before: UUID | None = None, limit: int = SHOWN
) -> list[dict[str, Any]]:
    """What a member was told, newest first, before an id; their own links lead where they
    should."""
    mine = _columns().where(Notice.bucket == bucket_of(member_id), Notice.member_id == member_id)
    if before is not None:
        mine = mine.where(Notice.id < before)
    rows = read(mine.order_by(Notice.id.desc()).limit(limit))
    return [
        dict(row._mapping) | {"text": links.resolved(row.text, row.link, member_id)} for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices staff want to see; None is any. Moments in UTC, `until` not included."""

    state: str | None = None
    kind: str | None = None
    door: str | None = None
    error_code: str | None = None
    member_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None


def find(wanted: Wanted, limit: int = SHOWN) -> list[dict[str, Any]]:
    """Notices of any member, newest first; for staff: links lead to the product only."""
    statement = _columns().order_by(Notice.id.desc()).limit(limit)
    for name in ("state", "kind", "door", "error_code"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Notice, name) == value)
    if wanted.member_id is not None:
        mine = (Notice.bucket == bucket_of(wanted.member_id), Notice.member_id == wanted.member_id)
        statement = statement.where(*mine)
    if wanted.since is not None:
        statement = statement.where(Notice.created_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(Notice.created_at < wanted.until)
    if wanted.before is not None:
        statement = statement.where(Notice.id < wanted.before)
    return [dict(row._mapping) | {"text": links.plain(row.text)} for row in read(statement)]


def subscriptions_of(member_id: UUID) -> list[dict[str, Any]]:
    """The templates the mini-program may ask for, in the current unit of work."""
    left = subscriptions.of(member_id, settings().wechat_mini_app_id)
    return [
        {"template_id": template_id, "kinds": kinds, "remaining": left.get(template_id, 0)}
        for template_id, kinds in _asked_for().items()
    ]


def note_answers(member_id: UUID, answers: Mapping[str, str]) -> None:
    """Notes what a member answered in the mini-program. Raises InvalidRequest for a template
    that is not among those to ask for."""
    if not answers.keys() <= _asked_for().keys():
        raise InvalidRequest("a template is not one of ours")
    app_id = settings().wechat_mini_app_id
    for template_id, answer in answers.items():
        if answer.startswith("accept"):
            subscriptions.note_accepted(member_id, app_id, template_id)
        else:
            subscriptions.refuse(member_id, app_id, template_id)


def _asked_for() -> dict[str, list[str]]:
    """The kinds that each template of the mini-program tells of."""
    found: dict[str, list[str]] = {}
    for kind, configured in settings().wechat_mini_subscriptions.items():
        found.setdefault(configured.split()[0], []).append(kind)
    return found


def invite_code(member_id: UUID) -> CodeAddresses:
    """The member's own code, entered in the registry in the current unit of work."""
    scene = qr.issue(qr.Kind.MEMBER, member_id, issued_by=member_id)
    pictures = f"{settings().base_url.rstrip('/')}/api/v1/codes/{scene}"
    return CodeAddresses(scene, f"{pictures}.png", f"{pictures}.svg", f"{pictures}/poster.png")


def _columns() -> Any:
    return select(
        Notice.id,
        Notice.kind,
        Notice.text,
        Notice.link,
        Notice.state,
        Notice.created_at,
        Notice.member_id,
        Notice.event,
        Notice.door,
        Notice.attempts,
        Notice.error_code,
        Notice.changed_at,
    )
