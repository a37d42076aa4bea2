"""One push, from its bytes to what WeChat gets for an answer. Knows no web framework."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.config import settings
from app.core.world import now
from app.wechat import inbox, replies
from app.wechat.envelope import Message, open_envelope, read_message
from app.wechat.keys import push_keys
from app.wechat.signing import PushKeys, PushProof, seal_reply, unseal_push

ACCEPTED = "success"
TEXT, XML = "text/plain; charset=utf-8", "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a 200, and its content type."""

    text: str
    content_type: str


def answer(proof: PushProof, body: bytes) -> Answer:
    """Verifies, stores and handles a push of the official account or of the mini-program.

    Raises NotFromWeChat, NoticeMalformed, NoticeNotOurs and ServiceUnavailable; each leaves
    nothing stored. Not within a unit of work.
    """
    keys = push_keys()
    fields = open_envelope(body)
    opened = unseal_push(keys, proof, fields)
    if opened is None:
        message = read_message(fields, _plain_app_id(fields.get("ToUserName")))
    else:
        message = read_message(open_envelope(opened[0]), opened[1])
    reply = inbox.receive_message(message)
    if reply is None or message.app_id != settings().wechat_oa_app_id:
        return Answer(ACCEPTED, TEXT)  # a mini-program takes no text as answer (fact A7)
    return Answer(_written(keys, message, reply, is_sealed=opened is not None), XML)


def _plain_app_id(original_id: object) -> str:
    """A plain push names no app, only the original id of the account it was sent to."""
    is_official = original_id == settings().wechat_oa_original_id
    return settings().wechat_oa_app_id if is_official else settings().wechat_mini_app_id


def _written(keys: PushKeys, message: Message, reply: str, *, is_sealed: bool) -> str:
    moment = int(now().timestamp())
    text = replies.render(reply, source=message.original_id, target=message.openid, time=moment)
    return _xml(seal_reply(keys, text, message.app_id, str(moment))) if is_sealed else text


def _xml(fields: dict[str, str]) -> str:
    lines = (f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return "<xml>" + "".join(lines) + "</xml>"
