"""Messages to people: templates, subscription messages, and the customer-service chat.

WeChat facts B5, B6, B8, C5. Success is acceptance, not delivery: that comes as an event. None
of these may run while a unit of work is open, and only templates may be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.core.config import settings
from app.wechat import calls

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChatText:
    """A line of text; may hold links `<a href>` and mini-program links."""

    text: str

    def fields(self) -> dict[str, Any]:
        """What WeChat is told."""
        return {"msgtype": "text", "text": {"content": self.text}}


@dataclass(frozen=True, slots=True)
class ChatImage:
    """A picture that was uploaded before."""

    media_id: str

    def fields(self) -> dict[str, Any]:
        """What WeChat is told."""
        return {"msgtype": "image", "image": {"media_id": self.media_id}}


@dataclass(frozen=True, slots=True)
class ChatCard:
    """One article: a card that opens an address."""

    title: str
    description: str
    url: str
    picture_url: str = ""

    def fields(self) -> dict[str, Any]:
        """What WeChat is told."""
        article = {
            "title": self.title,
            "description": self.description,
            "url": self.url,
            "picurl": self.picture_url,
        }
        return {"msgtype": "news", "news": {"articles": [article]}}


@dataclass(frozen=True, slots=True)
class ChatMiniProgram:
    """A card that opens a page of the mini-program; its picture was uploaded before."""

    title: str
    page: str
    picture_media_id: str

    def fields(self) -> dict[str, Any]:
        """What WeChat is told."""
        card = {
            "title": self.title,
            "appid": settings().wechat_mini_app_id,
            "pagepath": self.page,
            "thumb_media_id": self.picture_media_id,
        }
        return {"msgtype": "miniprogrampage", "miniprogrampage": card}


@dataclass(frozen=True, slots=True)
class ChatMenu:
    """A question with answers to tap (id → words); a tap comes back as a message with the id."""

    head: str
    answers: Mapping[str, str]
    tail: str = ""

    def fields(self) -> dict[str, Any]:
        """What WeChat is told."""
        answers = [{"id": key, "content": words} for key, words in self.answers.items()]
        menu = {"head_content": self.head, "list": answers, "tail_content": self.tail}
        return {"msgtype": "msgmenu", "msgmenu": menu}


ChatMessage = ChatText | ChatImage | ChatCard | ChatMiniProgram | ChatMenu


def send_template(
    *,
    openid: str,
    template_id: str,
    data: dict[str, str],
    client_message_id: str,
    url: str | None = None,
    mini_program_path: str | None = None,
) -> str:
    """Sends a template message (fact B5); WeChat's message id.

    The same `client_message_id` (at most 32 characters) is delivered once within ten minutes,
    so that this may be repeated. Raises NotFollower, DataInvalid (its `field`), Misconfigured
    (the template), WeChatRefused, Paused, WeChatUnavailable.
    """
    message: dict[str, Any] = {
        "touser": openid,
        "template_id": template_id,
        "client_msg_id": client_message_id,
        "data": _values(data),
    }
    if url is not None:
        message["url"] = url
    message |= _mini_program(mini_program_path)
    path = "/cgi-bin/message/template/send"
    return str(calls.post("official", path, message, is_repeatable=True).get("msgid", ""))


def send_mini_program_subscription(
    *,
    openid: str,
    template_id: str,
    data: Values,
    page: str | None = None,
    state: Literal["formal", "trial", "developer"] = "formal",
) -> str | None:
    """Sends a subscription message of the mini-program (fact C5): one for each consent.

    WeChat's message id where it tells one: its fate is reported under that. Not repeatable: an
    unclear end may have used the consent up. Raises ConsentUsedUp, PersonUnknown, DataInvalid,
    Misconfigured, WeChatRefused, WeChatUnavailable.
    """
    message: dict[str, Any] = {
        "touser": openid,
        "template_id": template_id,
        "miniprogram_state": state,
        "lang": "zh_CN",
        "data": _values(data),
    }
    message |= {"page": page} if page else {}
    return _number(calls.post("mini", "/cgi-bin/message/subscribe/send", message))


def send_subscription(
    *,
    openid: str,
    template_id: str,
    data: Values,
    url: str | None = None,
    mini_program_path: str | None = None,
) -> str | None:
    """Sends a subscription message of the official account (fact B8); raises as above."""
    message: dict[str, Any] = {
        "touser": openid,
        "template_id": template_id,
        "data": _values(data),
    }
    message |= {"page": url} if url else {}
    message |= _mini_program(mini_program_path)
    return _number(calls.post("official", "/cgi-bin/message/subscribe/bizsend", message))


def send_customer_service(openid: str, message: ChatMessage) -> None:
    """Writes into the chat while its window is open (fact B6).

    Not repeatable. Raises ChatClosed, PersonBlocked, DataInvalid, WeChatRefused,
    WeChatUnavailable.
    """
    wish = {"touser": openid, **message.fields()}
    calls.post("official", "/cgi-bin/message/custom/send", wish)


def send_customer_service_text(openid: str, text: str) -> None:
    """Writes a line of text into the chat; raises like `send_customer_service`."""
    send_customer_service(openid, ChatText(text))


def _number(answer: Mapping[str, Any]) -> str | None:
    number = answer.get("msgid")
    return str(number) if isinstance(number, int | str) and str(number) else None


def _values(data: Values) -> dict[str, Any]:
    return {name: {"value": value} for name, value in data.items()}


def _mini_program(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    return {"miniprogram": {"appid": settings().wechat_mini_app_id, "pagepath": path}}
