"""Which door a notice takes now: the first of its kind's that is open.

In the unit of work that claims the notice. Taking a door uses what it has: one message of a
window, one consent; what was certainly not sent is given back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.core.config import settings
from app.core.world import number_of
from app.members import service as members
from app.notices import links, subscriptions, windows
from app.notices.kinds import TERMS, Door, Kind
from app.notices.models import Notice
from app.notices.rules import fitted, template_of
from app.wechat import client as wechat


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed notice, ready for WeChat. `window` is the trigger of the window it uses."""

    notice_id: UUID
    member_id: UUID
    door: Door
    openid: str
    text: str
    address: str
    window: str | None = None
    template_id: str = ""
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_repeatable(self) -> bool:
        """Whether WeChat would recognise it if it were sent again (fact B5)."""
        return self.door is Door.TEMPLATE


def choose(row: Notice, only: Door | None = None) -> Letter | None:
    """The notice as it goes through the first open door of its kind, or through `only`."""
    member_id = members.today(row.member_id)
    openids = {
        app_id: members.openid_of(member_id, app_id)
        for app_id in (settings().wechat_oa_app_id, settings().wechat_mini_app_id)
    }
    for door in (only,) if only else TERMS[Kind(row.kind)].doors:
        openid = openids[app_of(door)]
        letter = OPEN[door](row, member_id, openid) if openid else None
        if letter is not None:
            return letter
    return None


def is_followed(row: Notice) -> bool:
    """Whether the member follows the official account; else only the mini-program reaches them."""
    member_id = members.today(row.member_id)
    return members.openid_of(member_id, settings().wechat_oa_app_id) is not None


def app_of(door: Door) -> str:
    """The app id whose openid a door needs."""
    is_mini = door is Door.MINI_SUBSCRIPTION
    return settings().wechat_mini_app_id if is_mini else settings().wechat_oa_app_id


def post(letter: Letter) -> str | None:
    """Hands a letter to WeChat; its number there. Raises WeChatRefused, WeChatUnavailable."""
    if letter.door is Door.CUSTOMER_SERVICE:
        wechat.send_customer_service_text(letter.openid, letter.text)
        return None
    message: dict[str, Any] = {
        "openid": letter.openid,
        "template_id": letter.template_id,
        "data": letter.values,
    }
    if letter.door is Door.SUBSCRIPTION:
        return wechat.send_subscription(**message, url=letter.address)
    if letter.door is Door.MINI_SUBSCRIPTION:
        return wechat.send_mini_program_subscription(**message)
    number = number_of(letter.notice_id)
    return wechat.send_template(**message, client_message_id=number, url=letter.address)


def give_back(letter: Letter) -> None:
    """Returns what a letter's door gave for it: it was certainly not sent."""
    if letter.window is not None:
        windows.give_back(letter.member_id, letter.window)
    elif letter.door in (Door.SUBSCRIPTION, Door.MINI_SUBSCRIPTION):
        subscriptions.give_back(letter.member_id, app_of(letter.door), letter.template_id)


def shut(letter: Letter) -> None:
    """Forgets a door that WeChat says is shut."""
    if letter.window is not None:
        windows.close(letter.member_id, letter.window)
    elif letter.door in (Door.SUBSCRIPTION, Door.MINI_SUBSCRIPTION):
        subscriptions.refuse(letter.member_id, app_of(letter.door), letter.template_id)


def _chat(row: Notice, member_id: UUID, openid: str) -> Letter | None:
    window = windows.take(member_id)
    if window is None:
        return None
    text = links.resolved(row.text, row.link, member_id)
    address = links.address_of(row.link, member_id)
    return Letter(row.id, member_id, Door.CUSTOMER_SERVICE, openid, text, address, window)


def _subscription(row: Notice, member_id: UUID, openid: str) -> Letter | None:
    return _by_consent(row, member_id, openid, Door.SUBSCRIPTION)


def _mini_subscription(row: Notice, member_id: UUID, openid: str) -> Letter | None:
    return _by_consent(row, member_id, openid, Door.MINI_SUBSCRIPTION)


def _by_consent(row: Notice, member_id: UUID, openid: str, door: Door) -> Letter | None:
    letter = _filled(row, member_id, openid, door)
    if letter is None or not subscriptions.take(member_id, app_of(door), letter.template_id):
        return None
    return letter


def _template(row: Notice, member_id: UUID, openid: str) -> Letter | None:
    return _filled(row, member_id, openid, Door.TEMPLATE)


def _filled(row: Notice, member_id: UUID, openid: str, door: Door) -> Letter | None:
    kind = Kind(row.kind)
    configured = templates_of(door).get(kind)
    if not configured:
        return None
    template_id, keys = template_of(configured, kind)
    values = {key: fitted(row.fields.get(name, ""), key) for name, key in keys.items()}
    address = links.address_of(row.link, member_id)
    return Letter(row.id, member_id, door, openid, row.text, address, None, template_id, values)


def templates_of(door: Door) -> dict[str, str]:
    """The setting that names the templates of a door, by kind."""
    known = {
        Door.SUBSCRIPTION: settings().wechat_oa_subscriptions,
        Door.MINI_SUBSCRIPTION: settings().wechat_mini_subscriptions,
        Door.TEMPLATE: settings().wechat_oa_templates,
    }
    return known[door]


OPEN: dict[Door, Callable[[Notice, UUID, str], Letter | None]] = {
    Door.CUSTOMER_SERVICE: _chat,
    Door.SUBSCRIPTION: _subscription,
    Door.MINI_SUBSCRIPTION: _mini_subscription,
    Door.TEMPLATE: _template,
}
