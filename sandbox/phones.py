"""Simulated phones: what a person can do with WeChat in their hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from sandbox import chat, codes, links, names, push, users
from sandbox.clock import utc_text
from sandbox.impossible import Impossible
from sandbox.mini_records import Link
from sandbox.records import Phone, Push, Ticket
from sandbox.windows import open_window
from sandbox.world import World

COLOURS = 6
FIRST_NAMES = ("小林", "阿明", "晓雯", "老周", "思思", "大伟", "美玲", "子涵")


def create(here: World, name: str = "", *, has_unionid: bool = True) -> Phone:
    """A new person with an openid for each app id and, unless told otherwise, one unionid."""
    with here.state.change():
        count = len(here.state.phones)
        label = name or FIRST_NAMES[count % len(FIRST_NAMES)] + (
            str(count // len(FIRST_NAMES) + 1) if count >= len(FIRST_NAMES) else ""
        )
        phone = Phone(
            id=names.new_id("phone"),
            name=label,
            openid=names.openid(),
            mini_openid=names.openid(),
            unionid=names.unionid() if has_unionid else "",
            created_at=here.clock.now(),
            colour=count % COLOURS,
            number=names.phone_number(count),
        )
        return here.state.phones.put(phone)


def find(here: World, phone_id: str) -> Phone:
    """The phone with this id. Raises Impossible."""
    phone = here.state.phones.get(phone_id)
    if phone is None:
        raise Impossible("unknown_phone", "没有这台手机")
    return phone


def follow(
    here: World, phone: Phone, scene: str = "", ticket: str = "", event_key: str = ""
) -> Push:
    """Follow, by search, by a code or (with another `event_key`) otherwise.

    Raises Impossible if the phone follows already.
    """
    with here.state.change():
        if phone.follows:
            raise Impossible("already_following", "已经关注过这个公众号")
        phone.follows, phone.followed_at, phone.follow_scene = True, here.clock.now(), scene
        phone.blocks = False
        open_window(here, phone, "follow")
        line = "扫码关注了公众号" if scene else "关注了公众号"
        chat.say(here, phone.id, "system", "follow", line)
        fields = {"EventKey": f"qrscene_{scene}", "Ticket": ticket or _ticket_of(here, scene)}
        sent = push.event(
            here, phone, "subscribe", **(fields if scene else {"EventKey": event_key})
        )
    push.deliver(here, sent.id)
    return sent


def unfollow(here: World, phone: Phone) -> Push:
    """Raises Impossible if the phone does not follow."""
    with here.state.change():
        if not phone.follows:
            raise Impossible("not_following", "还没有关注这个公众号")
        phone.follows, phone.windows, phone.follow_scene = False, [], ""
        chat.say(here, phone.id, "system", "unfollow", "取消关注了公众号")
        sent = push.event(here, phone, "unsubscribe", EventKey="")
    push.deliver(here, sent.id)
    return sent


def scan(here: World, phone: Phone, content: str) -> dict[str, Any]:
    """Scan a code: the official account's, the mini-program's, a payment's or any other.

    Raises Impossible when the official account's code is over.
    """
    content = content.strip()
    ticket = codes.find_ticket(here, content)
    if ticket is not None:
        if codes.is_over(ticket, here.clock.now()):
            raise Impossible("code_expired", "二维码已过期")
        if phone.follows:
            return {"kind": "scan", "push": push.as_json(_scan_again(here, phone, ticket))}
        sent = follow(here, phone, ticket.scene, ticket.id)
        return {"kind": "subscribe", "push": push.as_json(sent)}
    if content.startswith(codes.TICKET_URL):
        raise Impossible("code_unknown", "二维码不存在或已过期")
    if content.startswith(codes.MINI_URL + here.accounts.mini_app_id):
        query = parse_qs(urlsplit(content).query)
        scene, page = (query.get(name, [""])[0] for name in ("scene", "page"))
        opened = {"kind": "mini_program", "page": page, "query": {"scene": quote(scene, "")}}
        return login(here, phone, scene) | opened
    link = links.find_link(here, content)
    if link is not None:
        return _open_link(here, phone, link, content)
    if content.startswith("weixin://wxpay/bizpayurl"):
        return {"kind": "payment", "code_url": content}
    kind = "link" if content.startswith(("http://", "https://")) else "text"
    return {"kind": kind, "content": content}


def write(here: World, phone: Phone, content: str) -> Push:
    """Write to the official account. Raises Impossible for nothing or without following."""
    if not content.strip():
        raise Impossible("empty_text", "请输入内容")
    _must_follow(phone)
    with here.state.change():
        chat.say(here, phone.id, "me", "text", content)
        open_window(here, phone, "message")
        sent = push.text(here, phone, content)
    push.deliver(here, sent.id)
    return sent


def tap_menu(here: World, phone: Phone, key: str) -> Push:
    """Tap a click entry of the menu. Raises Impossible without following."""
    _must_follow(phone)
    with here.state.change():
        open_window(here, phone, "menu")
        sent = push.event(here, phone, "CLICK", EventKey=key)
    push.deliver(here, sent.id)
    return sent


def login(here: World, phone: Phone, scene: str = "") -> dict[str, Any]:
    """Open the mini-program, with the scene of the code if there was one: a js_code."""
    with here.state.change():
        phone.mini_active_at = here.clock.now()
        here.state.phones.put(phone)
        code = users.new_code(here, phone, here.accounts.mini_app_id)
    return {"code": code.id, "scene": scene}


def block(here: World, phone: Phone, blocks: bool = True) -> Phone:
    """Refuse messages of the official account, or allow them again."""
    with here.state.change():
        phone.blocks = blocks
        line = "拒收公众号消息" if blocks else "恢复接收公众号消息"
        chat.say(here, phone.id, "system", "block", line)
        return here.state.phones.put(phone)


def give_unionid(here: World, phone: Phone) -> Phone:
    """The accounts were bound to one open platform later: now there is a unionid."""
    with here.state.change():
        phone.unionid = phone.unionid or names.unionid()
        return here.state.phones.put(phone)


def as_json(phone: Phone) -> dict[str, Any]:
    """A phone for the control API; its session_key stays inside."""
    fields = asdict(phone)
    for inside in ("session_key", "windows", "mini_windows"):
        del fields[inside]
    return fields | {"created_at": utc_text(phone.created_at)}


def _scan_again(here: World, phone: Phone, ticket: Ticket) -> Push:
    with here.state.change():
        open_window(here, phone, "scan")
        chat.say(here, phone.id, "system", "scan", "扫了公众号的二维码")
        sent = push.event(here, phone, "SCAN", EventKey=ticket.scene, Ticket=ticket.id)
    push.deliver(here, sent.id)
    return sent


def _open_link(here: World, phone: Phone, link: Link, content: str) -> dict[str, Any]:
    """A URL Link or scheme; a `scene` in its query counts as that of a code."""
    if link.expires_at <= here.clock.now():
        raise Impossible("link_expired", "链接已过期")
    query = {name: values[0] for name, values in parse_qs(links.query_of(link, content)).items()}
    opened = {"kind": "mini_program", "page": link.path, "query": query}
    return login(here, phone, query.get("scene", "")) | opened


def _ticket_of(here: World, scene: str) -> str:
    made = here.state.tickets.group(scene)
    return made[-1].id if made else "gQ" + names.letters(92) + "=="


def _must_follow(phone: Phone) -> None:
    if not phone.follows:
        raise Impossible("not_following", "还没有关注这个公众号")
