"""Personal data at rest: AES-256-GCM with a key ring, and keyed blind indexes.

PII_KEYS is `name:base64(32 bytes)`, comma separated; the first encrypts, all decrypt. Indexes
that keep something unique are made with every key of the ring, so that keys can be rotated.
"""

from __future__ import annotations

import base64
import hmac
import os
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from app.core.config import settings

NONCE_BYTES = 12


class Undecryptable(Exception):
    """The cipher text was changed, moved to another place, or its key is gone."""


@lru_cache(maxsize=4)
def _ring(keys: SecretStr) -> dict[str, AESGCM]:
    return {name: AESGCM(key) for name, key in _keys(keys).items()}


@lru_cache(maxsize=4)
def _keys(keys: SecretStr) -> dict[str, bytes]:
    pairs = (part.split(":", 1) for part in keys.get_secret_value().split(","))
    return {name.strip(): base64.b64decode(key) for name, key in pairs}


def ring_names() -> list[str]:
    """The names of the keys of the ring; the first is the one that encrypts."""
    return list(_keys(settings().pii_keys))


def encrypt(plaintext: str, context: str) -> str:
    """The cipher text `key$base64` of a text. `context` (table, column, row id) is bound to it,
    so that a cipher text moved to another row or column does not decrypt."""
    name, cipher = next(iter(_ring(settings().pii_keys).items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, plaintext.encode(), context.encode())
    return f"{name}${base64.b64encode(nonce + sealed).decode()}"


def decrypt(token: str, context: str) -> str:
    """The text behind `encrypt`. Raises Undecryptable."""
    name, _, body = token.partition("$")
    cipher = _ring(settings().pii_keys).get(name)
    if cipher is None:
        raise Undecryptable(f"key {name} is not in the ring")
    raw = base64.b64decode(body)
    try:
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
    except InvalidTag:
        raise Undecryptable("the cipher text does not belong here") from None


def encrypt_bytes(content: bytes, context: str) -> str:
    """The cipher text of a file, as `encrypt` makes it of a text; keys rotate alike for both."""
    return encrypt(base64.b64encode(content).decode(), context)


def decrypt_bytes(token: str, context: str) -> bytes:
    """The file behind `encrypt_bytes`. Raises Undecryptable."""
    return base64.b64decode(decrypt(token, context))


def derived_key(purpose: str) -> bytes:
    """A 32-byte key for one purpose, derived from SECRET_KEY."""
    return _derived(settings().secret_key, purpose)


def blind_index(value: str, purpose: str) -> bytes:
    """A keyed hash (32 bytes) by which a value can be found without being readable.

    Its key comes from IDENTITY_KEY, not from SECRET_KEY: these hashes outlive sessions and
    signatures, and nobody can compute them again for people whose openid was forgotten.
    """
    key = _derived(settings().identity_key, f"blind:{purpose}")
    return hmac.new(key, value.encode(), sha256).digest()


def ring_indexes(value: str, purpose: str) -> dict[str, bytes]:
    """A keyed hash (32 bytes) of a value under each key of the ring, by the key's name.

    Whoever keeps all of them unique keeps the value unique while a key is rotated, as long as
    any two processes have one key in common. In the order of the names, for locks.
    """
    return {
        name: hmac.digest(
            hmac.digest(key, f"index:{purpose}".encode(), sha256), value.encode(), sha256
        )
        for name, key in sorted(_keys(settings().pii_keys).items())
    }


@lru_cache(maxsize=64)
def _derived(secret: SecretStr, purpose: str) -> bytes:
    return hmac.new(secret.get_secret_value().encode(), purpose.encode(), sha256).digest()
