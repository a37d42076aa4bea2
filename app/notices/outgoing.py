"""Notices are written down once, then sent once.

A row is claimed and committed before WeChat is asked. What happens if the process dies between:
a template is repeated with the same client_msg_id, which WeChat delivers once within ten minutes
(fact B5); a chat text has no such number, is not repeated and is recorded as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.outbox import TryLater
from app.core.world import bucket_of, new_id, now, number_of
from app.members import service as members
from app.notices import deliveries, windows
from app.notices.models import Notice
from app.notices.rules import (
    ALLOWANCES,
    BLOCKED,
    CHAT_CLOSED,
    REPEATABLE,
    STALE,
    Kind,
    fitted,
    template_of,
)
from app.notices.texts import Content
from app.wechat import client as wechat

log = structlog.get_logger()
QUEUED = "notices.queued"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 600
DOORS = len(ALLOWANCES) + 1
CUSTOMER_SERVICE, TEMPLATE, REPLY = "customer_service", "template", "reply"


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed notice, ready for WeChat."""

    notice_id: UUID
    member_id: UUID
    openid: str
    text: str
    window: str | None = None
    template_id: str = ""
    values: dict[str, str] | None = None


def queue(event: str, member_id: UUID, content: Content) -> bool:
    """Writes a notice down to be sent, in the current unit of work.

    False if the member was told of this event before: nothing is written then.
    """
    notice_id = _write(event, member_id, content, state="queued", door=None)
    if notice_id is None:
        return False
    outbox.emit(QUEUED, {"notice_id": str(notice_id)}, bucket=bucket_of(member_id))
    return True


def note_reply(event: str, member_id: UUID, content: Content) -> None:
    """Records, in the current unit, what a member is told by the answer to their own message."""
    _write(event, member_id, content, state="sent", door=REPLY)


def send(payload: dict[str, Any]) -> None:
    """Reader of QUEUED: sends one notice, and never twice.

    Raises TryLater while WeChat is away. Whatever WeChat refuses is final and recorded.
    """
    notice_id = UUID(payload["notice_id"])
    for _ in range(DOORS):  # one door after the other, where a window turns out to be closed
        letter = in_transaction(lambda: _claim(notice_id))
        if letter is None or _sent(letter):
            return


def _write(
    event: str, member_id: UUID, content: Content, *, state: str, door: str | None
) -> UUID | None:
    bucket, moment = bucket_of(member_id), now()
    row = insert(Notice).values(
        bucket=bucket,
        id=new_id(bucket),
        event=event,
        member_id=member_id,
        kind=content.kind,
        text=content.text,
        fields=content.fields,
        state=state,
        door=door,
        attempts=0,
        created_at=moment,
        changed_at=moment,
    )
    return db.session.scalar(row.on_conflict_do_nothing().returning(Notice.id))


def _locked(notice_id: UUID) -> Notice | None:
    return db.session.scalar(
        select(Notice)
        .where(Notice.bucket == bucket_of(notice_id), Notice.id == notice_id)
        .with_for_update()
    )


def _claim(notice_id: UUID) -> Letter | None:
    row = _locked(notice_id)
    if row is None or row.state not in ("queued", "sending"):
        return None
    if row.state == "sending":
        return _claim_again(row)
    openid = members.openid_of(row.member_id, settings().wechat_oa_app_id)
    if openid is None:
        _end(row, "unreachable", None)
        return None
    if now() - row.created_at > STALE:
        _end(row, "failed", "stale")
        return None
    window = windows.take(row.member_id)
    if window is not None:
        _note(row, "sending", door=CUSTOMER_SERVICE)
        return Letter(row.id, row.member_id, openid, row.text, window)
    return _by_template(row, openid)


def _claim_again(row: Notice) -> Letter | None:
    """A notice whose sending was interrupted: its outcome is not known."""
    openid = members.openid_of(row.member_id, settings().wechat_oa_app_id)
    started = row.unsure_since or row.changed_at
    if row.door != TEMPLATE or openid is None or now() - started > REPEATABLE:
        _end(row, "unknown", "interrupted")
        return None
    row.unsure_since = started
    return _by_template(row, openid)


def _by_template(row: Notice, openid: str) -> Letter | None:
    kind = Kind(row.kind)
    configured = settings().wechat_oa_templates.get(kind)
    if not configured:
        _end(row, "failed", row.error_code or "no_template")
        return None
    template_id, keys = template_of(configured, kind)
    values = {key: fitted(row.fields.get(name, ""), key) for name, key in keys.items()}
    _note(row, "sending", door=TEMPLATE)
    return Letter(row.id, row.member_id, openid, row.text, None, template_id, values)


def _sent(letter: Letter) -> bool:
    """Sends a letter and records what came of it; False if another door is to be tried."""
    try:
        number = _post(letter)
    except wechat.WeChatRefused as refusal:
        code = refusal.wechat_code
        return in_transaction(lambda: _refused(letter, code))
    except wechat.WeChatUnavailable as away:
        pause = _away(letter, is_unsure=away.may_have_arrived)
        if pause is None:
            return True
        raise TryLater(pause) from None
    in_transaction(lambda: _accepted(letter, number))
    return True


def _post(letter: Letter) -> str | None:
    if letter.values is None:
        wechat.send_customer_service_text(letter.openid, letter.text)
        return None
    return wechat.send_template(
        openid=letter.openid,
        template_id=letter.template_id,
        data=letter.values,
        client_message_id=number_of(letter.notice_id),
        url=settings().base_url,
    )


def _accepted(letter: Letter, number: str | None) -> None:
    row = _locked(letter.notice_id)
    if row is None or row.state != "sending":
        return
    _note(row, "sent")
    row.error_code, row.unsure_since = None, None
    if number:
        deliveries.name(row, number)


def _refused(letter: Letter, code: str) -> bool:
    row = _locked(letter.notice_id)
    if row is None or row.state != "sending":
        return True
    log.info("notice_refused", notice_id=str(row.id), door=row.door, wechat_code=code)
    if letter.window is not None and code in CHAT_CLOSED:
        windows.close(letter.member_id, letter.window)
        _note(row, "queued")
        row.error_code = code
        return False
    _end(row, "blocked" if code in BLOCKED else "failed", code)
    return True


def _away(letter: Letter, *, is_unsure: bool) -> float | None:
    """Records that WeChat did not answer; the seconds to wait, or None if it ends here."""

    def work() -> float | None:
        row = _locked(letter.notice_id)
        if row is None or row.state != "sending":
            return None
        if is_unsure and letter.window is not None:
            _end(row, "unknown", "no_answer")
            return None
        if not is_unsure and row.unsure_since is None:
            _note(row, "queued")
            if letter.window is not None:
                windows.give_back(letter.member_id, letter.window)
        elif row.unsure_since is None:
            row.unsure_since = now()
        row.attempts += 1
        return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(row.attempts, 10))

    return in_transaction(work)


def _note(row: Notice, state: str, door: str | None = None) -> None:
    row.state, row.changed_at = state, now()
    row.door = door or row.door


def _end(row: Notice, state: str, reason: str | None) -> None:
    _note(row, state)
    row.error_code = reason
