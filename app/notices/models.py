"""What people were told, through which door, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Notice(Base):
    """One message to one member about one event, in the receiver's bucket; sent at most once.

    `event` names what happened (`sale.paid:<id>`). `state`: queued → sending → sent, then
    delivered or blocked where WeChat reports it; failed, unreachable (not a follower), unknown
    (a text was under way when the connection or the process broke), or skipped by our own rules.
    `door`: see kinds.Door. `link` names what a tap opens (links.py).
    `unsure_since`: the first attempt whose outcome is unknown. `error_code`: WeChat's code, or
    our reason.

    Personal data: none; texts name stores and amounts, never people.
    """

    __tablename__ = "notices_notice"
    __table_args__ = (
        UniqueConstraint("bucket", "event", "member_id", "kind"),
        Index("notices_notice_member_id_idx", "bucket", "member_id", "id"),
        Index("notices_notice_state_idx", "state", "id"),
        Index(
            "notices_notice_wechat_message_id_idx",
            "wechat_message_id",
            postgresql_where=sql("wechat_message_id IS NOT NULL"),
        ),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    event: Mapped[str] = mapped_column(Text)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    fields: Mapped[dict[str, str]] = mapped_column(JSONB)
    link: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    door: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    unsure_since: Mapped[datetime | None] = mapped_column(Moment)
    error_code: Mapped[str | None] = mapped_column(Text)
    wechat_message_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Window(Base):
    """A time during which WeChat lets us write into a member's chat (fact B6).

    `remaining` messages are left; null is without limit. Personal data: none.
    """

    __tablename__ = "notices_window"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    trigger: Mapped[str] = mapped_column(Text, primary_key=True)
    remaining: Mapped[int | None] = mapped_column(Integer)
    ends_at: Mapped[datetime] = mapped_column(Moment)


class Preference(Base):
    """Whether a member wants a kind of notice, where they said so. Personal data: none."""

    __tablename__ = "notices_preference"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    is_wanted: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Subscription(Base):
    """How many messages a member's consents to a template allow in one app of ours.

    `remaining` is null for a long-term consent: any number. Personal data: none.
    """

    __tablename__ = "notices_subscription"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    app_id: Mapped[str] = mapped_column(Text, primary_key=True)
    template_id: Mapped[str] = mapped_column(Text, primary_key=True)
    remaining: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Place(Base):
    """A member who wants to be located, and where they are: coarse, until `kept_until`.

    Personal data: the place, to about a kilometre (degrees).
    """

    __tablename__ = "notices_place"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    kept_until: Mapped[datetime | None] = mapped_column(Moment)
    consented_at: Mapped[datetime] = mapped_column(Moment)


class MenuTap(Base):
    """How often an entry of the menu was tapped on a Beijing day; the sum of its shards counts.

    Personal data: none.
    """

    __tablename__ = "notices_menu_tap"

    day: Mapped[date] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    taps: Mapped[int] = mapped_column(Integer)


class PublishedMenu(Base):
    """The menu of an official account as it was last dealt with, by its fingerprint.

    `state`: asked, published, foreign (another menu was there before ours), refused or invalid.
    `is_ours`: a menu of ours was there once. A registry by app id. Personal data: none.
    """

    __tablename__ = "notices_published_menu"

    app_id: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    is_ours: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Delivery(Base):
    """WeChat's report on a template message that came before we knew its number.

    A registry by WeChat's own number, without a bucket. Personal data: none.
    """

    __tablename__ = "notices_delivery"

    wechat_message_id: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(Moment, index=True)
