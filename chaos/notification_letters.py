"""Payment notifications, genuine and forged, written and signed here (WeChat facts D2 to D4).

Not the sandbox's own: what the product accepts is measured against a second reading of the facts.
"""

from __future__ import annotations

import base64
import json
import random
import secrets
import string
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chaos.instance import Instance

# What makes a letter a forgery, and whether its signature is right all the same.
REFUSED = ("foreign_key", "altered_body", "unknown_serial", "stale", "foreign_seal", "unsigned")
MISFITS = ("other_amount", "unknown_order", "other_merchant", "other_currency", "not_paid")
KINDS = (*REFUSED, *MISFITS)
NOT_TAKEN = (*REFUSED, "other_merchant")  # the others are signed by WeChat: they are looked into
STALE_SECONDS = 301
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Letter:
    """What is told of one order or transfer; `forgery` is empty for a genuine one."""

    name: str
    content: dict[str, Any]
    forgery: str = ""
    event: str = "TRANSACTION.SUCCESS"
    about: str = "transaction"


class Writer:
    """Seals and signs with WeChat's key, which only this run and the sandbox have."""

    def __init__(self, keys: Path, serial: str, api_v3_key: str) -> None:
        pem = (keys / "platform_private_key.pem").read_bytes()
        key = load_pem_private_key(pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key, self._serial, self._secret = key, serial, api_v3_key.encode()
        self._foreign_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @classmethod
    def beside(cls, instance: Instance) -> Writer:
        """With the keys of this product's own sandbox."""
        known = instance.environment()
        serial, secret = known["WECHAT_PAY_PUBLIC_KEY_ID"], known["WECHAT_PAY_API_V3_KEY"]
        return cls(instance.data / "keys", serial, secret)

    def post(self, letter: Letter, moment: float) -> tuple[bytes, dict[str, str]]:
        """Body and headers of one delivery at this virtual moment (seconds since 1970)."""
        body = self._body(letter)
        if letter.forgery == "unsigned":
            return body, {"Content-Type": "application/json"}
        timestamp = str(int(moment) - (STALE_SECONDS if letter.forgery == "stale" else 0))
        nonce = "".join(secrets.choice(LETTERS) for _ in range(32))
        signer = self._foreign_key if letter.forgery == "foreign_key" else self._key
        message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        signature = base64.b64encode(signer.sign(message, PKCS1v15(), SHA256())).decode()
        if letter.forgery == "altered_body":
            body = body.replace(b'"resource_type"', b'"resource_typf"', 1)
        unknown = letter.forgery == "unknown_serial"
        return body, {
            "Content-Type": "application/json",
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": "5" * 40 if unknown else self._serial,
            "Wechatpay-Signature": signature,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def _body(self, letter: Letter) -> bytes:
        clear = json.dumps(letter.content, ensure_ascii=False).encode()
        nonce = "".join(secrets.choice(LETTERS) for _ in range(12))
        secret = secrets.token_bytes(32) if letter.forgery == "foreign_seal" else self._secret
        sealed = AESGCM(secret).encrypt(nonce.encode(), clear, letter.about.encode())
        return json.dumps(
            {
                "id": letter.name,
                "create_time": letter.content.get("success_time") or letter.content["update_time"],
                "resource_type": "encrypt-resource",
                "event_type": letter.event,
                "summary": "通知",
                "resource": {
                    "original_type": letter.about,
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": base64.b64encode(sealed).decode(),
                    "associated_data": letter.about,
                    "nonce": nonce,
                },
            },
            separators=(",", ":"),
        ).encode()


def forged(content: dict[str, Any], kind: str) -> Letter:
    """A letter that says what is not so, or that is not from WeChat."""
    told = json.loads(json.dumps(content))
    if kind == "other_amount":
        told["amount"]["total"] += 1
        told["amount"]["payer_total"] += 1
    elif kind == "unknown_order":
        told["out_trade_no"] = uuid.uuid4().hex
    elif kind == "other_merchant":
        told["mchid"] = "1900000999"
    elif kind == "other_currency":
        told["amount"]["currency"] = "USD"
    elif kind == "not_paid":
        told["trade_state"] = "NOTPAY"
    return Letter(str(uuid.uuid4()), told, kind)


def deliveries(dice: random.Random, letters: list[Letter], most: int) -> list[Letter]:
    """Each letter 1 to `most` times, all of them shuffled."""
    found = [letter for letter in letters for _ in range(dice.randint(1, most))]
    dice.shuffle(found)
    return found
