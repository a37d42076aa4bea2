"""Envelopes of pushes in three modes, XML or JSON, and what a reply says (WeChat facts A2–A8)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape

import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException

from sandbox.accounts import Accounts


class MalformedReply(ValueError):
    """An answer WeChat cannot read; the person sees that the account is out of order."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How one account wants its pushes: which app id seals them, the mode, XML or JSON."""

    app_id: str
    mode: str
    form: str = "xml"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A push as it goes over the wire."""

    query: dict[str, str]
    body: bytes
    content_type: str = "text/xml"


def plain_xml(fields: dict[str, Any]) -> str:
    """Numbers bare, texts in CDATA, lists of items as nested elements."""
    return "<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, entry) for entry in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(*pair) for pair in value.items())}</{name}>"
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    text = str(value)
    return f"<{name}>{escape(text) if ']]>' in text else f'<![CDATA[{text}]]>'}</{name}>"


def _write(fields: dict[str, Any], form: str) -> str:
    return json.dumps(fields, ensure_ascii=False) if form == "json" else plain_xml(fields)


def signature(*parts: str) -> str:
    """sha1 over the sorted parts (WeChat facts A1, A3)."""
    joined = b"".join(sorted(part.encode() for part in parts))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def seal(
    accounts: Accounts,
    letterbox: Letterbox,
    fields: dict[str, Any],
    timestamp: int,
    nonce: str,
    *,
    token: str = "",
) -> Envelope:
    """Put a message into an envelope of the account's mode. `token`: sign with another one."""
    token = token or accounts.oa_token
    moment, form = str(timestamp), letterbox.form
    content_type = "application/json" if form == "json" else "text/xml"
    query = {
        "signature": signature(token, moment, nonce),
        "timestamp": moment,
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    clear = _write(fields, form)
    if letterbox.mode == "plain":
        return Envelope(query, clear.encode(), content_type)
    crypto = WeChatCrypto(token, accounts.oa_aes_key, letterbox.app_id)
    sealed = xmltodict.parse(crypto.encrypt_message(clear, nonce, moment))["xml"]
    query |= {"encrypt_type": "aes", "msg_signature": sealed["MsgSignature"]}
    outside = {"ToUserName": fields["ToUserName"]}
    if letterbox.mode == "compatible":
        outside = dict(fields)
    body = _write(outside | {"Encrypt": sealed["Encrypt"]}, form)
    return Envelope(query, body.encode(), content_type)


def read_reply(
    accounts: Accounts, letterbox: Letterbox, push: dict[str, Any], body: bytes
) -> dict[str, Any] | None:
    """The passive reply to a push, or None for `success` and for nothing.

    Raises MalformedReply if it cannot be read, is not protected as the mode asks for, or does not
    go back to the sender.
    """
    text = body.decode("utf-8", "replace").strip()
    if text in ("", "success"):
        return None
    reply = _parse(text)
    if letterbox.mode != "plain":
        reply = _parse(_open(accounts, letterbox, reply))
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
    """A reply as fields: XML, or JSON, which a mini-program may answer with."""
    if text.startswith("{"):
        try:
            return dict(json.loads(text))
        except ValueError as error:
            raise MalformedReply(f"not JSON: {error}") from error
    try:
        found = xmltodict.parse(text).get("xml")
    except (ExpatError, ValueError) as error:
        raise MalformedReply(f"not XML: {error}") from error
    if not isinstance(found, dict):
        raise MalformedReply("no <xml> element")
    return found


def _open(accounts: Accounts, letterbox: Letterbox, reply: dict[str, Any]) -> str:
    if not all(reply.get(name) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")):
        raise MalformedReply("the reply is not encrypted")
    crypto = WeChatCrypto(accounts.oa_token, accounts.oa_aes_key, letterbox.app_id)
    try:
        clear = crypto.decrypt_message(
            reply, reply["MsgSignature"], str(reply["TimeStamp"]), str(reply["Nonce"])
        )
    except (WeChatException, ValueError, IndexError, TypeError) as error:
        raise MalformedReply(f"the reply cannot be decrypted: {type(error).__name__}") from error
    return str(clear)
