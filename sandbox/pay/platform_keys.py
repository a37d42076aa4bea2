"""Which key WeChat Pay signs with: platform certificates, the public key, the way over (D3).

Answers follow the `Wechatpay-Serial` of the request. Notifications go over by and by: in seven
virtual days from 0.1 % to all of them, by dice that fall the same way for the same seed.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox import keys
from sandbox.pay.errors import PayError
from sandbox.pay_records import PlatformCertificate
from sandbox.records import Meta
from sandbox.world import World

MODES = ("public_key", "switching", "certificate")
PERCENT_BY_DAY = (0.1, 1.0, 5.0, 10.0, 20.0, 50.0, 100.0)
DAY_SECONDS = 86400.0
VALID_SECONDS = 5 * 365 * DAY_SECONDS
MODE, DICE = "pay_key_mode", "pay_key_dice"


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the name by which the other side finds its public half."""

    serial: str
    key: RSAPrivateKey


def mode(here: World) -> str:
    """One of MODES; a new merchant has the public key only."""
    kept = here.state.meta.get(MODE)
    return str(kept.value["mode"]) if kept else "public_key"


def percent(here: World) -> float:
    """How many of a hundred notifications are signed with the public key now."""
    kept = here.state.meta.get(MODE)
    if kept is None or kept.value["mode"] == "public_key":
        return 100.0
    if kept.value["mode"] == "certificate":
        return 0.0
    if kept.value.get("percent") is not None:
        return float(kept.value["percent"])
    days = int((here.clock.now() - kept.value["since"]) // DAY_SECONDS)
    return PERCENT_BY_DAY[min(days, len(PERCENT_BY_DAY) - 1)]


def set_mode(here: World, wanted: str, fixed_percent: float | None = None) -> None:
    """Change the mode; a switch begins now unless its percentage is fixed."""
    now = here.clock.now()
    living = [one for one in here.state.platform_certificates.all() if one.expires_at > now]
    fresh = None if living or wanted == "public_key" else _new(here, now)
    with here.state.change():
        if fresh is not None:
            here.state.platform_certificates.put(fresh)
        value = {"mode": wanted, "since": now, "percent": fixed_percent}
        here.state.meta.put(Meta(MODE, value))


def rotate(here: World, overlap_seconds: float) -> PlatformCertificate:
    """Offer a new certificate now and sign with it after `overlap_seconds`; the one before is
    offered for another day."""
    signs_from = here.clock.now() + overlap_seconds
    fresh = _new(here, signs_from)
    with here.state.change():
        for old in offered(here):
            old.expires_at = min(old.expires_at, signs_from + DAY_SECONDS)
            here.state.platform_certificates.put(old)
        return here.state.platform_certificates.put(fresh)


def offered(here: World) -> list[PlatformCertificate]:
    """The certificates that are valid now, oldest first; none in public-key mode."""
    if mode(here) == "public_key":
        return []
    now = here.clock.now()
    return [one for one in here.state.platform_certificates.all() if one.expires_at > now]


def find(here: World, serial: str) -> Signer | None:
    """The key of this name, if it is in force in this mode."""
    if serial == here.accounts.public_key_id:
        return None if mode(here) == "certificate" else _public(here)
    for one in offered(here):
        if one.id == serial.upper():
            return _signer(one)
    return None


def for_answer(here: World, named: str) -> Signer:
    """The key an answer is signed with: the one the request named, else the usual one."""
    found = find(here, named) if named else None
    return found or (_public(here) if mode(here) == "public_key" else _current(here))


def for_notice(here: World) -> Signer:
    """The key a notification is signed with; during the switch the dice decide."""
    share = percent(here)
    if share >= 100 or (share > 0 and _roll(here) * 100 < share):
        return _public(here)
    return _current(here)


def check_named(here: World, named: str) -> None:
    """Raises PayError 400 if a request names a key that is not in force."""
    if named and find(here, named) is None:
        raise PayError(400, "PARAM_ERROR", "Http头Wechatpay-Serial错误，请使用当前有效的序列号")


def as_json(here: World) -> dict[str, Any]:
    """The keys for the control API; no private half."""
    with here.state.lock:
        current = _current(here).serial if mode(here) != "public_key" else ""
        return {
            "mode": mode(here),
            "modes": list(MODES),
            "public_key_percent": percent(here),
            "public_key_id": here.accounts.public_key_id,
            "certificates": [
                {
                    "serial_no": one.id,
                    "effective_at": one.effective_at,
                    "expires_at": one.expires_at,
                    "signs_from": one.signs_from,
                    "signs": one.id == current,
                    "certificate": one.certificate,
                }
                for one in offered(here)
            ],
        }


def _new(here: World, signs_from: float) -> PlatformCertificate:
    """A fresh key and certificate, valid by the real clock and by the virtual one."""
    now = here.clock.now()
    effective = min(now, now - here.clock.offset_seconds) - 3600
    serial = f"{secrets.randbits(158) | 1 << 158:040X}"
    key = keys.new_key()
    made = keys.certificate_pem(key, serial, "Lianhui sandbox platform", effective, VALID_SECONDS)
    return PlatformCertificate(
        serial, keys.private_pem(key).decode(), made.decode(), now, now + VALID_SECONDS, signs_from
    )


def _current(here: World) -> Signer:
    now = here.clock.now()
    living = offered(here) or here.state.platform_certificates.all()
    ready = [one for one in living if one.signs_from <= now] or living
    return _signer(max(ready, key=lambda one: one.signs_from))


def _public(here: World) -> Signer:
    return Signer(here.accounts.public_key_id, here.accounts.platform_private_key)


def _signer(one: PlatformCertificate) -> Signer:
    return Signer(one.id, _loaded(one.private_key))


@lru_cache(maxsize=64)
def _loaded(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _roll(here: World) -> float:
    """A number from 0 to 1 that depends on the seed and on how often was rolled."""
    with here.state.change():
        kept = here.state.meta.get(DICE)
        rolled = int(kept.value) if kept else 0
        here.state.meta.put(Meta(DICE, rolled + 1))
    return random.Random(f"{here.seed}:{rolled}").random()
