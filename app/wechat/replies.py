"""What a push is answered with (WeChat fact A8): a text, a card, or the hand-over to customer
service. Pure.

An answer is kept beside its notice as one text, so that a repeated push gets the same one: a
text as it stands, anything else as JSON behind MARK, which no text of ours begins with.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from wechatpy.replies import (
    ArticlesReply,
    BaseReply,
    TransferCustomerServiceReply,
)

MARK = "\x1e"
LONGEST_TEXT_BYTES = 2048  # of a text answer; WeChat shows none that is longer
ELLIPSIS = "…"
# By far the most answers are of this shape (fact A8), which wechatpy takes ten times as long for.
TEXT = (
    "<xml><ToUserName><![CDATA[{}]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>"
    "<CreateTime>{}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[{}]]></Content></xml>"
)


@dataclass(frozen=True, slots=True)
class Card:
    """One article (图文): a title, a line below it, a picture and what a tap opens."""

    title: str
    description: str
    picture: str
    address: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person of the customer service goes on with this conversation."""


Answer = str | Card | HandOver
SHAPES: dict[str, type[Card | HandOver]] = {
    "news": Card,
    "transfer_customer_service": HandOver,
}
NAMES = {shape: name for name, shape in SHAPES.items()}


def kept(answer: Answer) -> str:
    """An answer as the inbox keeps it."""
    if isinstance(answer, str):
        return within(answer.lstrip(MARK), LONGEST_TEXT_BYTES)
    return MARK + json.dumps({"kind": NAMES[type(answer)]} | asdict(answer), ensure_ascii=False)


def opened(text: str) -> Answer:
    """The answer that `kept` wrote."""
    if not text.startswith(MARK):
        return text
    fields = json.loads(text[1:])
    return SHAPES[fields.pop("kind")](**fields)


def render(text: str, *, source: str, target: str, time: int) -> str:
    """The XML of a kept answer, not sealed yet: from `source` to `target` at a Unix second."""
    answer = opened(text)
    if isinstance(answer, str):
        return TEXT.format(
            _within_cdata(target), _within_cdata(source), time, _within_cdata(answer)
        )
    reply = _reply(answer)
    reply.source, reply.target, reply.time = source, target, time
    return str(reply.render())


def within(text: str, longest: int) -> str:
    """A text of at most so many UTF-8 bytes; what is cut ends at a line, else in an ellipsis.

    A line is dropped whole, so that no link is cut in two.
    """
    if len(text.encode()) <= longest:
        return text
    room = longest - len(ELLIPSIS.encode()) - 1
    shown, _, _ = text.encode()[:room].decode("utf-8", "ignore").rpartition("\n")
    if shown:
        return f"{shown}\n{ELLIPSIS}"
    return text.encode()[:room].decode("utf-8", "ignore").split("<a", 1)[0] + ELLIPSIS


def _reply(answer: Card | HandOver) -> BaseReply:
    if isinstance(answer, Card):
        article = {
            "title": _within_cdata(answer.title),
            "description": _within_cdata(answer.description),
            "image": _within_cdata(answer.picture),
            "url": _within_cdata(answer.address),
        }
        return ArticlesReply(articles=[article])
    return TransferCustomerServiceReply()


def _within_cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")
