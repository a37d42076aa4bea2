"""What the room remembers: the notices WeChat sent, each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Notice(Base):
    """A notice that WeChat sent, under the hash of what makes it unique.

    A registry, not a money table: keyed by its own hash, without a bucket. `processed_at` is
    null while its handling has failed and is still owed. `body` is encrypted; it and the other
    personal data are cleared after KEEP_DAYS, the key stays against replays.

    Personal data: openid (pseudonymous), body (encrypted), reply.
    """

    __tablename__ = "wechat_notice"
    __table_args__ = (
        Index("wechat_notice_owed_idx", "retry_at", postgresql_where=text("processed_at IS NULL")),
        Index("wechat_notice_kept_idx", "received_at", postgresql_where=text("body IS NOT NULL")),
        Index("wechat_notice_openid_idx", "openid", postgresql_where=text("openid IS NOT NULL")),
    )

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    app_id: Mapped[str | None] = mapped_column(Text)
    openid: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment)
    retry_at: Mapped[datetime | None] = mapped_column(Moment)
    processed_at: Mapped[datetime | None] = mapped_column(Moment)
