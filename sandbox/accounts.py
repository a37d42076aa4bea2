"""The accounts this pretend WeChat knows: read from the same WECHAT_* variables as the product."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox import keys

PUSH_MODES = ("safe", "compatible", "plain")
REQUIRED = (
    "WECHAT_OA_APP_ID",
    "WECHAT_OA_SECRET",
    "WECHAT_OA_TOKEN",
    "WECHAT_OA_AES_KEY",
    "WECHAT_OA_ORIGINAL_ID",
    "WECHAT_MINI_APP_ID",
    "WECHAT_MINI_SECRET",
    "WECHAT_PAY_MCH_ID",
    "WECHAT_PAY_API_V3_KEY",
    "WECHAT_PAY_MERCHANT_SERIAL",
    "WECHAT_PAY_PUBLIC_KEY_ID",
)


class MissingSettings(Exception):
    """Variables without which the sandbox cannot know whom it serves."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """One official account, one mini-program and one merchant, with the keys of both sides."""

    oa_app_id: str
    oa_secret: str
    oa_token: str
    oa_aes_key: str
    oa_original_id: str
    mini_app_id: str
    mini_secret: str
    mini_original_id: str
    mch_id: str
    api_v3_key: bytes
    merchant_serial: str
    public_key_id: str
    callback_url: str
    push_mode: str
    product_url: str
    template_ids: frozenset[str]
    listing: Path | None
    hosts: frozenset[str]
    merchant_public_key: RSAPublicKey
    platform_private_key: RSAPrivateKey
    api_v2_key: str = ""

    @property
    def secrets(self) -> dict[str, str]:
        """AppSecret by app id."""
        return {self.oa_app_id: self.oa_secret, self.mini_app_id: self.mini_secret}


def key_directory(environment: Mapping[str, str], data: Path) -> Path:
    """SANDBOX_KEY_DIR, else the folder of the merchant's key, else `keys` in the data folder."""
    if environment.get("SANDBOX_KEY_DIR"):
        return Path(environment["SANDBOX_KEY_DIR"])
    if environment.get("WECHAT_PAY_PRIVATE_KEY_FILE"):
        return Path(environment["WECHAT_PAY_PRIVATE_KEY_FILE"]).parent
    return data / "keys"


def read_accounts(data: Path, environment: Mapping[str, str] = os.environ) -> Accounts:
    """Read the accounts; key files that are missing are made.

    Raises MissingSettings naming every variable that is not set, or a push mode that does not
    exist.
    """
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise MissingSettings("not set: " + ", ".join(missing))
    mode = environment.get("SANDBOX_PUSH_MODE") or "safe"
    if mode not in PUSH_MODES:
        raise MissingSettings(f"SANDBOX_PUSH_MODE must be one of {', '.join(PUSH_MODES)}")
    folder = key_directory(environment, data)
    keys.make_missing(folder, environment["WECHAT_PAY_MERCHANT_SERIAL"])
    return Accounts(
        oa_app_id=environment["WECHAT_OA_APP_ID"],
        oa_secret=environment["WECHAT_OA_SECRET"],
        oa_token=environment["WECHAT_OA_TOKEN"],
        oa_aes_key=environment["WECHAT_OA_AES_KEY"],
        oa_original_id=environment["WECHAT_OA_ORIGINAL_ID"],
        mini_app_id=environment["WECHAT_MINI_APP_ID"],
        mini_secret=environment["WECHAT_MINI_SECRET"],
        mini_original_id=environment.get("WECHAT_MINI_ORIGINAL_ID")
        or f"gh_{environment['WECHAT_MINI_APP_ID'][-12:]}",
        mch_id=environment["WECHAT_PAY_MCH_ID"],
        api_v3_key=environment["WECHAT_PAY_API_V3_KEY"].encode(),
        merchant_serial=environment["WECHAT_PAY_MERCHANT_SERIAL"],
        public_key_id=environment["WECHAT_PAY_PUBLIC_KEY_ID"],
        callback_url=environment.get("SANDBOX_CALLBACK_URL", ""),
        push_mode=mode,
        product_url=_product_url(environment),
        template_ids=_template_ids(environment),
        listing=Path(environment["SANDBOX_LISTING"])
        if environment.get("SANDBOX_LISTING")
        else None,
        hosts=frozenset((environment.get("SANDBOX_HOSTS") or "").lower().split()),
        merchant_public_key=_merchant_key(folder / keys.MERCHANT_CERTIFICATE),
        platform_private_key=_platform_key(folder / keys.PLATFORM_PRIVATE_KEY),
        api_v2_key=environment.get("SANDBOX_API_V2_KEY", ""),
    )


def _template_ids(environment: Mapping[str, str]) -> frozenset[str]:
    """The templates the account has, from WECHAT_OA_TEMPLATES; empty when none are named.

    A value is a template's id, which may be followed by the names of its fields.
    Raises MissingSettings if the setting is not a JSON object.
    """
    try:
        named = json.loads(environment.get("WECHAT_OA_TEMPLATES") or "{}")
        return frozenset(str(value).partition(" ")[0] for value in named.values())
    except (ValueError, AttributeError) as error:
        raise MissingSettings("WECHAT_OA_TEMPLATES must be a JSON object") from error


def _product_url(environment: Mapping[str, str]) -> str:
    """SANDBOX_PRODUCT_URL, else the origin of the callback address; without a slash at its end."""
    given = environment.get("SANDBOX_PRODUCT_URL", "")
    callback = urlsplit(environment.get("SANDBOX_CALLBACK_URL", ""))
    origin = f"{callback.scheme}://{callback.netloc}" if callback.netloc else ""
    return (given or origin).rstrip("/")


def _merchant_key(path: Path) -> RSAPublicKey:
    key = x509.load_pem_x509_certificate(path.read_bytes()).public_key()
    if not isinstance(key, RSAPublicKey):
        raise MissingSettings(f"{path.name} does not hold an RSA key")
    return key


def _platform_key(path: Path) -> RSAPrivateKey:
    key = _private_key(path.read_bytes())
    if not isinstance(key, RSAPrivateKey):
        raise MissingSettings(f"{path.name} does not hold an RSA key")
    return key


@lru_cache(maxsize=4)
def _private_key(pem: bytes) -> PrivateKeyTypes:
    """A private key; that its numbers fit together is checked once, which takes some 50 ms."""
    return load_pem_private_key(pem, password=None)
