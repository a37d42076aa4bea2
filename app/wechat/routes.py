"""Where WeChat knocks: verify, store, handle, answer. Holds no rule.

Both addresses are signed by WeChat and answer forged or malformed letters with 4xx and nothing
stored, and trouble of ours with 503, so that WeChat sends the letter again (facts A7, D4).
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from app.core.auth import signed_by_wechat
from app.core.errors import TooLarge
from app.wechat import door, inbox, pushes
from app.wechat.envelope import LARGEST_BODY_BYTES
from app.wechat.keys import pay_keys, push_keys
from app.wechat.pay import present
from app.wechat.signing import PushProof, check_url, open_pay_notice

blueprint = APIBlueprint("wechat", __name__, tag="WeChat")
LONGEST_ECHO = 1024


def _answers(*content_types: str) -> Any:
    text = {"schema": {"type": "string"}}
    content = dict.fromkeys(content_types, text)
    return {200: {"description": "What WeChat waits for", "content": content}}


@blueprint.get(door.ADDRESS)
@blueprint.doc(responses=_answers("text/plain"))
@signed_by_wechat
def check_address() -> Response:
    """The address check of the WeChat console: answers `echostr` if the signature is right."""
    check_url(push_keys(), _proof())
    echo = request.args.get("echostr", "")[:LONGEST_ECHO]
    return Response(echo, content_type=pushes.TEXT)


@blueprint.post(door.ADDRESS)
@blueprint.doc(responses=_answers("text/plain", "application/xml"))
@signed_by_wechat
def receive_push() -> Response:
    """Messages and events of the official account and of the mini-program, XML or JSON.

    What can be answered was answered at the `door`; its refusals and faults end here.
    """
    fault = request.environ.get(door.FAULT)
    if fault is not None:
        raise fault
    answer = pushes.answer(_proof(), _body())
    return Response(answer.text, content_type=answer.content_type)


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
