"""Subscription messages of both accounts: one consent is one message (WeChat facts B8, C5)."""

from __future__ import annotations

from typing import Any, Literal

from flask import Blueprint, Response

from sandbox import chat, names, push
from sandbox.answers import Refused, Strict, done, read
from sandbox.console import console
from sandbox.impossible import Impossible
from sandbox.messages import MiniProgram
from sandbox.mini_users import mini_phone
from sandbox.records import Meta, Phone, Push
from sandbox.tokens import requires_token
from sandbox.typed_values import words_of
from sandbox.world import World, world

SEEN, SEEN_COUNT = "seen_templates", 12
SENT_SECONDS = 1.0
MOST_TEMPLATES = {"mini": 5, "oa": 10}
ANSWERS = ("accept", "reject", "ban")
POPUP_SCENE = {"oa": "1", "mini": "0"}

blueprint = Blueprint("subscriptions", __name__)
ERRCODES = {"touser": 40003, "template_id": 40037, "miniprogram_state": 40097, "lang": 40097}


class Request(Strict):
    touser: str
    template_id: str
    page: str = ""
    data: dict[str, Any]


class MiniRequest(Request):
    miniprogram_state: Literal["developer", "trial", "formal"] = "formal"
    lang: Literal["zh_CN", "en_US", "zh_HK", "zh_TW"] = "zh_CN"


class AccountRequest(Request):
    miniprogram: MiniProgram | None = None


@blueprint.post("/cgi-bin/message/subscribe/send")
@requires_token("mini")
def send() -> Response:
    """The mini-program writes to somebody who agreed to this template."""
    wish = read(MiniRequest, ERRCODES)
    return _send(world(), "mini", mini_phone(world(), wish.touser), wish)


@blueprint.post("/cgi-bin/message/subscribe/bizsend")
@requires_token("oa")
def send_for_account() -> Response:
    """The official account writes to somebody who agreed to this template."""
    here, wish = world(), read(AccountRequest, ERRCODES)
    phone = here.state.phones.find(wish.touser)
    if phone is None or phone.openid != wish.touser:
        raise Refused(40003, "invalid openid")
    return _send(here, "oa", phone, wish)


def answer(here: World, phone: Phone, app: str, choices: dict[str, str]) -> dict[str, Any]:
    """The popup of wx.requestSubscribeMessage: what the person chose for each template.

    Raises Impossible for too many templates or one the account does not have.
    """
    if not choices or len(choices) > MOST_TEMPLATES[app]:
        raise Impossible("bad_templates", "requestSubscribeMessage:fail Template Id count error")
    for template, choice in choices.items():
        if choice not in ANSWERS or not _exists(here, app, template):
            raise Impossible("unknown_template", f"没有这个模板或选项：{template} {choice}")
    with here.state.change():
        for template, choice in choices.items():
            key = f"{app}:{template}"
            more = 1 if choice == "accept" else 0
            phone.credits[key] = phone.credits.get(key, 0) + more
        here.state.phones.put(phone)
        told = {name: choice for name, choice in choices.items() if choice != "ban"}
        sent = _tell_popup(here, phone, app, told) if told else None
    if sent is not None:
        push.deliver(here, sent.id)
    return {"errMsg": "requestSubscribeMessage:ok"} | choices


def revoke(here: World, phone: Phone, app: str, template: str) -> dict[str, Any]:
    """Refuse a template in WeChat's settings: what was agreed to is over."""
    with here.state.change():
        phone.credits[f"{app}:{template}"] = 0
        here.state.phones.put(phone)
        chat.say(here, phone.id, "system", "subscription", "关闭了一项订阅消息")
        entry = {"TemplateId": template, "SubscribeStatusString": "reject"}
        sent = _event(here, phone, app, "change", [entry])
    push.deliver(here, sent.id)
    return {"template_id": template, "status": "reject"}


def templates(here: World) -> list[str]:
    """Template ids for the page: those of the console, and those lately sent or asked for."""
    seen = here.state.meta.get(SEEN)
    return list(dict.fromkeys([*console(here).subscriptions, *(seen.value if seen else [])]))


def _send(here: World, app: str, phone: Phone, wish: Request) -> Response:
    if not wish.template_id or not _exists(here, app, wish.template_id):
        raise Refused(40037, "invalid template_id")
    words = words_of(wish.data)
    with here.state.change():
        _see(here, wish.template_id)
        _use_credit(here, app, phone, wish.template_id)
        number = names.message_id()
        blocked = app == "oa" and phone.blocks
        if not blocked:
            side = "account" if app == "oa" else "service"
            content = wish.model_dump(include={"template_id", "page", "data", "miniprogram"})
            chat.say(here, phone.id, side, "subscription", words, **content)
        entry = {
            "TemplateId": wish.template_id,
            "MsgID": str(number),
            "ErrorCode": 3 if blocked else 0,
            "ErrorStatus": "user block" if blocked else "success",
        }
        push.later(here, _event(here, phone, app, "sent", [entry]), SENT_SECONDS)
    return done(msgid=number)


def _exists(here: World, app: str, template: str) -> bool:
    """While the console names no templates of an account, it has every one."""
    named = console(here).subscriptions
    known = [name for name, kind in named.items() if kind.app == app]
    return template in known if known else bool(template)


def _use_credit(here: World, app: str, phone: Phone, template: str) -> None:
    """Raises Refused 43101 where nothing was agreed to or all of it is used up."""
    key, kind = f"{app}:{template}", console(here).subscriptions.get(template)
    left = phone.credits.get(key, 0)
    if left < 1:
        raise Refused(43101, "user refuse to accept the msg")
    if kind is None or not kind.long_term:
        phone.credits[key] = left - 1
        here.state.phones.put(phone)


def _see(here: World, template: str) -> None:
    seen = here.state.meta.get(SEEN)
    known = [template, *(name for name in (seen.value if seen else []) if name != template)]
    if seen is None or seen.value != known[:SEEN_COUNT]:
        here.state.meta.put(Meta(SEEN, known[:SEEN_COUNT]))


def _tell_popup(here: World, phone: Phone, app: str, choices: dict[str, str]) -> Push:
    entries = [
        {"TemplateId": name, "SubscribeStatusString": choice, "PopupScene": POPUP_SCENE[app]}
        for name, choice in choices.items()
    ]
    count = sum(choice == "accept" for choice in choices.values())
    chat.say(here, phone.id, "system", "subscription", f"同意接收 {count} 条订阅消息")
    return _event(here, phone, app, "popup", entries)


def _event(here: World, phone: Phone, app: str, kind: str, entries: list[dict[str, Any]]) -> Push:
    """XML nests the list; JSON has one object for one entry and a list for more (fact A6).

    The official XML sample of a change carries the popup's element: so does this.
    """
    name = f"subscribe_msg_{kind}_event"
    nest = "SubscribeMsgSentEvent" if kind == "sent" else "SubscribeMsgPopupEvent"
    if app == "oa":
        return push.event(here, phone, name, **{nest: {"List": entries}})
    if console(here).mini_push_format == "xml":
        return push.mini_event(here, phone, name, **{nest: {"List": entries}})
    is_list = len(entries) > 1 or here.faults.take(f"push:{name} {phone.openid}", "list_as_array")
    return push.mini_event(here, phone, name, List=entries if is_list else entries[0])
