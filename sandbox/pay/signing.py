"""Signatures of WeChat Pay v3, checked to the byte and made (WeChat facts D1, D2)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from sandbox import names
from sandbox.pay import platform_keys
from sandbox.pay.errors import PayError, wrong_parameter
from sandbox.pay.platform_keys import Signer
from sandbox.world import World

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PROBE = "WECHATPAY/SIGNTEST/"
PART = re.compile(r'([a-z_]+)="([^"]*)"')
NEEDED = ("mchid", "nonce_str", "signature", "timestamp", "serial_no")
SHOWN_BYTES = 1024
UNKNOWN_SERIAL = "7777777777777777777777777777777777777777"


def check_request(here: World, authorization: str, method: str, target: str, body: bytes) -> None:
    """Verify a request. `target` is path and query exactly as sent. Raises PayError 401."""
    scheme, _, rest = authorization.partition(" ")
    parts = dict(PART.findall(rest))
    if scheme != SCHEME or any(not parts.get(name) for name in NEEDED):
        raise _refused("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》")
    if not hmac.compare_digest(parts["mchid"].encode(), here.accounts.mch_id.encode()):
        raise _refused("商户号mchid不存在")
    if parts["serial_no"].upper() != here.accounts.merchant_serial.upper():
        raise _refused("商户证书序列号有误。请使用签名私钥匹配的证书序列号")
    if not parts["timestamp"].isdigit() or not here.clock.is_fresh(int(parts["timestamp"])):
        raise _refused("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    head = f"{method}\n{target}\n{parts['timestamp']}\n{parts['nonce_str']}\n"
    message = head.encode() + body + b"\n"
    if not verify(here, message, parts["signature"]):
        raise _mismatch(method, target, message)


def verify(here: World, message: bytes, signature: str) -> bool:
    """Whether the merchant signed this."""
    try:
        raw = base64.b64decode(signature, validate=True)
        here.accounts.merchant_public_key.verify(raw, message, PKCS1v15(), SHA256())
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def sign(here: World, body: bytes, signer: Signer, *, twist: str = "") -> dict[str, str]:
    """Headers that sign an answer or a notice now with the key of `signer`.

    `twist` spoils them: signtest (WeChat's own probe), stale_timestamp, forge, unknown_serial,
    unsigned.
    """
    request_id = {"Request-ID": f"08{secrets.token_hex(10).upper()}-{names.digits(9)}"}
    if twist == "unsigned":
        return request_id
    timestamp = str(int(here.clock.now()) - (3600 if twist == "stale_timestamp" else 0))
    nonce = names.letters(32)
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    if twist == "forge":
        message = secrets.token_bytes(16) + message
    raw = signer.key.sign(message, PKCS1v15(), SHA256())
    value = base64.b64encode(raw).decode()
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": UNKNOWN_SERIAL if twist == "unknown_serial" else signer.serial,
        "Wechatpay-Signature": PROBE + value[len(PROBE) :] if twist == "signtest" else value,
        "Wechatpay-Signature-Type": SCHEME,
    } | request_id


def unseal(here: World, named: str, field: str, text: str) -> str:
    """A field that came encrypted with the key the request named (RSA-OAEP, fact D3).

    Raises PayError 400 without a name, or when the field cannot be decrypted.
    """
    signer = platform_keys.find(here, named)
    if signer is None:
        raise PayError(400, "PARAM_ERROR", "敏感信息加密须在Http头Wechatpay-Serial中声明密钥")
    try:
        raw = base64.b64decode(text, validate=True)
        return signer.key.decrypt(raw, OAEP(MGF1(SHA1()), SHA1(), None)).decode()
    except (binascii.Error, ValueError) as error:
        raise wrong_parameter(field, "cannot be decrypted") from error


def seal_for_merchant(here: World, text: str) -> str:
    """A field of an answer, encrypted with the merchant's certificate (RSA-OAEP, fact D3)."""
    sealed = here.accounts.merchant_public_key.encrypt(
        text.encode(), OAEP(MGF1(SHA1()), SHA1(), None)
    )
    return base64.b64encode(sealed).decode()


def seal_resource(here: World, kind: str, clear: bytes, *, twist: str = "") -> dict[str, Any]:
    """AEAD_AES_256_GCM with the APIv3 key (WeChat fact D4).

    `twist` spoils it: wrong_key (a key of somebody else), tampered (one byte is another).
    """
    nonce = names.letters(12)
    key = secrets.token_bytes(32) if twist == "wrong_key" else here.accounts.api_v3_key
    sealed = AESGCM(key).encrypt(nonce.encode(), clear, kind.encode())
    if twist == "tampered":
        sealed = bytes([sealed[0] ^ 0xFF]) + sealed[1:]
    return {
        "original_type": kind,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": kind,
        "nonce": nonce,
    }


def _refused(message: str) -> PayError:
    return PayError(401, "SIGN_ERROR", message)


def _mismatch(method: str, target: str, message: bytes) -> PayError:
    shown = message.decode("utf-8", "replace")[:SHOWN_BYTES]
    detail = {
        "detail": {"issue": "sign not match"},
        "field": "signature",
        "location": "authorization",
        "sign_information": {
            "method": method,
            "sign_message_length": len(message),
            "truncated_sign_message": shown,
            "url": target,
        },
    }
    return PayError(401, "SIGN_ERROR", "签名错误，请检查后再试", detail)
