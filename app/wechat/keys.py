"""The keys of this installation, from its settings. Key files are read once per path."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from app.core.config import settings
from app.wechat.signing import PayKeys, PushKeys


def app_ids() -> tuple[str, ...]:
    """Our two apps, the official account first."""
    return settings().wechat_oa_app_id, settings().wechat_mini_app_id


def push_keys() -> PushKeys:
    """What pushes to /wechat/callback are checked with; both apps share token and AES key."""
    return PushKeys(
        token=settings().wechat_oa_token.get_secret_value(),
        aes_key=base64.b64decode(settings().wechat_oa_aes_key.get_secret_value() + "="),
        app_ids=app_ids(),
        mode=settings().wechat_oa_mode,
    )


def pay_keys() -> PayKeys:
    """What notifications and answers of WeChat Pay are checked with (public-key mode)."""
    public_key = _public_key(settings().wechat_pay_public_key_file)
    return PayKeys(
        verifiers={settings().wechat_pay_public_key_id: public_key},
        api_v3_key=settings().wechat_pay_api_v3_key.get_secret_value(),
        merchant_id=settings().wechat_pay_mch_id,
        app_ids=app_ids(),
    )


def merchant_key() -> RSAPrivateKey:
    """The merchant's private key, with which requests and pay calls are signed."""
    return _private_key(settings().wechat_pay_private_key_file)


@lru_cache(maxsize=4)
def _public_key(path: Path) -> RSAPublicKey:
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{path} is not an RSA public key")
    return key


@lru_cache(maxsize=4)
def _private_key(path: Path) -> RSAPrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{path} is not an RSA private key")
    return key
