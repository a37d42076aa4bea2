"""The keys of this installation, from its settings, and WeChat's, by the names letters give."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from app.core.config import settings
from app.wechat import platform_certificates
from app.wechat.errors import WeChatUnavailable
from app.wechat.key_files import private_key
from app.wechat.signing import PayKeys, PushKeys


@dataclass(frozen=True, slots=True)
class NamedKey:
    """The key of WeChat Pay's that requests name and that seals what is sensitive in them."""

    serial: str
    key: RSAPublicKey = field(compare=False)  # RSA keys have no hash; the serial names one


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
    """What notifications and answers of WeChat Pay are checked with: public keys and, where
    this merchant has them, platform certificates. Never reaches out."""
    certificates = {one.serial: one.key for one in platform_certificates.known()}
    return PayKeys(
        verifiers=certificates | platform_certificates.public_keys(),
        api_v3_key=settings().wechat_pay_api_v3_key.get_secret_value(),
        merchant_id=settings().wechat_pay_mch_id,
        app_ids=app_ids(),
    )


def named_key() -> NamedKey:
    """The key that requests name in `Wechatpay-Serial`; WeChat answers with it (fact D3).

    Fetches platform certificates where they are unknown: only for our own requests. Raises
    WeChatUnavailable, WeChatRefused.
    """
    if settings().wechat_pay_key_mode == "certificate":
        found = platform_certificates.ensure()
        if not found:
            raise WeChatUnavailable("no platform certificate is valid now")
        return NamedKey(found[-1].serial, found[-1].key)
    if platform_certificates.are_wanted():
        platform_certificates.ensure()  # notifications may still be signed by them
    serial = settings().wechat_pay_public_key_id
    return NamedKey(serial, platform_certificates.public_keys()[serial])


def merchant_key() -> RSAPrivateKey:
    """The merchant's private key, with which requests and pay calls are signed."""
    return private_key(settings().wechat_pay_private_key_file)
