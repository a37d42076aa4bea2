"""The daily bills of WeChat Pay, fetched from the sandbox: believed only with their hash."""

from __future__ import annotations

import gzip
import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from app.core.world import beijing_day, now, start_of_beijing_day
from app.wechat import bills, client
from app.wechat.client import BillNotReady, WeChatRefused, WeChatUnavailable
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
DAY = date(2026, 3, 1)
TEXT = "\ufeff交易时间\r\n`茶,点心\r\n"


def _answer(content: bytes, **more: Any) -> dict[str, Any]:
    return {
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "download_url": "https://elsewhere.example/v3/billdownload/file?token=abc",
    } | more


def _fetched(monkeypatch, answer: dict[str, Any], content: bytes) -> tuple[str | None, list[str]]:
    asked: list[str] = []

    def download(path: str) -> bytes:
        asked.append(path)
        return content

    monkeypatch.setattr(bills, "download", download)
    return bills._fetch(DAY, lambda: answer), asked


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_a_bill_is_unpacked_and_compared_with_its_hash(monkeypatch, pack) -> None:
    content = TEXT.encode()
    text, asked = _fetched(monkeypatch, _answer(content), pack(content))
    assert text == TEXT
    assert asked == ["/v3/billdownload/file?token=abc"]


@pytest.mark.parametrize(
    ("more", "content"),
    [
        ({"hash_value": "0" * 40}, gzip.compress(TEXT.encode(), mtime=0)),
        ({"hash_value": None}, gzip.compress(TEXT.encode(), mtime=0)),
        ({"hash_type": "MD5"}, gzip.compress(TEXT.encode(), mtime=0)),
        ({"download_url": "elsewhere"}, gzip.compress(TEXT.encode(), mtime=0)),
        ({"download_url": None}, gzip.compress(TEXT.encode(), mtime=0)),
        ({}, gzip.compress(TEXT.encode(), mtime=0)[:-9]),
        ({}, b"\x1f\x8bnot packed at all"),
        ({}, TEXT.encode()[:-1]),
    ],
)
def test_a_bill_that_was_changed_on_the_way_is_not_believed(monkeypatch, more, content) -> None:
    with pytest.raises(WeChatUnavailable):
        _fetched(monkeypatch, _answer(TEXT.encode(), **more), content)


def test_a_bill_that_never_ends_when_unpacked_is_not_believed(monkeypatch) -> None:
    monkeypatch.setattr(bills, "LARGEST_BILL_BYTES", 1000)
    content = b"0" * 100_000
    with pytest.raises(WeChatUnavailable):
        _fetched(monkeypatch, _answer(content), gzip.compress(content, mtime=0))


def _to_ten_o_clock(sandbox: Sandbox, day: date) -> None:
    ready = start_of_beijing_day(day) + timedelta(hours=34, seconds=5)
    sandbox.control("/clock/advance", {"seconds": (ready - now(is_exact=True)).total_seconds()})
    now(is_exact=True)


def test_bills_are_there_after_ten_and_empty_only_for_past_days(sandbox: Sandbox) -> None:
    day = beijing_day(now(is_exact=True)) + timedelta(days=1)
    _to_ten_o_clock(sandbox, day - timedelta(days=1))
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 12_345})
    with pytest.raises(WeChatRefused):
        client.trade_bill(day)
    midnight = start_of_beijing_day(day + timedelta(days=1)) + timedelta(hours=1)
    wait = (midnight - now(is_exact=True)).total_seconds()
    sandbox.control("/clock/advance", {"seconds": wait})
    now(is_exact=True)
    with pytest.raises(BillNotReady):
        client.fund_flow_bill(day, "OPERATION")
    _to_ten_o_clock(sandbox, day)
    text = client.fund_flow_bill(day, "OPERATION")
    assert text is not None
    assert "`123.45," in text
    assert client.trade_bill(day) is None
    assert client.fund_flow_bill(day, "FEES") is None
