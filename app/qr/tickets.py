"""The WeChat ticket of a token: scanning its code opens the official account with the scene.

Codes that hang in shops or are printed on cards get a permanent ticket, of which an account has
100,000; a member's code is shown on a screen and gets a temporary one, renewed before it ends
(WeChat fact B3).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db, in_transaction, read
from app.core.world import now
from app.qr.models import Code
from app.qr.token import Kind, Scene, registry_key
from app.wechat import client
from app.wechat.client import Ticket, WeChatRefused, WeChatUnavailable

TEMPORARY_SECONDS = 30 * 24 * 3600
RENEW_BEFORE = timedelta(days=3)
PERMANENT_KINDS = frozenset({Kind.STORE, Kind.SALESPERSON, Kind.PLATFORM})
TOO_MANY_PERMANENT = "45029"


def ticket_of(token: str, scene: Scene) -> Ticket:
    """The ticket that carries a resolved token, fetched or renewed if need be, and stored.

    Talks to WeChat outside any unit of work. Raises WeChatUnavailable and WeChatRefused where
    there is no ticket yet; one that still works is used while WeChat cannot give another.
    """
    stored = _stored(token)
    if stored is not None and _lasts(stored, RENEW_BEFORE):
        return stored
    try:
        fetched = _fetch(token, scene.kind)
    except (WeChatUnavailable, WeChatRefused):
        if stored is not None and _lasts(stored, timedelta(minutes=1)):
            return stored
        raise
    in_transaction(lambda: _store(token, scene, fetched))
    return fetched


def _lasts(ticket: Ticket, span: timedelta) -> bool:
    return ticket.expires_at is None or ticket.expires_at - now() > span


def _stored(token: str) -> Ticket | None:
    columns = (Code.ticket, Code.ticket_url, Code.ticket_expires_at)
    rows = read(select(*columns).where(Code.key == registry_key(token), Code.ticket.is_not(None)))
    return Ticket(rows[0].ticket, rows[0].ticket_url, rows[0].ticket_expires_at) if rows else None


def _fetch(token: str, kind: Kind) -> Ticket:
    if kind not in PERMANENT_KINDS:
        return client.create_qrcode_ticket(token, TEMPORARY_SECONDS)
    try:
        return client.create_qrcode_ticket(token, None)
    except WeChatRefused as refusal:
        if refusal.wechat_code != TOO_MANY_PERMANENT:
            raise
    return client.create_qrcode_ticket(token, TEMPORARY_SECONDS)


def _store(token: str, scene: Scene, fetched: Ticket) -> None:
    changes = {
        "ticket": fetched.ticket,
        "ticket_url": fetched.url,
        "ticket_expires_at": fetched.expires_at,
    }
    values = {
        "key": registry_key(token),
        "token": token,
        "kind": scene.kind.value,
        "subject_id": scene.subject_id,
        "issued_at": now(),
    }
    statement = insert(Code).values(values | changes)
    db.session.execute(statement.on_conflict_do_update(index_elements=[Code.key], set_=changes))
