"""The digits of a member's payment code: who, and proof of the minute. Pure.

    88 0417 093512 40718263     prefix, bucket, device, one-time digits: 20 in all

The last eight are RFC 6238 (SHA-256, 60 seconds) over the device's seed, so that a phone makes
them without network. The prefix is none of WeChat's (10–15, fact D6) or of other wallets'.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp

from app.core.world import BUCKETS

PREFIX = "88"
STEP_SECONDS = 60
BUCKET_DIGITS, NUMBER_DIGITS, PROOF_DIGITS = 4, 6, 8
NUMBERS = 10**NUMBER_DIGITS
HEAD_DIGITS = len(PREFIX) + BUCKET_DIGITS + NUMBER_DIGITS
LENGTH = HEAD_DIGITS + PROOF_DIGITS


@dataclass(frozen=True, slots=True)
class Claim:
    """What a code says before anybody believed it."""

    bucket: int
    number: int
    proof: str


def head(bucket: int, number: int) -> str:
    """The digits of a device that stay the same."""
    return f"{PREFIX}{bucket:0{BUCKET_DIGITS}}{number:0{NUMBER_DIGITS}}"


def proof(seed: str, step: int) -> str:
    """The digits of one minute."""
    return _generator(seed).generate_otp(step)


def read(code: str) -> Claim | None:
    """What a code claims; None if it has not a code's form."""
    if len(code) != LENGTH or not code.isascii() or not code.isdigit():
        return None
    if not code.startswith(PREFIX):
        return None
    bucket = int(code[len(PREFIX) : len(PREFIX) + BUCKET_DIGITS])
    number = int(code[len(PREFIX) + BUCKET_DIGITS : HEAD_DIGITS])
    return Claim(bucket, number, code[HEAD_DIGITS:]) if bucket < BUCKETS else None


def step_at(moment: datetime) -> int:
    """Which minute it is, counted from 1970."""
    return int(moment.timestamp()) // STEP_SECONDS


def end_of(step: int) -> datetime:
    """When (UTC) a minute is over."""
    return datetime.fromtimestamp((step + 1) * STEP_SECONDS, UTC)


def step_of(given: str, seed: str, moment: datetime, drift: int) -> int | None:
    """The minute that the digits prove, at most `drift` away from `moment`; None if none.

    Compares all of them, each in constant time.
    """
    now_step = step_at(moment)
    fitting = [
        step
        for step in range(now_step - drift, now_step + drift + 1)
        if pyotp.utils.strings_equal(given, proof(seed, step))
    ]
    return fitting[0] if fitting else None


def _generator(seed: str) -> pyotp.TOTP:
    return pyotp.TOTP(seed, digits=PROOF_DIGITS, digest=hashlib.sha256, interval=STEP_SECONDS)
