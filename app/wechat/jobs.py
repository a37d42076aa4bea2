"""Duties of this room, for the timetable. Database work only; each returns how much it did.

What needs the network is written into the outbox, and read by `refresh_certificates`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.core import outbox
from app.core.db import in_transaction, read
from app.core.models import OutboxRow
from app.core.world import PLATFORM_ID, bucket_of
from app.wechat import inbox, platform_certificates

SWEEP_SECONDS = 15
CLEAR_SECONDS = 3600
CERTIFICATE_SECONDS = 900
CERTIFICATES_READER = "wechat.refresh_certificates"
CERTIFICATES_DUE = "wechat.certificates_due"


def sweep_notices() -> int:
    """Handles again what is owed and due."""
    return inbox.sweep()


def clear_old_notices() -> int:
    """Clears personal data of notices past their time."""
    return inbox.clear_old()


def ask_for_certificates() -> int:
    """Has WeChat Pay's platform certificates fetched anew, where this merchant has any.

    Asks once: not while they are fresh, nor while an earlier wish waits to be read.
    """
    if not platform_certificates.are_due():
        return 0
    waiting = select(func.count()).where(
        OutboxRow.reader == CERTIFICATES_READER, OutboxRow.state == "waiting"
    )
    if read(waiting)[0][0]:
        return 0
    in_transaction(lambda: outbox.emit(CERTIFICATES_DUE, {}, bucket=bucket_of(PLATFORM_ID)))
    return 1


def refresh_certificates(payload: dict[str, Any]) -> None:
    """Reader of CERTIFICATES_DUE. Raises WeChatUnavailable, WeChatRefused: read again later."""
    platform_certificates.refresh()
