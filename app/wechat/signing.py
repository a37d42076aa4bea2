"""Is this letter genuine? The only place that decides it, for pushes and for WeChat Pay.

Pushes (facts A1–A5): sha1 over sorted parts, AES-256-CBC inside. Pay v3 (facts D2–D4): RSA over
the raw body by a key of an allow-list, fresh within five minutes, AES-256-GCM inside. Pure: keys
and the present moment come in as arguments.
"""

from __future__ import annotations

import hmac
import json
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha1
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from wechatpayv3.utils import aes_decrypt, rsa_verify
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from app.wechat.errors import NotFromWeChat, NoticeMalformed, NoticeNotOurs

Mode = Literal["safe", "compatible", "plain"]
FRESH_SECONDS = 300
PROBE_PREFIX = "WECHATPAY/SIGNTEST/"
SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
ALGORITHM = "AEAD_AES_256_GCM"
READABLE_FIELD = "FromUserName"  # a body in safe mode has none of it beside `Encrypt` (fact A2)


class _Crypto(PrpCrypto):  # type: ignore[misc]  # wechatpy is untyped
    """wechatpy's cipher with a prefix nobody can foresee (it draws from `random`)."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)


@lru_cache(maxsize=4)
def _crypto(aes_key: bytes) -> _Crypto:
    return _Crypto(aes_key)


@dataclass(frozen=True, slots=True)
class PushKeys:
    """What a push is checked with: the token, the AES key (32 bytes), our app ids, first the
    official account's, and the least protection that is accepted (WECHAT_OA_MODE)."""

    token: str
    aes_key: bytes
    app_ids: tuple[str, ...]
    mode: Mode


@dataclass(frozen=True, slots=True)
class PushProof:
    """What the query of a push claims about its body."""

    signature: str
    message_signature: str
    timestamp: str
    nonce: str


def push_signature(*parts: str) -> str:
    """sha1 (hex) of the byte-sorted parts, as WeChat signs pushes (facts A1, A3)."""
    return sha1(b"".join(sorted(part.encode() for part in parts))).hexdigest()


def check_url(keys: PushKeys, proof: PushProof) -> None:
    """The address check (fact A1). Raises NotFromWeChat."""
    expected = push_signature(keys.token, proof.timestamp, proof.nonce)
    _must_match(expected, proof.signature)


def unseal_push(
    keys: PushKeys, proof: PushProof, fields: Mapping[str, Any]
) -> tuple[bytes, str] | None:
    """The decrypted body and the app id it names, or None for a plain push that is accepted.

    Only the encrypted part of a push is ever believed. Raises NotFromWeChat for a wrong
    signature or too little protection, NoticeNotOurs for another app's push, NoticeMalformed.
    """
    sealed = fields.get("Encrypt")
    if sealed is None:
        if keys.mode != "plain":
            raise NotFromWeChat("the push is not encrypted, WECHAT_OA_MODE asks for it")
        check_url(keys, proof)
        return None
    if not isinstance(sealed, str):
        raise NoticeMalformed("Encrypt is not text")
    expected = push_signature(keys.token, proof.timestamp, proof.nonce, sealed)
    _must_match(expected, proof.message_signature)
    if keys.mode == "safe" and READABLE_FIELD in fields:
        raise NotFromWeChat("the push is readable, WECHAT_OA_MODE asks for the safe mode")
    return _decrypt(keys, sealed)


def seal_reply(keys: PushKeys, reply: str, app_id: str, timestamp: str) -> dict[str, str]:
    """An encrypted passive reply (fact A5) as its four fields; `timestamp` in Unix seconds."""
    nonce = secrets.token_hex(8)
    sealed = _crypto(keys.aes_key).encrypt(reply, app_id).decode()
    return {
        "Encrypt": sealed,
        "MsgSignature": push_signature(keys.token, timestamp, nonce, sealed),
        "TimeStamp": timestamp,
        "Nonce": nonce,
    }


def _must_match(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise NotFromWeChat()


def _decrypt(keys: PushKeys, sealed: str) -> tuple[bytes, str]:
    for app_id in keys.app_ids:
        try:
            return _crypto(keys.aes_key).decrypt(sealed, app_id).encode(), app_id
        except InvalidAppIdException:
            continue
        except (ValueError, IndexError, struct.error):
            raise NoticeMalformed("the encrypted part cannot be decrypted") from None
    raise NoticeNotOurs("the encrypted part names another app")


@dataclass(frozen=True, slots=True)
class PayKeys:
    """What WeChat Pay is checked with.

    `verifiers` is the allow-list: key id or certificate serial → RSA public key. While a
    merchant changes keys both stand here side by side (fact D3). `api_v3_key` is 32 bytes.
    """

    verifiers: Mapping[str, RSAPublicKey]
    api_v3_key: str
    merchant_id: str
    app_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayNotice:
    """A genuine payment notification: its id, its event type and its decrypted resource."""

    id: str
    event_type: str
    resource: dict[str, Any]


def is_fresh(headers: Mapping[str, str], moment: datetime) -> bool:
    """Whether a letter of WeChat Pay says it was written within 300 s of `moment`."""
    timestamp = headers.get("Wechatpay-Timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    return abs(moment.timestamp() - int(timestamp)) < FRESH_SECONDS


def verify_pay(keys: PayKeys, headers: Mapping[str, str], body: bytes, moment: datetime) -> None:
    """That WeChat Pay sent this body (notification or answer) within 300 s of `moment`.

    Raises NotFromWeChat for probes (SIGNTEST), unknown keys, stale or missing headers and wrong
    signatures. Never reaches out for a key.
    """
    signature = headers.get("Wechatpay-Signature", "")
    if signature.startswith(PROBE_PREFIX):
        raise NotFromWeChat("this is a signature probe")
    if headers.get("Wechatpay-Signature-Type", SIGNATURE_TYPE) != SIGNATURE_TYPE:
        raise NotFromWeChat("the signature type is not known")
    verifier = keys.verifiers.get(headers.get("Wechatpay-Serial", ""))
    if verifier is None:
        raise NotFromWeChat("the key is not on the list")
    if not is_fresh(headers, moment):
        raise NotFromWeChat("the timestamp is not within five minutes")
    timestamp, nonce = headers["Wechatpay-Timestamp"], headers.get("Wechatpay-Nonce", "")
    try:
        is_genuine = rsa_verify(timestamp, nonce, body.decode("utf-8"), signature, verifier)
    except ValueError:
        is_genuine = False
    if not is_genuine:
        raise NotFromWeChat()


def open_pay_notice(
    keys: PayKeys, headers: Mapping[str, str], body: bytes, moment: datetime
) -> PayNotice:
    """The notification inside a verified body. Raises NotFromWeChat, NoticeMalformed, and
    NoticeNotOurs where it names another merchant or app."""
    verify_pay(keys, headers, body, moment)
    envelope = _json_object(body)
    notice_id, event_type = envelope.get("id"), envelope.get("event_type")
    if not isinstance(notice_id, str) or not isinstance(event_type, str) or not notice_id:
        raise NoticeMalformed("id and event_type are not text")
    resource = _open_resource(keys, envelope.get("resource"))
    _must_be_ours(keys, resource)
    return PayNotice(notice_id, event_type, resource)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise NoticeMalformed("the body is not JSON") from None
    if not isinstance(found, dict):
        raise NoticeMalformed("the body is not a JSON object")
    return found


def _open_resource(keys: PayKeys, resource: Any) -> dict[str, Any]:
    if not isinstance(resource, dict) or resource.get("algorithm") != ALGORITHM:
        raise NoticeMalformed(f"the resource is not sealed with {ALGORITHM}")
    nonce, sealed = resource.get("nonce"), resource.get("ciphertext")
    associated = resource.get("associated_data") or ""
    if not isinstance(nonce, str) or not isinstance(sealed, str) or not isinstance(associated, str):
        raise NoticeMalformed("the resource is not sealed text")
    try:
        opened = aes_decrypt(nonce, sealed, associated, keys.api_v3_key)
    except ValueError:
        opened = None
    if opened is None:
        raise NoticeMalformed("the resource cannot be decrypted with this APIv3 key")
    return _json_object(opened.encode())


def _must_be_ours(keys: PayKeys, resource: Mapping[str, Any]) -> None:
    merchants = [resource[name] for name in ("mchid", "mch_id") if name in resource]
    apps = [resource["appid"]] if "appid" in resource else []
    if not merchants and not apps:
        raise NoticeNotOurs("the notice names neither merchant nor app")
    if any(merchant != keys.merchant_id for merchant in merchants):
        raise NoticeNotOurs("the notice names another merchant")
    if any(app_id not in keys.app_ids for app_id in apps):
        raise NoticeNotOurs("the notice names another app")
