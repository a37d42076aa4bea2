"""Drafts of split policies, and which version takes effect when. Personal data: none.

The versions themselves are `alliance_policy`, which the database refuses to change.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class PolicyDraft(Base):
    """A version in the making. `revision` counts its changes, `editors` are all who made one.

    `status`: open, published (as `policy_id`) or discarded; only an open one changes.
    """

    __tablename__ = "alliance_policy_draft"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    shares_bp: Mapped[dict[str, int]] = mapped_column(JSONB)
    fallbacks: Mapped[dict[str, str]] = mapped_column(JSONB)
    one_person_one_share: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Text)
    editors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    policy_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class PolicyRelease(Base):
    """When a published version takes effect for the contracts of its family (its `name`).

    Withdrawn before that moment, once; nothing else of it ever changes.
    """

    __tablename__ = "alliance_policy_release"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    policy_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    takes_effect_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[UUID] = mapped_column(Uuid)
    published_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[UUID | None] = mapped_column(Uuid)
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)
