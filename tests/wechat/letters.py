"""Letters as WeChat would write them, with real signatures and encryption, for tests."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha1
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from wechatpy.crypto import WeChatCrypto

from app.wechat.signing import PayKeys

API_V3_KEY = "0123456789abcdef0123456789ABCDEF"
MERCHANT = "1900000001"
APP_IDS = ("wxour", "wxmini")


@lru_cache(maxsize=8)
def _key(serial: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class PayDesk:
    """WeChat Pay's side: signs answers and notifications, seals resources."""

    def __init__(
        self,
        serial: str = "PUB_KEY_ID_01",
        private_key: rsa.RSAPrivateKey | None = None,
        api_v3_key: str = API_V3_KEY,
    ) -> None:
        self.serial = serial
        self._private_key = private_key or _key(serial)
        self._api_v3_key = api_v3_key

    def keys(self) -> PayKeys:
        """What the receiver would check this desk's letters with."""
        verifiers = {self.serial: self._private_key.public_key()}
        return PayKeys(verifiers, self._api_v3_key, MERCHANT, APP_IDS)

    def headers(self, body: bytes, moment: datetime) -> dict[str, str]:
        """The signature headers over a raw body."""
        timestamp, nonce = str(int(moment.timestamp())), secrets.token_hex(16)
        text = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        signature = self._private_key.sign(text, padding.PKCS1v15(), SHA256())
        return {
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
            "Wechatpay-Serial": self.serial,
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Content-Type": "application/json",
        }

    def notice(
        self,
        resource: Mapping[str, Any],
        moment: datetime,
        *,
        event_type: str = "TRANSACTION.SUCCESS",
        notice_id: str | None = None,
        api_v3_key: str | None = None,
        envelope: Mapping[str, Any] | None = None,
    ) -> tuple[dict[str, str], bytes]:
        """Headers and raw body of a notification (WeChat fact D4)."""
        nonce, associated = secrets.token_hex(6), "transaction"
        plain = json.dumps(resource, ensure_ascii=False).encode()
        key = (api_v3_key or self._api_v3_key).encode()
        sealed = AESGCM(key).encrypt(nonce.encode(), plain, associated.encode())
        content = {
            "id": notice_id or secrets.token_hex(16),
            "create_time": moment.isoformat(),
            "event_type": event_type,
            "resource_type": "encrypt-resource",
            "summary": "支付成功",
            "resource": {
                "original_type": "transaction",
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": base64.b64encode(sealed).decode(),
                "associated_data": associated,
                "nonce": nonce,
            },
        }
        body = json.dumps(content | dict(envelope or {}), ensure_ascii=False).encode()
        return self.headers(body, moment), body


def xml(fields: Mapping[str, object]) -> str:
    """Flat fields as WeChat's XML."""
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>"


def seal(token: str, aes_key: str, app_id: str, text: str) -> tuple[dict[str, str], bytes]:
    """Query and body of a push in safe mode (WeChat facts A2–A4)."""
    nonce, timestamp = secrets.token_hex(4), "1763784000"
    envelope = WeChatCrypto(token, aes_key, app_id).encrypt_message(text, nonce, timestamp)
    encrypted = envelope.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    query = {
        "signature": _sha1(token, timestamp, nonce),
        "msg_signature": _sha1(token, timestamp, nonce, encrypted),
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
    }
    return query, xml({"ToUserName": "gh_test", "Encrypt": encrypted}).encode()


def _sha1(*parts: str) -> str:
    return sha1("".join(sorted(parts)).encode()).hexdigest()
