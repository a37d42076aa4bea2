"""The official account's side of the chat: what people do there, and what they are answered.

Receives `message_received` inside the callback's unit of work: database only, so that a scan is
answered with the welcome at once. Each of these events also opens a window for messages (B6).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.alliance import service as alliance
from app.core.config import settings
from app.members import service as members
from app.notices import (
    answers,
    arrivals,
    commands,
    consents,
    deliveries,
    outgoing,
    pages,
    places,
    subscriptions,
    taps,
    texts,
    windows,
    wording,
)
from app.notices.commands import Command
from app.notices.texts import Welcome
from app.qr import service as qr
from app.wechat import client as wechat
from app.wechat.client import Answer, Message

INVITED_BY = {
    "merchant": "store",
    "member": "friend",
    "salesperson": "salesperson",
    "platform": "platform",
}
UNREADABLE = {
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "shortvideo": "视频",
    "link": "链接",
    "file": "文件",
    "miniprogrampage": "小程序卡片",
}
WITHOUT_A_READER = "消息"


def answer(message: Message) -> Answer | None:
    """The reply to a pushed message or event, or None where none is due."""
    if message.event in consents.NAMES:
        consents.note(message)
        return None
    if message.app_id != settings().wechat_oa_app_id:
        return None
    if message.kind != "event":
        return _written(message)
    act = EVENTS.get(message.event)
    return act(message) if act else None


def _followed(message: Message) -> Answer:
    paid = arrivals.after_paying(message)
    if paid is not None:
        _note_follow(paid.member_id, message)
        windows.open_window(paid.member_id, "follow", message.created_at)
        return wording.paid_and_followed(paid.store_name, pages.address())
    joined = _join(message, "follow")
    was_away = _note_follow(joined.member_id, message)
    windows.open_window(joined.member_id, "follow", message.created_at)
    arrivals.look_later(message, joined.member_id)
    if joined.is_new:
        return _welcomed(message, joined)
    if was_away:
        return texts.welcome_back(pages.address())
    if message.scene is not None:
        return scanned_text(message.scene, joined, _store_name)
    return texts.known_already(pages.address())


def _scanned(message: Message) -> Answer:
    joined = _join(message, "scan")
    _note_follow(joined.member_id, message)
    windows.open_window(joined.member_id, "scan", message.created_at)
    if joined.is_new:
        return _welcomed(message, joined)
    return scanned_text(message.scene or "", joined, _store_name)


def _left(message: Message) -> None:
    member_id = members.note_unfollow(message.app_id, message.openid, message.created_at)
    if member_id is not None:
        windows.close(member_id)
        places.forget(member_id)
        subscriptions.forget(member_id, message.app_id)
    wechat.forget(message.app_id, message.openid)


def _clicked(message: Message) -> Answer:
    taps.count("click", message.event_key)
    member_id, welcome = _present(message, "menu")
    wanted = message.event_key.upper()
    command = Command(wanted) if wanted in list(Command) else Command.HELP
    return welcome or answers.answer(command, member_id, _occasion(message))


def _viewed(message: Message) -> None:
    """Opens an address or the mini-program: no window by that (fact B6), and nobody's name."""
    taps.count(message.event, message.event_key)


def _written(message: Message) -> Answer:
    member_id, welcome = _present(message, "message")
    if welcome:
        return welcome
    if message.kind == "location":
        return _place_sent(message)
    said = message.content if message.kind == "text" else message.fields.get("Recognition")
    if not isinstance(said, str) or not said.strip():
        return wording.unreadable(UNREADABLE.get(message.kind, WITHOUT_A_READER))
    meant = commands.understood(said)
    if meant.command is None:
        return answers.not_understood(meant.nearest)
    return answers.answer(meant.command, member_id, _occasion(message))


def _place_sent(message: Message) -> Answer:
    """Somebody sent a place on purpose: it is answered, and what was sent is not kept."""
    wechat.forget_content(message)
    place = _degrees(message, "Location_X", "Location_Y")
    return answers.nearest_stores(*place) if place else wording.unreadable("位置")


def _located(message: Message) -> Answer | None:
    """WeChat reports where somebody is, on entering the chat; see places.py."""
    wechat.forget_content(message)
    member_id = members.member_of(message.app_id, message.openid)
    place = _degrees(message, "Latitude", "Longitude")
    if member_id is None or place is None or not places.note(member_id, *place):
        return None
    return answers.nearest_stores(*place)


def _reported(message: Message) -> None:
    status = message.fields.get("Status")
    if message.message_id and isinstance(status, str):
        deliveries.report(message.message_id, status, message.created_at)


def _present(message: Message, trigger: str) -> tuple[UUID, Answer | None]:
    """The member who writes. A follower from before our time becomes one, and is welcomed."""
    member_id = members.member_of(message.app_id, message.openid)
    welcome = None
    if member_id is None:
        joined = _join(message, trigger)
        member_id, welcome = joined.member_id, _welcomed(message, joined)
    _note_follow(member_id, message)
    windows.open_window(member_id, trigger, message.created_at)
    return member_id, welcome


def _note_follow(member_id: UUID, message: Message) -> bool:
    """Whoever does something in the chat follows; True if they had left before.

    A letter that comes after they left for good is not kept (WeChat fact A6).
    """
    was_away = members.note_follow(member_id, message.app_id, message.openid, message.created_at)
    if not was_away and members.profile(member_id).state == "unfollowed":
        wechat.forget(message.app_id, message.openid)
    return was_away


def _join(message: Message, channel: str) -> alliance.Joined:
    """A follow tells no unionid (fact B11); members ask for it afterwards."""
    return alliance.join(
        message.app_id, message.openid, None, channel, message.scene, message.created_at
    )


def _welcomed(message: Message, joined: alliance.Joined) -> str:
    bound = joined.binding
    is_code_known = message.scene is None or (bound is not None and bound.scene == message.scene)
    content = texts.joined(joined.experience_fen, message.created_at)
    outgoing.note_reply(f"member.joined:{joined.member_id}", joined.member_id, content)
    return texts.welcome(
        Welcome(
            invited_by=INVITED_BY[bound.recommender_kind] if bound else "nobody",
            store_name=joined.store.name if joined.store else None,
            granted_fen=joined.experience_fen,
            is_fund_short=joined.experience_reason == "fund_short",
            is_code_known=is_code_known,
            address=pages.address(),
        )
    )


def scanned_text(scene: str, joined: alliance.Joined, name_of: Callable[[UUID], str]) -> str:
    """The answer to a member who scans a code; `name_of` gives a store's name."""
    try:
        code = qr.resolve(scene)
        if code.kind is qr.Kind.STORE:
            name = name_of(code.subject_id)
            is_home = joined.store is not None and joined.store.id == code.subject_id
            return texts.store_scanned(name, is_home, pages.address())
    except (qr.UnknownScene, alliance.StoreUnknown):
        return texts.code_unknown()
    if code.kind is qr.Kind.MEMBER:
        is_own = code.subject_id == joined.member_id
        return texts.friend_scanned(joined.is_newly_bound, is_own)
    return texts.other_scanned(joined.is_newly_bound)


def _store_name(store_id: UUID) -> str:
    return alliance.store(store_id).name


def _degrees(message: Message, north: str, east: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees as the message tells them, or None."""
    try:
        latitude, longitude = (float(str(message.fields.get(name))) for name in (north, east))
    except ValueError:
        return None
    is_on_earth = abs(latitude) <= 90 and abs(longitude) <= 180  # false for NaN
    return (latitude, longitude) if is_on_earth else None


def _occasion(message: Message) -> str:
    """A name for this very message, the same however often it is pushed."""
    return message.key().hex()


EVENTS: dict[str, Callable[[Message], Answer | None]] = {
    "subscribe": _followed,
    "scan": _scanned,
    "unsubscribe": _left,
    "click": _clicked,
    "view": _viewed,
    "view_miniprogram": _viewed,
    "location": _located,
    "templatesendjobfinish": _reported,
}
