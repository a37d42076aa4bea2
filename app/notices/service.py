"""The door of this room: what people were told, and the code they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from app.core.config import settings
from app.core.db import read
from app.core.world import bucket_of
from app.notices.models import Notice
from app.qr import service as qr

SHOWN = 50


@dataclass(frozen=True, slots=True)
class CodeAddresses:
    """A scene token and the addresses of its pictures."""

    scene: str
    png: str
    svg: str
    poster: str


def notices_of(member_id: UUID, limit: int = SHOWN) -> Sequence[Row[*tuple[Any, ...]]]:
    """What a member was told, newest first."""
    return read(
        _columns()
        .where(Notice.bucket == bucket_of(member_id), Notice.member_id == member_id)
        .order_by(Notice.id.desc())
        .limit(limit)
    )


def find(
    state: str | None = None,
    member_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = SHOWN,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Notices of any member, newest first; for staff."""
    statement = _columns().order_by(Notice.id.desc()).limit(limit)
    if state is not None:
        statement = statement.where(Notice.state == state)
    if member_id is not None:
        bucket = bucket_of(member_id)
        statement = statement.where(Notice.bucket == bucket, Notice.member_id == member_id)
    if before is not None:
        statement = statement.where(Notice.id < before)
    return read(statement)


def not_arrived() -> int:
    """How many notices were refused, or have an unknown fate: the gauge `notices_not_arrived`."""
    lost = Notice.state.in_(["blocked", "failed", "unknown"])
    return int(read(select(func.count()).select_from(Notice).where(lost))[0][0])


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
        Notice.state,
        Notice.created_at,
        Notice.member_id,
        Notice.event,
        Notice.door,
        Notice.attempts,
        Notice.error_code,
        Notice.changed_at,
    )
