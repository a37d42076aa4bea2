"""WeChat's published vectors (`vectors.json`) through the sandbox's own cryptography."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

from sandbox import envelopes

VECTORS = Path(__file__).with_name("vectors.json")
Vector = dict[str, Any]


def read() -> dict[str, Vector]:
    """All vectors by name."""
    found: dict[str, Vector] = json.loads(VECTORS.read_text("utf-8"))
    return found


def address_check(vector: Vector) -> None:
    """The signature of the address check."""
    parts = (vector["token"], vector["timestamp"], vector["nonce"])
    assert envelopes.signature(*parts) == vector["signature"]
    assert envelopes.signature(*parts[:2], "other") != vector["signature"]


def sealed(vector: Vector) -> None:
    """A push or a reply: its signature, its content, and that a changed byte is noticed."""
    parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["encrypted"])
    assert envelopes.signature(*parts) == vector["signature"]
    crypto = WeChatCrypto(vector["token"], vector["aes_key"], vector["app_id"])
    proof = (vector["signature"], vector["timestamp"], vector["nonce"])
    clear = crypto.decrypt_message({"Encrypt": vector["encrypted"]}, *proof)
    assert str(clear) == vector["clear"]
    try:
        crypto.decrypt_message({"Encrypt": "x" + vector["encrypted"][1:]}, *proof)
    except InvalidSignatureException:
        return
    raise AssertionError("a changed byte was not noticed")


def page(vector: Vector) -> None:
    """The signature of a page that uses the JS-SDK."""
    text = (
        f"jsapi_ticket={vector['ticket']}&noncestr={vector['nonce']}"
        f"&timestamp={vector['timestamp']}&url={vector['url']}"
    )
    assert _sha1(text) == vector["signature"]


def raw_data(vector: Vector) -> None:
    """The signature over rawData and session_key."""
    assert _sha1(vector["raw_data"] + vector["session_key"]) == vector["signature"]


def encrypted_data(vector: Vector) -> None:
    """Open data of the mini-program, opened with the session_key."""
    key, iv = base64.b64decode(vector["session_key"]), base64.b64decode(vector["iv"])
    opener = Cipher(AES128(key), CBC(iv)).decryptor()
    padded = opener.update(base64.b64decode(vector["encrypted"])) + opener.finalize()
    strip = PKCS7(128).unpadder()
    assert json.loads(strip.update(padded) + strip.finalize()) == vector["clear"]


CHECKS = {
    "address_check": address_check,
    "push": sealed,
    "reply": sealed,
    "page": page,
    "raw_data": raw_data,
    "encrypted_data": encrypted_data,
}


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
