"""The official account's side of the chat: what people do there, and what they are answered.

Receives `message_received` inside the callback's unit of work: database only, so that a scan is
answered with the welcome at once. Each of these events also opens a window for messages (B6).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.alliance import service as alliance
from app.core.config import settings
from app.ledger.service import Account
from app.members import service as members
from app.notices import deliveries, outgoing, service, texts, windows
from app.notices.texts import Welcome
from app.qr import service as qr
from app.wallet import service as wallet
from app.wechat import client as wechat
from app.wechat.client import Message

INVITED_BY = {
    "merchant": "store",
    "member": "friend",
    "salesperson": "salesperson",
    "platform": "platform",
}


def answer(message: Message) -> str | None:
    """The reply to a pushed message or event, or None where none is due."""
    if message.app_id != settings().wechat_oa_app_id:
        return None
    if message.kind != "event":
        return _written(message)
    act = EVENTS.get(message.event)
    return act(message) if act else None


def _followed(message: Message) -> str:
    joined = _join(message, "follow")
    was_away = _note_follow(joined.member_id, message)
    windows.open_window(joined.member_id, "follow", message.created_at)
    if joined.is_new:
        return _welcomed(message, joined)
    if was_away:
        return texts.welcome_back(settings().base_url)
    if message.scene is not None:
        return scanned_text(message.scene, joined, _store_name)
    return texts.known_already(settings().base_url)


def _scanned(message: Message) -> str:
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
    wechat.forget(message.app_id, message.openid)


def _clicked(message: Message) -> str:
    member_id, welcome = _present(message, "menu")
    return welcome or COMMANDS_BY_KEY.get(message.event_key.upper(), _help)(member_id)


def _written(message: Message) -> str:
    member_id, welcome = _present(message, "message")
    return welcome or COMMANDS.get(message.content.strip("「」 \n"), _help)(member_id)


def _reported(message: Message) -> None:
    status = message.fields.get("Status")
    if message.message_id and isinstance(status, str):
        deliveries.report(message.message_id, status, message.created_at)


def _present(message: Message, trigger: str) -> tuple[UUID, str | None]:
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
    """Whoever does something in the chat follows; True if they had left before."""
    return members.note_follow(member_id, message.app_id, message.openid, message.created_at)


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
            address=settings().base_url,
        )
    )


def scanned_text(scene: str, joined: alliance.Joined, name_of: Callable[[UUID], str]) -> str:
    """The answer to a member who scans a code; `name_of` gives a store's name."""
    try:
        code = qr.resolve(scene)
        if code.kind is qr.Kind.STORE:
            name = name_of(code.subject_id)
            is_home = joined.store is not None and joined.store.id == code.subject_id
            return texts.store_scanned(name, is_home, settings().base_url)
    except (qr.UnknownScene, alliance.StoreUnknown):
        return texts.code_unknown()
    if code.kind is qr.Kind.MEMBER:
        is_own = code.subject_id == joined.member_id
        return texts.friend_scanned(joined.is_newly_bound, is_own)
    return texts.other_scanned(joined.is_newly_bound)


def _store_name(store_id: UUID) -> str:
    return alliance.store(store_id).name


def _balance(member_id: UUID) -> str:
    found = wallet.purses(member_id)
    return texts.balance(
        prepaid_fen=found[Account.PREPAID_PRINCIPAL].balance_fen,
        bonus_fen=found[Account.PREPAID_BONUS].balance_fen,
        experience_fen=found[Account.EXPERIENCE].balance_fen,
        rebate_fen=found[Account.REBATE].balance_fen,
        pending_fen=found[Account.REBATE_PENDING].balance_fen,
    )


def _own_code(member_id: UUID) -> str:
    return texts.own_code(service.invite_code(member_id).poster)


def _help(member_id: UUID) -> str:
    return texts.help_text(settings().base_url)


EVENTS: dict[str, Callable[[Message], str | None]] = {
    "subscribe": _followed,
    "scan": _scanned,
    "unsubscribe": _left,
    "click": _clicked,
    "templatesendjobfinish": _reported,
}
COMMANDS: dict[str, Callable[[UUID], str]] = {
    "余额": _balance,
    "我的余额": _balance,
    "我的二维码": _own_code,
    "二维码": _own_code,
    "帮助": _help,
}
COMMANDS_BY_KEY: dict[str, Callable[[UUID], str]] = {
    "BALANCE": _balance,
    "MY_CODE": _own_code,
    "HELP": _help,
}
