"""Official-account envelopes in three modes, and what a reply says (WeChat facts A2–A8)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape

import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException

from sandbox.accounts import Accounts

CLEAR_FIELDS = ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId")


class MalformedReply(ValueError):
    """An answer WeChat cannot read; the person sees that the account is out of order."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A push as it goes over the wire."""

    query: dict[str, str]
    body: bytes


def plain_xml(fields: dict[str, Any]) -> str:
    """Numbers bare, texts in CDATA, lists of items as nested elements."""
    return "<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(*pair) for pair in value.items())}</{name}>"
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    text = str(value)
    return f"<{name}>{escape(text) if ']]>' in text else f'<![CDATA[{text}]]>'}</{name}>"


def signature(*parts: str) -> str:
    """sha1 over the sorted parts (WeChat facts A1, A3)."""
    joined = b"".join(sorted(part.encode() for part in parts))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def seal(
    accounts: Accounts, fields: dict[str, Any], timestamp: int, nonce: str, *, token: str = ""
) -> Envelope:
    """Put a message into an envelope of the account's mode. `token`: sign with another one."""
    token = token or accounts.oa_token
    moment = str(timestamp)
    query = {
        "signature": signature(token, moment, nonce),
        "timestamp": moment,
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    clear = plain_xml(fields)
    if accounts.push_mode == "plain":
        return Envelope(query, clear.encode())
    crypto = WeChatCrypto(token, accounts.oa_aes_key, accounts.oa_app_id)
    sealed = xmltodict.parse(crypto.encrypt_message(clear, nonce, moment))["xml"]
    query |= {"encrypt_type": "aes", "msg_signature": sealed["MsgSignature"]}
    outside = {"ToUserName": fields["ToUserName"]}
    if accounts.push_mode == "compatible":
        outside = dict(fields)
    return Envelope(query, plain_xml(outside | {"Encrypt": sealed["Encrypt"]}).encode())


def read_reply(accounts: Accounts, push: dict[str, Any], body: bytes) -> dict[str, Any] | None:
    """The passive reply to a push, or None for `success` and for nothing.

    Raises MalformedReply if it cannot be read, is not protected as the mode asks for, or does not
    go back to the sender.
    """
    text = body.decode("utf-8", "replace").strip()
    if text in ("", "success"):
        return None
    reply = _parse(text)
    if accounts.push_mode != "plain":
        reply = _parse(_open(accounts, reply))
    if (reply.get("ToUserName"), reply.get("FromUserName")) != (
        push["FromUserName"],
        push["ToUserName"],
    ):
        raise MalformedReply("ToUserName and FromUserName are not swapped")
    if not str(reply.get("CreateTime", "")).isdigit() or not reply.get("MsgType"):
        raise MalformedReply("CreateTime or MsgType is missing")
    if reply["MsgType"] == "text" and not reply.get("Content"):
        raise MalformedReply("Content is missing")
    return reply


def _parse(text: str) -> dict[str, Any]:
    try:
        found = xmltodict.parse(text).get("xml")
    except (ExpatError, ValueError) as error:
        raise MalformedReply(f"not XML: {error}") from error
    if not isinstance(found, dict):
        raise MalformedReply("no <xml> element")
    return found


def _open(accounts: Accounts, reply: dict[str, Any]) -> str:
    if not all(reply.get(name) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")):
        raise MalformedReply("the reply is not encrypted")
    crypto = WeChatCrypto(accounts.oa_token, accounts.oa_aes_key, accounts.oa_app_id)
    try:
        clear = crypto.decrypt_message(
            reply, reply["MsgSignature"], reply["TimeStamp"], reply["Nonce"]
        )
    except (WeChatException, ValueError, IndexError, TypeError) as error:
        raise MalformedReply(f"the reply cannot be decrypted: {type(error).__name__}") from error
    return str(clear)
