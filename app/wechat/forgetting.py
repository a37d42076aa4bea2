"""Clearing what a notice said as soon as it was handled, where it must not be kept at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import update

from app.core.db import db
from app.core.personal_data import part
from app.wechat.envelope import Message
from app.wechat.models import Notice


def forget_content(message: Message) -> None:
    """Clears the body of the message that is being handled, in the current unit of work.

    For what says where somebody is: if the unit fails, the body stays for the next attempt.
    """
    statement = update(Notice).where(Notice.key == message.key()).values(body=None)
    db.session.execute(statement.execution_options(synchronize_session=False))


def tell_notices(openids_of: Callable[[Sequence[UUID]], list[str]]) -> None:
    """Declares what WeChat pushed about a person as a part of their own data.

    This room knows no members: `openids_of` tells their openids.
    """
    hidden = {"key", "attempts", "last_error", "retry_at"}
    part(
        "wechat.messages",
        "微信消息记录",
        Notice,
        lambda ids: Notice.openid.in_(openids_of(ids)),
        but=hidden,
    )
