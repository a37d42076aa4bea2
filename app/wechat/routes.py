"""Where WeChat knocks: verify, store, handle, answer. Holds no rule.

Both addresses are signed by WeChat and answer forged or malformed letters with 4xx and nothing
stored, and trouble of ours with 503, so that WeChat sends the letter again (facts A7, D4).
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from app.core.auth import signed_by_wechat
from app.core.config import settings
from app.core.errors import TooLarge
from app.core.world import now
from app.wechat import inbox, replies
from app.wechat.envelope import LARGEST_BODY_BYTES, Message, open_envelope, read_message
from app.wechat.keys import pay_keys, push_keys
from app.wechat.pay import present
from app.wechat.signing import (
    PushKeys,
    PushProof,
    check_url,
    open_pay_notice,
    seal_reply,
    unseal_push,
)

blueprint = APIBlueprint("wechat", __name__, tag="WeChat")
ACCEPTED = "success"
LONGEST_ECHO = 1024


def _answers(*content_types: str) -> Any:
    text = {"schema": {"type": "string"}}
    content = dict.fromkeys(content_types, text)
    return {200: {"description": "What WeChat waits for", "content": content}}


@blueprint.get("/wechat/callback")
@blueprint.doc(responses=_answers("text/plain"))
@signed_by_wechat
def check_address() -> Response:
    """The address check of the WeChat console: answers `echostr` if the signature is right."""
    check_url(push_keys(), _proof())
    return _text(request.args.get("echostr", "")[:LONGEST_ECHO])


@blueprint.post("/wechat/callback")
@blueprint.doc(responses=_answers("text/plain", "application/xml"))
@signed_by_wechat
def receive_push() -> Response:
    """Messages and events of the official account and of the mini-program, XML or JSON."""
    keys = push_keys()
    fields = open_envelope(_body())
    opened = unseal_push(keys, _proof(), fields)
    if opened is None:
        message = read_message(fields, _plain_app_id(fields.get("ToUserName")))
    else:
        message = read_message(open_envelope(opened[0]), opened[1])
    reply = inbox.receive_message(message)
    if reply is None or message.app_id != settings().wechat_oa_app_id:
        return _text(ACCEPTED)  # a mini-program takes no text as answer (fact A7)
    return _reply(keys, message, reply, is_sealed=opened is not None)


@blueprint.post("/wechat/pay/notify")
@signed_by_wechat
def receive_payment() -> tuple[dict[str, str], int]:
    """All notifications of WeChat Pay v3: payments, refunds, merchant transfers."""
    headers = dict(request.headers)
    notice = open_pay_notice(pay_keys(), headers, _body(), present(headers))
    inbox.receive_payment(notice)
    return {"code": "SUCCESS"}, 200


def _body() -> bytes:
    if (request.content_length or 0) > LARGEST_BODY_BYTES:
        raise TooLarge()
    body = request.stream.read(LARGEST_BODY_BYTES + 1)
    if len(body) > LARGEST_BODY_BYTES:
        raise TooLarge()
    return body


def _proof() -> PushProof:
    def given(name: str) -> str:
        return request.args.get(name, "")

    return PushProof(given("signature"), given("msg_signature"), given("timestamp"), given("nonce"))


def _plain_app_id(original_id: object) -> str:
    """A plain push names no app, only the original id of the account it was sent to."""
    is_official = original_id == settings().wechat_oa_original_id
    return settings().wechat_oa_app_id if is_official else settings().wechat_mini_app_id


def _reply(keys: PushKeys, message: Message, reply: str, *, is_sealed: bool) -> Response:
    moment = int(now().timestamp())
    text = replies.render(reply, source=message.original_id, target=message.openid, time=moment)
    if is_sealed:
        text = _xml(seal_reply(keys, text, message.app_id, str(moment)))
    return Response(text, content_type="application/xml; charset=utf-8")


def _xml(fields: dict[str, str]) -> str:
    lines = (f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return "<xml>" + "".join(lines) + "</xml>"


def _text(body: str) -> Response:
    response = Response(body, content_type="text/plain; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
