"""The chat a person sees on their phone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox import names
from sandbox.clock import utc_text
from sandbox.records import Chat
from sandbox.world import World

OUT_OF_ORDER = "该公众号暂时无法提供服务，请稍后再试"


def say(here: World, phone_id: str, side: str, kind: str, text: str, **content: Any) -> Chat:
    """Add a line. side: me, account or system. Only within `State.change()`."""
    line = Chat(names.new_id("line"), phone_id, here.clock.now(), side, kind, text, content)
    return here.state.chat.put(line)


def show_reply(here: World, phone_id: str, reply: dict[str, Any]) -> Chat | None:
    """Show a passive reply or a customer-service message in WeChat's XML shape."""
    kind = str(reply["MsgType"])
    if kind == "transfer_customer_service":
        return None
    content = {name: value for name, value in reply.items() if name not in _ENVELOPE}
    return say(here, phone_id, "account", kind, _words(kind, reply), **content)


_ENVELOPE = ("ToUserName", "FromUserName", "CreateTime", "MsgType")


def _words(kind: str, reply: dict[str, Any]) -> str:
    if kind == "text":
        return str(reply.get("Content", ""))
    if kind == "news":
        items = (reply.get("Articles") or {}).get("item") or []
        first = items[0] if isinstance(items, list) else items
        return str(first.get("Title", ""))
    return f"[{kind}]"


def article(content: dict[str, Any]) -> dict[str, str]:
    """The first article (图文) of a reply or a customer-service message, whichever its shape."""
    items = content.get("articles") or (content.get("Articles") or {}).get("item") or {}
    first = (items or [{}])[0] if isinstance(items, list) else items
    found = {str(name).lower(): str(value or "") for name, value in first.items()}
    names = ("title", "description", "picurl", "url")
    return {name: found.get(name, "") for name in names}


def as_json(line: Chat, openid: str) -> dict[str, Any]:
    """A line for the control API."""
    return asdict(line) | {"openid": openid, "at": utc_text(line.at)}
