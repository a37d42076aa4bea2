"""Pushes that are wrong in a way only a hostile or broken sender makes them (WeChat fact G4).

Each goes out before the genuine one, under a right signature where the kind is not about it:
what is asked of the receiver is to refuse it and nothing else.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from sandbox import envelopes
from sandbox.accounts import Accounts
from sandbox.envelopes import Envelope

FOREIGN_APP_ID = "wx0000000000000000"
LAUGHS = 9
SEALED = ("tampered", "foreign_app", "bad_padding")
IN_CLEAR = ("external_entity", "entity_bomb", "cut_xml")
KINDS = SEALED + IN_CLEAR


def kinds_of(mode: str) -> tuple[str, ...]:
    """What can be spoiled in a mode: without a cipher there is nothing to break."""
    return IN_CLEAR if mode == "plain" else KINDS


def spoil(accounts: Accounts, app_id: str, envelope: Envelope, clear: str, kind: str) -> Envelope:
    """The envelope of `clear` from the account with this app id, spoiled."""
    if kind in SEALED:
        return _sealed(accounts, app_id, envelope, clear, kind)
    text = envelope.body.decode()
    if kind == "cut_xml":
        return Envelope(envelope.query, text[: len(text) // 2].encode())
    if kind == "external_entity":
        head = '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        inner = "&x;"
    else:
        laughs = "".join(
            f'<!ENTITY l{turn} "{f"&l{turn - 1};" * 10}">' for turn in range(1, LAUGHS + 1)
        )
        head, inner = f'<!DOCTYPE xml [<!ENTITY l0 "ha">{laughs}]>', f"&l{LAUGHS};"
    extended = text.replace("</xml>", f"<Extra>{inner}</Extra></xml>")
    return Envelope(envelope.query, (head + extended).encode())


def _sealed(accounts: Accounts, app_id: str, envelope: Envelope, clear: str, kind: str) -> Envelope:
    """The cipher text is wrong, its signature is right."""
    app_id = FOREIGN_APP_ID if kind == "foreign_app" else app_id
    raw = _encrypt(accounts, clear.encode(), app_id, is_padded=kind != "bad_padding")
    if kind == "tampered":
        middle = len(raw) // 2
        raw = raw[:middle] + bytes([raw[middle] ^ 0xFF]) + raw[middle + 1 :]
    text = base64.b64encode(raw).decode()
    moment, nonce = envelope.query["timestamp"], envelope.query["nonce"]
    signed = envelopes.signature(accounts.oa_token, moment, nonce, text)
    body = envelopes.plain_xml({"ToUserName": accounts.oa_original_id, "Encrypt": text})
    return Envelope(envelope.query | {"msg_signature": signed}, body.encode())


def _encrypt(accounts: Accounts, clear: bytes, app_id: str, *, is_padded: bool) -> bytes:
    """WeChat fact A4, except that the padding may be none."""
    key = base64.b64decode(accounts.oa_aes_key + "=")
    message = secrets.token_bytes(16) + len(clear).to_bytes(4, "big") + clear + app_id.encode()
    length = 32 - len(message) % 32
    message += bytes([length if is_padded else 0]) * length
    cipher = Cipher(AES256(key), CBC(key[:16])).encryptor()
    return cipher.update(message) + cipher.finalize()
