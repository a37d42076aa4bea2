"""WeChat Pay's platform certificates: fetched, shared by all processes, several valid at once.

WeChat fact D3. They are sealed with the APIv3 key, so that whoever opens them knows that they
are WeChat's. Refreshed every six hours, used for twelve at most. Reading them never reaches out:
a letter that names an unknown key is refused, and nobody can make us call WeChat by it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from wechatpayv3.utils import aes_decrypt, build_authorization

from app.core.config import settings
from app.core.world import now
from app.wechat import addresses
from app.wechat.errors import NotFromWeChat, WeChatRefused, WeChatUnavailable
from app.wechat.key_files import private_key, public_key
from app.wechat.shared import Secret, Shared
from app.wechat.signing import PayKeys, is_fresh, verify_pay
from app.wechat.transport import TIMEOUT_SECONDS, session

PATH = "/v3/certificates"
USED_SECONDS = 12 * 3600
REFRESH_SECONDS = 6 * 3600
USER_AGENT = "lianhui/1"

_last: dict[tuple[int, str], str] = {}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A platform certificate: the serial that letters name it by, its key, and its life (UTC)."""

    serial: str
    key: RSAPublicKey
    effective_at: datetime
    expires_at: datetime


def are_wanted() -> bool:
    """Whether this merchant has platform certificates (WECHAT_PAY_KEY_MODE)."""
    return settings().wechat_pay_key_mode != "public_key"


def known() -> list[Certificate]:
    """The certificates that are valid now, as last fetched; the newest is the last. Reaches out
    to nobody: what this process saw last is good even while Redis is away."""
    if not are_wanted():
        return []
    place = (os.getpid(), settings().wechat_pay_mch_id)
    kept = shared().kept() or _last.get(place)
    if kept is None:
        return []
    _last[place] = kept
    moment = now()
    return [one for one in _parsed(kept)[1] if one.effective_at <= moment < one.expires_at]


def ensure() -> list[Certificate]:
    """The certificates that are valid now, fetched where they are unknown or too old.

    Raises WeChatUnavailable, WeChatRefused (404: this merchant has the public key only).
    """
    shared().current()
    return known()


def are_due() -> bool:
    """Whether certificates are wanted that are not known, or not fetched for REFRESH_SECONDS."""
    if not are_wanted():
        return False
    kept = shared().kept()
    return kept is None or now() - _parsed(kept)[0] >= timedelta(seconds=REFRESH_SECONDS)


def refresh() -> None:
    """Fetches them anew. Raises like `ensure`."""
    if are_wanted():
        shared().refetch()


def shared() -> Shared:
    """The certificates as one value for all processes."""
    return _shared(settings().wechat_pay_mch_id)


@lru_cache(maxsize=4)
def _shared(merchant_id: str) -> Shared:
    return Shared(f"pay_certificates:{merchant_id}", _fetch)


def _fetch(is_forced: bool) -> Secret:
    try:
        answer = session().get(addresses.pay() + PATH, headers=_headers(), timeout=TIMEOUT_SECONDS)
        fields = json.loads(answer.content)
    except (requests.RequestException, ValueError, RecursionError):
        raise WeChatUnavailable("no platform certificates were answered") from None
    if answer.status_code in (401, 403, 404) and isinstance(fields, dict):
        raise WeChatRefused(str(fields.get("code", answer.status_code)))
    if answer.status_code != 200 or not isinstance(fields, dict):
        raise WeChatUnavailable(f"WeChat Pay answered {answer.status_code}")
    found = [_open(entry) for entry in _entries(fields)]
    if not found:
        raise WeChatUnavailable("WeChat Pay named no platform certificate")
    kept = json.dumps([now().isoformat(), *found])
    _must_be_signed_by_one(answer, kept)
    return Secret(kept, USED_SECONDS)


def _headers() -> dict[str, str]:
    return {
        "Authorization": build_authorization(
            PATH,
            "GET",
            settings().wechat_pay_mch_id,
            settings().wechat_pay_merchant_serial,
            private_key(settings().wechat_pay_private_key_file),
        ),
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
    }


def _entries(fields: Mapping[str, Any]) -> list[Any]:
    found = fields.get("data")
    return found if isinstance(found, list) else []


def _open(entry: Any) -> str:
    """The PEM text of one entry. Raises WeChatUnavailable if it cannot be opened."""
    try:
        sealed = entry["encrypt_certificate"]
        opened = aes_decrypt(
            sealed["nonce"],
            sealed["ciphertext"],
            sealed["associated_data"],
            settings().wechat_pay_api_v3_key.get_secret_value(),
        )
        x509.load_pem_x509_certificate((opened or "").encode())
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WeChatUnavailable("a platform certificate cannot be opened") from None
    return str(opened)


def _must_be_signed_by_one(answer: requests.Response, kept: str) -> None:
    """That the list itself is signed by a key in it, or by WeChat's public key."""
    verifiers = {one.serial: one.key for one in _parsed(kept)[1]} | public_keys()
    keys = PayKeys(verifiers, "", "", ())
    moment = now()
    if not is_fresh(answer.headers, moment):
        moment = now(is_exact=True)
    try:
        verify_pay(keys, answer.headers, answer.content, moment)
    except NotFromWeChat:
        raise WeChatUnavailable("the certificates are not signed by WeChat Pay") from None


def public_keys() -> dict[str, RSAPublicKey]:
    """WeChat Pay's public keys by their ids: the one in use and others that are accepted."""
    files: dict[str, Path] = dict(settings().wechat_pay_other_public_keys)
    file = settings().wechat_pay_public_key_file
    if file is not None:
        files[settings().wechat_pay_public_key_id] = file
    return {name: public_key(path) for name, path in files.items()}


@lru_cache(maxsize=8)
def _parsed(kept: str) -> tuple[datetime, list[Certificate]]:
    """When they were fetched, and the certificates, the oldest first."""
    fetched_at, *texts = json.loads(kept)
    found = []
    for text in texts:
        one = x509.load_pem_x509_certificate(text.encode())
        key = one.public_key()
        if isinstance(key, RSAPublicKey):
            serial = f"{one.serial_number:X}"
            begin, end = one.not_valid_before_utc, one.not_valid_after_utc
            found.append(Certificate(serial.zfill(len(serial) + len(serial) % 2), key, begin, end))
    found.sort(key=lambda one: one.effective_at)
    return datetime.fromisoformat(fetched_at), found
