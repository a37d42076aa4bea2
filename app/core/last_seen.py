"""On which day a member's session last read something, for its member's own list.

Noted at most once a day for each session, and by reading requests alone, so that no payment waits
for it. What cannot be noted is no reason to refuse what was asked.
"""

from __future__ import annotations

from datetime import date

import psycopg
import structlog
from flask import request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.db import write_plain
from app.core.errors import ServiceUnavailable
from app.core.world import beijing_day, now

log = structlog.get_logger()
_SEEN = """
    UPDATE core_session SET seen_on = %s
    WHERE token_hash = %s AND revoked_at IS NULL AND seen_on < %s RETURNING 1
"""


def note(token_hash: bytes, seen_on: date | None) -> None:
    """Notes that a session is used today, if this request reads and today is later than
    `seen_on`; a unit of its own. Sessions without any such day are not watched."""
    today = beijing_day(now())
    if request.method != "GET" or seen_on is None or seen_on >= today:
        return
    try:
        write_plain(_SEEN, (today, token_hash, today))
    except (psycopg.Error, DBAPIError, PoolTimeout, ServiceUnavailable) as error:
        log.warning("last_seen_not_noted", error=type(error).__name__)
