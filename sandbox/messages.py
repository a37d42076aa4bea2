"""Template and customer-service messages to followers (WeChat facts B5, B6)."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response

from sandbox import chat, names, push
from sandbox.answers import Refused, done, json_body, text_field
from sandbox.records import Meta, Phone
from sandbox.tokens import requires_token
from sandbox.world import World, world

HOUR = 3600.0
FOREVER_MANY = 1_000_000
# trigger: (messages, seconds), WeChat fact B6
WINDOWS: dict[str, tuple[int, float]] = {
    "message": (5, 48 * HOUR),
    "menu": (3, 60.0),
    "follow": (3, 60.0),
    "scan": (3, 60.0),
    "payment": (FOREVER_MANY, 48 * HOUR),
}
SAME_MESSAGE_SECONDS = 600.0
FINISH_SECONDS = 1.0
TEMPLATE_ENDS = {
    "template_block": "failed:user block",
    "template_failed": "failed: system failed",
}
FINISH_JOB = "template_finished"
# Longest value by type of key, WeChat fact C5.
LONGEST = {"thing": 20, "character_string": 32, "phrase": 5, "letter": 32, "number": 32}
LONGEST |= {"symbol": 5, "phone_number": 17, "car_number": 8, "const": 20}
ASCII_ONLY = ("character_string", "letter", "number", "phone_number")

blueprint = Blueprint("messages", __name__)


@blueprint.post("/cgi-bin/message/template/send")
@requires_token("oa")
def send_template() -> Response:
    """Accepted at once; whether it arrived is told later by TEMPLATESENDJOBFINISH."""
    here, body = world(), json_body()
    phone = _receiver(here, text_field(body, "touser"))
    known_ids = here.accounts.template_ids
    if not body.get("template_id") or (known_ids and body["template_id"] not in known_ids):
        raise Refused(40037, "invalid template_id")
    words = _template_words(body.get("data"))
    if not phone.follows:
        raise Refused(43004, "require subscribe")
    with here.state.change():
        known = _already_sent(here, phone, str(body.get("client_msg_id") or ""))
        if known:
            return done(msgid=known)
        number = names.message_id()
        if not phone.blocks:
            content = {
                name: body[name]
                for name in ("template_id", "url", "miniprogram", "data")
                if name in body
            }
            chat.say(here, phone.id, "account", "template", words, **content)
        _remember_sent(here, phone, str(body.get("client_msg_id") or ""), number)
        here.schedule.at(here.clock.now() + FINISH_SECONDS, FINISH_JOB, f"{phone.id} {number}")
    return done(msgid=number)


@blueprint.post("/cgi-bin/message/custom/send")
@requires_token("oa")
def send_custom() -> Response:
    """Only while a window is open, and only as often as the window allows."""
    here, body = world(), json_body()
    phone = _receiver(here, text_field(body, "touser"))
    kind = text_field(body, "msgtype")
    content = body.get(kind)
    if not isinstance(content, dict):
        raise Refused(40008, "invalid message type")
    if kind == "text":
        text_field(content, "content")
    with here.state.change():
        _use_window(here, phone)
        if not phone.blocks:
            chat.say(here, phone.id, "account", kind, _custom_words(kind, content), **content)
    return done()


def open_window(here: World, phone: Phone, trigger: str) -> None:
    """Allow customer-service messages for a while. Only within `State.change()`."""
    count, seconds = WINDOWS[trigger]
    now = here.clock.now()
    kept = [
        window
        for window in phone.windows
        if window["ends_at"] > now and window["trigger"] != trigger
    ]
    phone.windows = [*kept, {"trigger": trigger, "left": count, "ends_at": now + seconds}]
    here.state.phones.put(phone)


def finish_template(here: World, subject: str) -> None:
    """Tell the product how a template message ended."""
    phone_id, number = subject.split(" ")
    with here.state.change():
        phone = here.state.phones.get(phone_id)
        if phone is None:
            return
        fault = here.faults.take(f"template:{phone.openid}", *TEMPLATE_ENDS)
        status = "failed:user block" if phone.blocks else "success"
        if fault is not None:
            status = TEMPLATE_ENDS[fault.kind]
        fields = {"MsgID": int(number), "Status": status}
        sent = push.event(here, phone, "TEMPLATESENDJOBFINISH", **fields)
    push.deliver(here, sent.id)


def _use_window(here: World, phone: Phone) -> None:
    """Raises Refused 45015 without an open window, 45047 when all are used up."""
    now = here.clock.now()
    open_ones = [window for window in phone.windows if window["ends_at"] > now]
    if not open_ones or not phone.follows:
        raise Refused(45015, "response out of time limit or subscription is canceled")
    usable = [window for window in open_ones if window["left"] > 0]
    if not usable:
        raise Refused(45047, "out of response count limit")
    max(usable, key=lambda window: window["ends_at"])["left"] -= 1
    here.state.phones.put(phone)


def _receiver(here: World, openid: str) -> Phone:
    phone = here.state.phones.find(openid)
    if phone is None or phone.openid != openid:
        raise Refused(40003, "invalid openid")
    return phone


def _template_words(data: Any) -> str:
    """The values, one per line. Raises Refused 47003 naming the value that does not fit."""
    if not isinstance(data, dict) or not data:
        raise Refused(47001, "data format error")
    words = []
    for name, entry in data.items():
        value = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise Refused(47003, f"argument invalid! data.{name}.value invalid")
        if not _fits(name, str(value)):
            raise Refused(47003, f"argument invalid! data.{name}.value invalid")
        words.append(str(value))
    return "\n".join(words)


def _fits(name: str, value: str) -> bool:
    kind = re.sub(r"\d+$", "", name)
    if "\n" in value or not value.strip():
        return False
    if kind == "amount":
        return bool(re.fullmatch(r"[¥￥$€]?\d{1,10}(\.\d{1,2})?元?", value))
    if kind in ASCII_ONLY and not value.isascii():
        return False
    return len(value) <= LONGEST.get(kind, 200)


def _already_sent(here: World, phone: Phone, client_id: str) -> int:
    known = here.state.meta.get(f"client_msg_id:{phone.openid}:{client_id}")
    if not client_id or known is None or known.value["until"] <= here.clock.now():
        return 0
    return int(known.value["msgid"])


def _remember_sent(here: World, phone: Phone, client_id: str, number: int) -> None:
    if client_id:
        value = {"msgid": number, "until": here.clock.now() + SAME_MESSAGE_SECONDS}
        here.state.meta.put(Meta(f"client_msg_id:{phone.openid}:{client_id}", value))


def _custom_words(kind: str, content: dict[str, Any]) -> str:
    if kind == "text":
        return str(content["content"])
    if kind == "news":
        articles = content.get("articles") or [{}]
        return str(articles[0].get("title", "[图文]"))
    return str(content.get("title") or content.get("head_content") or f"[{kind}]")
