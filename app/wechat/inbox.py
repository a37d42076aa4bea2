"""The inbox: each notice is stored under its own key and handled once, in one unit of work.

A second push of the same notice waits on the unique key of the first and then gets the same
reply. Messages that a look can answer are taken `together`. A notice whose handling fails stays
in the inbox, is counted by `unprocessed` and handled again by `sweep`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

import structlog
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.crypto import decrypt, encrypt
from app.core.db import db, in_transaction, read
from app.core.errors import ServiceUnavailable
from app.core.world import now
from app.wechat import together
from app.wechat.envelope import Message, read_message
from app.wechat.models import Notice
from app.wechat.signals import tell_message, tell_payment
from app.wechat.signing import PayNotice

log = structlog.get_logger()
MESSAGE, PAYMENT = "message", "payment"
KEEP_DAYS = 30
LONGEST_PAUSE_SECONDS = 3600
FIRST_PAUSE_SECONDS = 15

Values = dict[str, Any]
Handle = Callable[[], str | None]

ENCODE = json.JSONEncoder(ensure_ascii=False).encode

# The way of every notice: made once, without the ORM.
TABLE = cast(Table, Notice.__table__)
STORE = insert(TABLE).on_conflict_do_nothing().returning(TABLE.c.key)
ANSWER = (
    update(TABLE).where(TABLE.c.key == bindparam("notice")).values(reply=bindparam("given_reply"))
)


def receive_message(message: Message) -> str | None:
    """Stores and handles a pushed message once; its reply text, the same for each repetition.

    If the handler fails, the notice is kept for `sweep` and None is returned, so that the user
    sees no error. Raises ServiceUnavailable (WeChat pushes again) where nothing could be kept.
    """
    values = _values(MESSAGE, message.event or message.kind, message.key(), dict(message.fields))
    values |= {"app_id": message.app_id, "openid": message.openid}
    try:
        taken = _taken_together(message, values)
        if taken is not None:
            return taken.reply
        return in_transaction(lambda: _take(values, lambda: tell_message(message)))
    except ServiceUnavailable:
        raise
    except Exception as error:
        _keep_failed(values, error)
        return None


def receive_payment(notice: PayNotice) -> None:
    """Stores and handles a payment notification once.

    Raises ServiceUnavailable if the handler fails: the notice is kept, and WeChat sends it again.
    """
    key = sha256(json.dumps([PAYMENT, notice.id]).encode()).digest()
    values = _values(PAYMENT, notice.event_type, key, notice.resource)
    try:
        in_transaction(
            lambda: _take(values, lambda: tell_payment(notice.event_type, notice.resource))
        )
    except ServiceUnavailable:
        raise
    except Exception as error:
        _keep_failed(values, error)
        raise ServiceUnavailable("the notification is kept", retry_after=15) from error


def unprocessed() -> int:
    """How many notices are stored whose handling is still owed."""
    return int(read(select(func.count()).where(Notice.processed_at.is_(None)))[0][0])


def sweep(limit: int = 20) -> int:
    """Handles up to `limit` owed notices that are due again; how many succeeded."""
    due = select(Notice.key).where(Notice.processed_at.is_(None), Notice.retry_at <= now())
    keys = [row.key for row in read(due.order_by(Notice.retry_at).limit(limit))]
    return sum(_handle_again(key) for key in keys)


def clear_old(limit: int = 1000) -> int:
    """Clears the personal data of up to `limit` handled notices older than KEEP_DAYS."""
    old = (
        select(Notice.key)
        .where(
            Notice.body.is_not(None),
            Notice.received_at < now() - timedelta(days=KEEP_DAYS),
            Notice.processed_at.is_not(None),
        )
        .order_by(Notice.received_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return in_transaction(lambda: _clear(Notice.key.in_(old.scalar_subquery())))


def forget(app_id: str, openid: str) -> int:
    """Clears what the inbox holds of a person, in the current unit of work (WeChat fact A6)."""
    return _clear(
        (Notice.app_id == app_id) & (Notice.openid == openid) & Notice.processed_at.is_not(None)
    )


def _taken_together(message: Message, values: Values) -> together.Taken | None:
    """None for what the careful way must handle, which is also what a faulty look leaves."""
    try:
        return together.take(together.Arrival(message, values))
    except ServiceUnavailable:
        raise
    except Exception as error:
        log.error("look_failed", event_type=values["event"], exc_info=error)
        return None


def _clear(condition: Any) -> int:
    statement = update(Notice).where(condition).values(openid=None, body=None, reply=None)
    found = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(found.rowcount)  # type: ignore[attr-defined]


def _values(source: str, event: str, key: bytes, body: Values) -> Values:
    sealed = encrypt(ENCODE(body), body_context(key))
    return {
        "key": key,
        "source": source,
        "event": event,
        "app_id": None,
        "openid": None,
        "body": sealed,
        "attempts": 1,
        "received_at": now(),
    }


def body_context(key: bytes) -> str:
    """What a notice's cipher text is bound to."""
    return f"wechat_notice.body:{key.hex()}"


def _take(values: Values, handle: Handle) -> str | None:
    """Stores the notice as handled and handles it; both or neither will be committed."""
    values = values | {"processed_at": values["received_at"]}
    if db.session.execute(STORE, values).first() is not None:
        return _answer(values["key"], handle())
    found = db.session.execute(
        select(Notice.processed_at, Notice.reply, Notice.attempts)
        .where(Notice.key == values["key"])
        .with_for_update()
    ).one()
    if found.processed_at is not None:
        return found.reply  # type: ignore[no-any-return]
    changes = {"attempts": found.attempts + 1, "processed_at": now()}
    db.session.execute(_update(values["key"], changes))
    return _answer(values["key"], handle())


def _answer(key: bytes, reply: str | None) -> str | None:
    if reply is not None:
        db.session.execute(ANSWER, {"notice": key, "given_reply": reply})
    return reply


def _update(key: bytes, changes: Values) -> Any:
    statement = update(Notice).where(Notice.key == key).values(changes)
    return statement.execution_options(synchronize_session=False)


def _keep_failed(values: Values, error: Exception) -> None:
    log.error("notice_failed", event_type=values["event"], key=values["key"].hex(), exc_info=error)
    owed = values | _failure(1, type(error).__name__)
    in_transaction(lambda: db.session.execute(STORE, owed).close())


def _failure(attempts: int, error: str) -> Values:
    pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(attempts - 1, 12))
    return {
        "attempts": min(attempts, 32_000),
        "last_error": error,
        "retry_at": now() + timedelta(seconds=pause),
    }


def _handle_again(key: bytes) -> bool:
    try:
        return in_transaction(lambda: _take_owed(key))
    except ServiceUnavailable:
        raise
    except Exception as error:
        failure = type(error).__name__
        log.error("notice_failed_again", key=key.hex(), exc_info=error)
    in_transaction(lambda: _postpone(key, failure))
    return False


def _take_owed(key: bytes) -> bool:
    owed = (
        select(Notice.source, Notice.event, Notice.app_id, Notice.body, Notice.attempts)
        .where(Notice.key == key, Notice.processed_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    row = db.session.execute(owed).first()
    if row is None:
        return False
    body = json.loads(decrypt(row.body, body_context(key)))
    db.session.execute(_update(key, {"attempts": row.attempts + 1, "processed_at": now()}))
    if row.source == PAYMENT:
        tell_payment(row.event, body)
    else:
        _answer(key, tell_message(read_message(body, row.app_id)))
    return True


def _postpone(key: bytes, error: str) -> None:
    attempts = db.session.scalar(
        select(Notice.attempts)
        .where(Notice.key == key, Notice.processed_at.is_(None))
        .with_for_update()
    )
    if attempts is not None:
        db.session.execute(_update(key, _failure(attempts + 1, error)))
