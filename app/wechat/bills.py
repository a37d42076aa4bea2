"""Fetching the daily bills of WeChat Pay: asked for, downloaded, compared with their hash.

The answer that names the file is signed, the file is not: its SHA1, over the unpacked content,
stands in the signed answer (WeChat fact D12). None of these may run while a unit of work is open.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal
from urllib.parse import urlsplit

from app.core.world import beijing_day, now
from app.wechat.errors import WeChatRefused, WeChatUnavailable
from app.wechat.pay import asking, download, gateway

FundAccount = Literal["BASIC", "OPERATION", "FEES"]
LARGEST_BILL_BYTES = 256 * 1024 * 1024
GZIP_MARK = b"\x1f\x8b"
GZIP = 16 + zlib.MAX_WBITS
SEVERAL_MINUTES = 600


class BillNotReady(WeChatUnavailable):
    """WeChat Pay is still writing this bill; days are ready after ten in Beijing the next day."""


def trade_bill(day: date) -> str | None:
    """All payments and refunds of a Beijing day; None for a past day without any.

    Raises BillNotReady (ask again later), WeChatUnavailable, WeChatRefused.
    """
    wanted = day.isoformat()
    return _fetch(day, lambda: gateway().trade_bill(wanted, bill_type="ALL", tar_type="GZIP"))


def fund_flow_bill(day: date, account: FundAccount) -> str | None:
    """All movements of one of our accounts at WeChat Pay on a Beijing day; raises as above."""
    wanted = day.isoformat()
    return _fetch(
        day, lambda: gateway().fundflow_bill(wanted, account_type=account, tar_type="GZIP")
    )


def sharing_bill(day: date) -> str | None:
    """What was split and given back on a Beijing day; raises as above."""
    wanted = day.isoformat()
    return _fetch(day, lambda: gateway().profitsharing_bill(wanted, tar_type="GZIP"))


def _fetch(day: date, apply: Callable[[], Mapping[str, Any]]) -> str | None:
    try:
        answer = asking(apply)
    except WeChatRefused as refusal:
        is_past = day < beijing_day(now())
        if refusal.wechat_code == "NO_STATEMENT_EXIST" and is_past:
            return None
        if refusal.wechat_code in ("STATEMENT_CREATING", "NO_STATEMENT_EXIST"):
            raise BillNotReady(f"{day}", retry_after=SEVERAL_MINUTES) from None
        raise
    path, expected = _place(answer), answer.get("hash_value")
    content = _unpacked(asking(lambda: download(path)))
    found = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if not isinstance(expected, str) or not hmac.compare_digest(
        found.encode(), expected.lower().encode()
    ):
        raise WeChatUnavailable("the bill is not the one that WeChat Pay has signed for")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise WeChatUnavailable("the bill is not text in UTF-8") from None


def _place(answer: Mapping[str, Any]) -> str:
    """Path and query of the file. It is fetched from the base address in the settings only: our
    signature goes nowhere else."""
    address = answer.get("download_url")
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    if answer.get("hash_type") != "SHA1" or not parts.path.startswith("/"):
        raise WeChatUnavailable("the answer names no bill with its SHA1")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _unpacked(content: bytes) -> bytes:
    """The content, unpacked where it is packed, up to LARGEST_BILL_BYTES."""
    if not content.startswith(GZIP_MARK):
        return content
    unpacking = zlib.decompressobj(GZIP)
    try:
        found = unpacking.decompress(content, LARGEST_BILL_BYTES)
    except zlib.error:
        raise WeChatUnavailable("the bill is not packed as gzip") from None
    if not unpacking.eof:
        raise WeChatUnavailable("the bill is cut off, or larger than any day's")
    return found
