"""Notices are written down once, then sent once.

A row is claimed and committed before WeChat is asked. What happens if the process dies between:
a template is repeated with the same client_msg_id, which WeChat delivers once within ten minutes
(fact B5); a chat text has no such number, is not repeated and is recorded as unknown.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction, one_at_a_time
from app.core.outbox import TryLater
from app.core.world import beijing_day, bucket_of, new_id, now, start_of_beijing_day
from app.members import service as members
from app.notices import channels, deliveries, preferences
from app.notices.channels import Letter
from app.notices.kinds import EVERY_DOOR, TERMS, Door, Kind
from app.notices.models import Notice
from app.notices.rules import BLOCKED, CHAT_CLOSED, CONSENT_USED_UP, REPEATABLE, hours
from app.notices.texts import Content
from app.wechat import client as wechat

log = structlog.get_logger()
QUEUED = "notices.queued"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 600
MOST_DOORS = len(EVERY_DOOR) + 5  # the chat may have several windows, each of them shut
TOLD = ("sending", "sent", "delivered", "blocked", "unknown")


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
    _write(event, member_id, content, state="sent", door=Door.REPLY)


def send(payload: dict[str, Any]) -> None:
    """Reader of QUEUED: sends one notice, and never twice.

    Raises TryLater at night, if its kind waits, and while WeChat is away. Whatever WeChat refuses
    is final and recorded.
    """
    notice_id = UUID(payload["notice_id"])
    for _ in range(MOST_DOORS):  # one door after the other, where one turns out to be shut
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
        link=content.link,
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
    if now() - row.created_at > TERMS[Kind(row.kind)].lasts:
        _end(row, "failed", "stale")
        return None
    reason = _own_reason(row)
    if reason is not None:
        _end(row, "skipped", reason)
        return None
    _wait_for_the_morning(row)
    letter = channels.choose(row)
    if letter is None and not channels.is_followed(row):
        _end(row, "unreachable", None)
        return None
    if letter is None:
        _end(row, "failed", row.error_code or "no_template")
        return None
    _note(row, "sending", letter.door)
    return letter


def _claim_again(row: Notice) -> Letter | None:
    """A notice whose sending was interrupted: its outcome is not known."""
    started = row.unsure_since or row.changed_at
    is_known = row.door == Door.TEMPLATE and now() - started <= REPEATABLE
    letter = channels.choose(row, only=Door.TEMPLATE) if is_known else None
    if letter is None:
        _end(row, "unknown", "interrupted")
        return None
    row.unsure_since = started
    _note(row, "sending", letter.door)
    return letter


def _own_reason(row: Notice) -> str | None:
    """Why we do not send it, of our own accord: declined, or too many on its day."""
    kind = Kind(row.kind)
    if not preferences.is_wanted(members.today(row.member_id), kind):
        return "declined"
    most = settings().notice_daily_limits.get(kind, TERMS[kind].daily)
    return "daily_limit" if _told_today(row) >= most else None


def _told_today(row: Notice) -> int:
    """How many of its kind its receiver was sent, of those of the same Beijing day as this one.

    Two that are claimed at once wait for each other, so that neither misses the other.
    """
    one_at_a_time(f"notices/{row.member_id}/{row.kind}")
    day = beijing_day(row.created_at)
    found = select(func.count()).where(
        Notice.bucket == row.bucket,
        Notice.member_id == row.member_id,
        Notice.kind == row.kind,
        Notice.state.in_(TOLD),
        Notice.door != Door.REPLY,
        Notice.created_at >= start_of_beijing_day(day),
        Notice.created_at < start_of_beijing_day(day + timedelta(days=1)),
    )
    return int(db.session.scalar(found) or 0)


def _wait_for_the_morning(row: Notice) -> None:
    """Raises TryLater within QUIET_HOURS for what is not about money."""
    quiet = settings().quiet_hours
    if quiet is None or not TERMS[Kind(row.kind)].waits_at_night:
        return
    if hours(quiet).holds(now()):
        raise TryLater(hours(quiet).seconds_left(now()))


def _sent(letter: Letter) -> bool:
    """Sends a letter and records what came of it; False if another door is to be tried."""
    try:
        number = channels.post(letter)
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
    shut_by = CHAT_CLOSED if letter.door is Door.CUSTOMER_SERVICE else CONSENT_USED_UP
    if code in shut_by and letter.door is not Door.TEMPLATE:
        channels.shut(letter)
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
        if is_unsure and not letter.is_repeatable:
            _end(row, "unknown", "no_answer")
            return None
        if not is_unsure and row.unsure_since is None:
            _note(row, "queued")
            channels.give_back(letter)
        elif row.unsure_since is None:
            row.unsure_since = now()
        row.attempts += 1
        return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(row.attempts, 10))

    return in_transaction(work)


def _note(row: Notice, state: str, door: Door | None = None) -> None:
    row.state, row.changed_at = state, now()
    row.door = door or row.door


def _end(row: Notice, state: str, reason: str | None) -> None:
    _note(row, state)
    row.error_code = reason
