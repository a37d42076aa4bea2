"""Clearing what a notice said as soon as it was handled, where it must not be kept at all."""

from __future__ import annotations

from sqlalchemy import update

from app.core.db import db
from app.wechat.envelope import Message
from app.wechat.models import Notice


def forget_content(message: Message) -> None:
    """Clears the body of the message that is being handled, in the current unit of work.

    For what says where somebody is: if the unit fails, the body stays for the next attempt.
    """
    statement = update(Notice).where(Notice.key == message.key()).values(body=None)
    db.session.execute(statement.execution_options(synchronize_session=False))
