"""Names as WeChat forms them: openids, transaction ids, tickets, nonces."""

from __future__ import annotations

import base64
import itertools
import secrets
import string
import time
from datetime import datetime

from sandbox.clock import BEIJING

_LETTERS = string.ascii_letters + string.digits
_counter = itertools.count(secrets.randbelow(1_000_000))


def new_id(prefix: str) -> str:
    """A short name of our own that sorts by time of making."""
    return f"{prefix}_{time.time_ns() // 1_000_000:011x}{next(_counter) % 0x100000:05x}"


def letters(count: int) -> str:
    """Random letters and digits."""
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in secrets.token_bytes(count))


def openid() -> str:
    """28 characters beginning with o."""
    return "o" + letters(27)


def unionid() -> str:
    return "o" + letters(28)


def session_key() -> str:
    """16 random bytes in base64 (WeChat fact C1)."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def phone_number(count: int) -> str:
    """An invented number, the same for the same count."""
    return f"19900{count % 1_000_000:06d}"


def digits(count: int) -> str:
    return str(secrets.randbelow(10**count)).zfill(count)


def transaction_id(moment: float) -> str:
    """28 digits: 4200…, the Beijing day and a random tail."""
    return (
        "42000"
        + digits(5)
        + datetime.fromtimestamp(moment, BEIJING).strftime("%Y%m%d")
        + (digits(10))
    )


def refund_id(moment: float) -> str:
    return (
        "503"
        + digits(10)
        + datetime.fromtimestamp(moment, BEIJING).strftime("%Y%m%d")
        + (digits(8))
    )


def transfer_bill_no(moment: float) -> str:
    return (
        "133000"
        + digits(12)
        + datetime.fromtimestamp(moment, BEIJING).strftime("%Y%m%d")
        + (digits(13))
    )


def prepay_id(moment: float) -> str:
    return (
        "wx"
        + datetime.fromtimestamp(moment, BEIJING).strftime("%d%H%M%S")
        + (secrets.token_hex(13))
    )


def message_id() -> int:
    """A 64-bit MsgId (WeChat fact A6)."""
    return 23_000_000_000_000_000 + secrets.randbelow(10**15)


def request_tail() -> str:
    """The `rid:` WeChat appends to its error messages."""
    return f"rid: {secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
