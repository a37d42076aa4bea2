"""The WeChat ticket of a token: scanning its code opens the official account with the scene.

Codes that hang in shops or are printed on cards get a permanent ticket, of which an account has
100,000; a member's code is shown on a screen and gets a temporary one, renewed before it ends
(WeChat fact B3).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import func, select

from app.core.config import settings
from app.core.db import read
from app.core.world import now
from app.qr import fetching
from app.qr.models import Code
from app.qr.token import Kind, Scene, registry_key
from app.wechat import client
from app.wechat.client import Ticket, WeChatRefused, WeChatUnavailable

TEMPORARY_SECONDS = 30 * 24 * 3600
RENEW_BEFORE = timedelta(days=3)
PERMANENT_KINDS = frozenset({Kind.STORE, Kind.SALESPERSON, Kind.PLATFORM})
TOO_MANY_PERMANENT = "45029"
WARN_SHARE = 0.9
MARK = re.compile(r"[0-9A-Za-z_-]{1,64}")
log = structlog.get_logger()


def ticket_of(token: str, scene: Scene) -> Ticket:
    """The ticket that carries a resolved token, fetched or renewed if need be, and stored.

    Talks to WeChat outside any unit of work, once however many ask. Raises WeChatUnavailable and
    WeChatRefused where there is no ticket yet; one that still works is used while WeChat cannot
    give another.
    """
    stored = _stored(token, timedelta(minutes=1))
    if stored is not None and _lasts(stored, RENEW_BEFORE):
        return stored
    try:
        return fetching.once(
            token,
            scene,
            stored=lambda: _stored(token, RENEW_BEFORE),
            fetch=lambda: _fetch(token, scene.kind),
            changes=_changes,
        )
    except (WeChatUnavailable, WeChatRefused):
        if stored is not None:
            return stored
        raise


def permanent_count() -> int:
    """How many permanent codes the account has given out: they cannot be deleted (fact B3)."""
    permanent = select(func.count()).where(
        Code.ticket.is_not(None), Code.ticket_expires_at.is_(None)
    )
    return int(read(permanent)[0][0])


def token_of_store_mark(mark: str) -> str | None:
    """The token of the store whose WeChat code holds an address that ends with this mark."""
    if not MARK.fullmatch(mark):
        return None
    rows = read(
        select(Code.token).where(
            Code.kind == Kind.STORE.value,
            Code.ticket_url.in_(client.scanned_addresses(mark)),
        )
    )
    return str(rows[0].token) if rows else None


def _lasts(ticket: Ticket, span: timedelta) -> bool:
    return ticket.expires_at is None or ticket.expires_at - now() > span


def _stored(token: str, span: timedelta) -> Ticket | None:
    """The stored ticket if it lasts for `span` at least."""
    columns = (Code.ticket, Code.ticket_url, Code.ticket_expires_at)
    rows = read(select(*columns).where(Code.key == registry_key(token), Code.ticket.is_not(None)))
    found = Ticket(rows[0].ticket, rows[0].ticket_url, rows[0].ticket_expires_at) if rows else None
    return found if found and _lasts(found, span) else None


def _fetch(token: str, kind: Kind) -> Ticket:
    if kind not in PERMANENT_KINDS or not _has_permanent_left():
        return client.create_qrcode_ticket(token, TEMPORARY_SECONDS)
    try:
        return client.create_qrcode_ticket(token, None)
    except WeChatRefused as refusal:
        if refusal.wechat_code != TOO_MANY_PERMANENT:
            raise
    return client.create_qrcode_ticket(token, TEMPORARY_SECONDS)


def _has_permanent_left() -> bool:
    """Whether the budget has a permanent code left; warns once little of it is."""
    used, budget = permanent_count(), settings().wechat_permanent_codes
    if used >= budget * WARN_SHARE:
        log.warning("permanent_codes_run_out", used=used, budget=budget)
    return used < budget


def _changes(fetched: Ticket) -> dict[str, Any]:
    return {
        "ticket": fetched.ticket,
        "ticket_url": fetched.url,
        "ticket_expires_at": fetched.expires_at,
    }
