"""Template and customer-service messages (WeChat facts B5, B6)."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint, Response
from pydantic import Field

from sandbox import chat, names, push
from sandbox.answers import Refused, Strict, done, json_body, read, text_field
from sandbox.materials import material
from sandbox.mini_users import mini_phone
from sandbox.records import Meta, Phone
from sandbox.tokens import app_id_of, kind_of, requires_token
from sandbox.typed_values import words_of
from sandbox.windows import use_window
from sandbox.world import World, world

SAME_MESSAGE_SECONDS = 600.0
FINISH_SECONDS = 1.0
TEMPLATE_ENDS = {
    "template_block": "failed:user block",
    "template_failed": "failed: system failed",
}
FINISH_JOB = "template_finished"
LONGEST_TEXT_BYTES = 2048
# What customer service of either account may send, with what such a message must have.
CUSTOM: dict[str, dict[str, tuple[str, ...]]] = {
    "oa": {
        "text": ("content",),
        "image": ("media_id",),
        "voice": ("media_id",),
        "video": ("media_id",),
        "music": ("musicurl", "hqmusicurl", "thumb_media_id"),
        "news": ("articles",),
        "mpnewsarticle": ("article_id",),
        "msgmenu": ("head_content", "list"),
        "miniprogrampage": ("title", "appid", "pagepath", "thumb_media_id"),
    },
    "mini": {
        "text": ("content",),
        "image": ("media_id",),
        "link": ("title", "description", "url", "thumb_url"),
        "miniprogrampage": ("title", "pagepath", "thumb_media_id"),
    },
}
ENVELOPE = {"touser", "msgtype", "customservice", "aimsgcontext"}

blueprint = Blueprint("messages", __name__)


class MiniProgram(Strict):
    appid: str
    pagepath: str = ""


class TemplateRequest(Strict):
    touser: str
    template_id: str
    url: str = ""
    miniprogram: MiniProgram | None = None
    client_msg_id: Annotated[str, Field(max_length=32)] = ""
    data: dict[str, Any]


@blueprint.post("/cgi-bin/message/template/send")
@requires_token("oa")
def send_template() -> Response:
    """Accepted at once; whether it arrived is told later by TEMPLATESENDJOBFINISH."""
    here = world()
    wish = read(TemplateRequest, {"touser": 40003, "template_id": 40037, "client_msg_id": 40097})
    phone = _receiver(here, wish.touser)
    known_ids = here.accounts.template_ids
    if not wish.template_id or (known_ids and wish.template_id not in known_ids):
        raise Refused(40037, "invalid template_id")
    words = words_of(wish.data)
    if wish.miniprogram and wish.miniprogram.appid != here.accounts.mini_app_id:
        raise Refused(40013, "invalid appid")
    if not phone.follows:
        raise Refused(43004, "require subscribe")
    with here.state.change():
        known = _already_sent(here, phone, wish.client_msg_id)
        if known:
            return done(msgid=known)
        number = names.message_id()
        if not phone.blocks:
            content = wish.model_dump(include={"template_id", "url", "miniprogram", "data"})
            chat.say(here, phone.id, "account", "template", words, **content)
        _remember_sent(here, phone, wish.client_msg_id, number)
        here.schedule.at(here.clock.now() + FINISH_SECONDS, FINISH_JOB, f"{phone.id} {number}")
    return done(msgid=number)


@blueprint.post("/cgi-bin/message/custom/send")
@requires_token("oa", "mini")
def send_custom() -> Response:
    """Only while a window is open, and only as often as the window allows."""
    here, body = world(), json_body()
    app = kind_of(here, app_id_of(here))
    openid = text_field(body, "touser")
    phone = mini_phone(here, openid) if app == "mini" else _receiver(here, openid)
    kind, content = _custom_content(body, CUSTOM[app])
    _check_materials(here, kind, content)
    with here.state.change():
        if app == "oa" and not phone.follows:
            raise Refused(45015, "response out of time limit or subscription is canceled")
        use_window(here, phone, phone.windows if app == "oa" else phone.mini_windows)
        if app == "mini" or not phone.blocks:
            side = "account" if app == "oa" else "service"
            chat.say(here, phone.id, side, kind, _custom_words(kind, content), **content)
    return done()


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


def _receiver(here: World, openid: str) -> Phone:
    phone = here.state.phones.find(openid)
    if phone is None or phone.openid != openid:
        raise Refused(40003, "invalid openid")
    return phone


def _custom_content(
    body: dict[str, Any], kinds: dict[str, tuple[str, ...]]
) -> tuple[str, dict[str, Any]]:
    """The kind of message and what it says. Raises Refused 40008, 44004, 45002, 45008, 47001."""
    kind = text_field(body, "msgtype")
    content = body.get(kind)
    if kind not in kinds or not isinstance(content, dict):
        raise Refused(40008, "invalid message type")
    unknown = set(body) - ENVELOPE - {kind}
    if unknown:
        raise Refused(47001, f"data format error, unknown field: {min(unknown)}")
    for name in kinds[kind]:
        if not content.get(name):
            raise Refused(44004 if kind == "text" else 47001, f"{kind}.{name} is missing")
    if kind == "text" and len(str(content["content"]).encode()) > LONGEST_TEXT_BYTES:
        raise Refused(45002, "content size out of limit")
    if kind == "news" and len(content["articles"]) != 1:
        raise Refused(45008, "article size out of limit")
    return kind, content


def _check_materials(here: World, kind: str, content: dict[str, Any]) -> None:
    """Raises Refused 40007 for a media_id that names nothing of this account."""
    if kind in ("image", "voice", "video"):
        material(here, str(content["media_id"]), kind)
    if "thumb_media_id" in CUSTOM["oa"].get(kind, ()):
        material(here, str(content["thumb_media_id"]), "thumb", "image")


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
