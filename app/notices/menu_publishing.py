"""The account's menu follows its settings (WeChat fact B7): each change is published once.

A duty compares what is set with what was last dealt with and writes one letter for a change; a
worker that has these settings publishes it. What people change in WeChat's console meanwhile is
left alone, and a menu that was there before ours is replaced only by `menu publish`.
"""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.outbox import TryLater
from app.core.world import PLATFORM_ID, bucket_of, now
from app.notices import menu
from app.notices.menu import Button, MenuInvalid
from app.notices.models import PublishedMenu
from app.wechat import client as wechat

log = structlog.get_logger()
DUE = "notices.menu_due"
LOOK_SECONDS = 300.0
OTHER_WORKER_SECONDS, AGAIN_SECONDS, OPERATOR_SECONDS = 15.0, 60.0, 900.0
LATE = timedelta(hours=1)
NOTHING = ""  # the fingerprint of a menu that cannot be read


class MenuForeign(Exception):
    """The account has a menu that was never ours: only people may replace it."""


def look() -> int:
    """Duty: has the menu published if it is another than the one last dealt with."""
    try:
        wanted = fingerprint(menu.buttons())
    except (MenuInvalid, OSError) as error:
        reason = str(error)
        in_transaction(lambda: _note_invalid(reason))
        return 0
    return in_transaction(lambda: _ask(wanted))


def ask_now() -> None:
    """Has the menu published after the current unit of work, as `menu publish` would."""
    outbox.emit(DUE, {}, bucket=bucket_of(PLATFORM_ID))


def publish_due(payload: dict[str, Any]) -> None:
    """Reader of DUE: publishes the menu; TryLater until WeChat has answered.

    Where this process still has other settings than those the letter is about, it leaves the
    letter to another, or for good if the settings have changed again.
    """
    asked = payload.get("fingerprint")
    try:
        wanted = menu.buttons()
    except (MenuInvalid, OSError):
        return  # the duty notes it, and asks again once it can be read
    found = fingerprint(wanted)
    if asked is not None and asked != found:
        if in_transaction(lambda: _is_asked(asked)):
            raise TryLater(OTHER_WORKER_SECONDS)
        return
    state, code = "published", None
    try:
        publish(wanted, is_forced=asked is None)
    except MenuForeign:
        state = "foreign"
        log.warning("menu_foreign", advice="flask menu diff, then flask menu publish")
    except wechat.Misconfigured:
        raise TryLater(OPERATOR_SECONDS) from None
    except wechat.WeChatUnavailable as away:
        raise TryLater(max(AGAIN_SECONDS, float(away.headers["Retry-After"]))) from None
    except wechat.WeChatRefused as refusal:
        state, code = "refused", refusal.wechat_code
        log.error("menu_refused", wechat_code=code)
    in_transaction(lambda: note(found, state, code))


def publish(wanted: list[Button], *, is_forced: bool) -> bool:
    """Puts a menu into the account; False if it is there already. Not within a unit of work.

    Raises MenuForeign unless `is_forced`, WeChatRefused, WeChatUnavailable.
    """
    there = menu.plain(wechat.current_menu() or [])
    if there == menu.plain(wanted):
        return False
    if there and not is_forced and not in_transaction(_is_ours):
        raise MenuForeign()
    wechat.publish_menu(wanted)
    return True


def note(found: str, state: str, code: str | None = None) -> None:
    """Writes down, in the current unit, what became of a menu: published, foreign, refused."""
    values = {
        "fingerprint": found,
        "state": state,
        "error_code": code,
        "changed_at": now(),
    } | ({"is_ours": True} if state == "published" else {})
    row = insert(PublishedMenu).values(
        {"app_id": settings().wechat_oa_app_id, "is_ours": False} | values
    )
    db.session.execute(
        row.on_conflict_do_update(index_elements=[PublishedMenu.app_id], set_=values)
    )


def fingerprint(buttons: list[Button]) -> str:
    """A menu's name: the same for the same menu, however its file is laid out."""
    words = json.dumps(menu.plain(buttons), ensure_ascii=False, sort_keys=True)
    return sha256(words.encode()).hexdigest()


def unpublished() -> int:
    """1 if the menu as it is set is not in the account and people have to look, else 0."""
    waits = (PublishedMenu.state == "asked") & (PublishedMenu.changed_at < now() - LATE)
    stuck = or_(PublishedMenu.state.in_(("invalid", "foreign", "refused")), waits)
    mine = PublishedMenu.app_id == settings().wechat_oa_app_id
    return int(read(select(func.count()).select_from(PublishedMenu).where(mine, stuck))[0][0])


def _ask(wanted: str) -> int:
    row = _locked()
    if row is not None and row.fingerprint == wanted:
        return 0
    note(wanted, "asked")
    outbox.emit(DUE, {"fingerprint": wanted}, bucket=bucket_of(PLATFORM_ID))
    return 1


def _note_invalid(reason: str) -> None:
    row = _locked()
    if row is None or row.state != "invalid":
        log.error("menu_invalid", reason=reason)
        note(NOTHING, "invalid")


def _locked() -> PublishedMenu | None:
    return db.session.get(PublishedMenu, settings().wechat_oa_app_id, with_for_update=True)


def _is_asked(asked: str) -> bool:
    row = db.session.get(PublishedMenu, settings().wechat_oa_app_id)
    return row is not None and row.fingerprint == asked and row.state == "asked"


def _is_ours() -> bool:
    row = db.session.get(PublishedMenu, settings().wechat_oa_app_id)
    return row is not None and row.is_ours
