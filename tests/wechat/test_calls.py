"""How our two apps call WeChat: tokens, repetitions, and an error for each of its codes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.wechat import calls, client, tokens, transport
from app.wechat.client import WeChatRefused, WeChatUnavailable
from app.wechat.error_codes import ADVICE, KIND_OF, KINDS
from app.wechat.errors import Busy, TokenStale
from tests.wechat.api_desk import STABLE_TOKEN, ApiDesk, refusal
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
REPEATED = {*KINDS[Busy], *KINDS[TokenStale]}
READ, WRITE = "/cgi-bin/user/info", "/cgi-bin/message/custom/send"


def _read() -> Any:
    return calls.get("official", READ, {"openid": "o1"})


def _write() -> Any:
    return calls.post("official", WRITE, {"touser": "o1"})


def test_a_call_carries_the_apps_token_and_its_words_as_they_are(api: ApiDesk) -> None:
    calls.post("official", WRITE, {"text": "您好 😀"})
    [asked] = api.of(WRITE)
    assert asked.query == {"access_token": "token-1"}
    assert asked.body == {"text": "您好 😀"}


@pytest.mark.parametrize("code", [40001, 40014, 42001, 41001])
def test_a_stale_token_is_renewed_once(api: ApiDesk, code: int) -> None:
    api.answers[WRITE] = [refusal(code), {"errcode": 0}]
    _write()
    assert [asked.query["access_token"] for asked in api.of(WRITE)] == ["token-1", "token-2"]


def test_a_token_that_stays_stale_ends_without_a_storm(app, api: ApiDesk) -> None:
    api.answers[WRITE] = refusal(40001, "invalid credential")

    def ask(_: int) -> None:
        with app.app_context(), pytest.raises(WeChatUnavailable):
            _write()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(40)))
    forced = [asked for asked in api.of(STABLE_TOKEN) if asked.body.get("force_refresh")]
    assert len(forced) == 1
    assert len(api.of(WRITE)) <= 2 * 40
    assert len(api.of(STABLE_TOKEN)) <= 40 + 2


def test_a_token_another_system_rotated_is_noticed(sandbox: Sandbox) -> None:
    assert client.create_qrcode_ticket("S1", 60).url
    sandbox.fault("token_invalid", count=1)
    assert client.create_qrcode_ticket("S1", 60).url


def test_a_token_that_stays_stale_at_the_sandbox_is_unavailable(sandbox: Sandbox) -> None:
    sandbox.fault("token_invalid", count=1000)
    with pytest.raises(WeChatUnavailable):
        client.create_qrcode_ticket("S1", 60)


def test_a_read_whose_answer_got_lost_is_made_again(api: ApiDesk) -> None:
    api.answers[READ] = ["hang up", "hang up", {"openid": "o1"}]
    assert _read() == {"openid": "o1"}
    assert len(api.of(READ)) == 3


def test_a_message_whose_answer_got_lost_is_not_sent_again(api: ApiDesk) -> None:
    api.answers[WRITE] = ["hang up", {"errcode": 0}]
    with pytest.raises(WeChatUnavailable) as caught:
        _write()
    assert caught.value.may_have_arrived
    assert len(api.of(WRITE)) == 1


def test_what_wechat_was_too_busy_for_is_sent_again(api: ApiDesk) -> None:
    api.answers[WRITE] = [refusal(-1, "system error"), {"errcode": 0}]
    _write()
    assert len(api.of(WRITE)) == 2
    api.answers[WRITE] = refusal(43108, "concurrent")
    with pytest.raises(WeChatUnavailable):
        _write()
    assert len(api.of(WRITE)) == 3


def test_a_busy_wechat_is_asked_three_times_and_not_at_once(api: ApiDesk) -> None:
    api.answers[READ] = refusal(-1, "system error")
    started = time.monotonic()
    with pytest.raises(WeChatUnavailable):
        _read()
    assert len(api.of(READ)) == 3
    assert time.monotonic() - started > 1.5 * calls.FIRST_PAUSE_SECONDS


def test_repetitions_never_become_a_storm(app, api: ApiDesk, monkeypatch) -> None:
    monkeypatch.setattr(calls, "FIRST_PAUSE_SECONDS", 0.001)
    api.answers[READ] = refusal(-1, "system error")

    def ask(_: int) -> None:
        with app.app_context(), pytest.raises(WeChatUnavailable):
            _read()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(100)))
    assert len(api.of(READ)) == 100 + calls.MOST_SAVED
    api.answers[READ] = {"openid": "o1"}
    for _ in range(20):
        _read()
    api.answers[READ] = [refusal(-1), {"openid": "o1"}]
    assert _read() == {"openid": "o1"}


@pytest.mark.parametrize("answer", ["<html>", [[1]], b"\x00"])
def test_what_is_no_json_object_is_unavailable(api: ApiDesk, answer: Any) -> None:
    api.answers[WRITE] = answer
    with pytest.raises(WeChatUnavailable) as caught:
        _write()
    assert caught.value.may_have_arrived


@pytest.mark.parametrize("kind", ["bad_gateway", "system_error", "reset_before", "reset_after"])
def test_trouble_at_the_sandbox_passes_or_is_unavailable(sandbox: Sandbox, kind: str) -> None:
    sandbox.fault(kind, match="qrcode/create")
    assert client.create_qrcode_ticket("S1", 60).url
    sandbox.fault(kind, match="qrcode/create", count=3)
    with pytest.raises(WeChatUnavailable):
        client.create_qrcode_ticket("S1", 60)


def test_nobody_there_is_unavailable_and_did_not_arrive(api: ApiDesk, monkeypatch) -> None:
    tokens.access_token()
    monkeypatch.setattr(settings(), "wechat_api_base", "http://127.0.0.1:9")
    with pytest.raises(WeChatUnavailable) as caught:
        _write()
    assert not caught.value.may_have_arrived


def test_an_answer_that_does_not_end_is_cut_off(api: ApiDesk, monkeypatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER_BYTES", 1000)
    api.answers[WRITE] = {"text": "x" * 100_000}
    with pytest.raises(WeChatUnavailable) as caught:
        _write()
    assert caught.value.may_have_arrived


def test_an_answer_that_trickles_in_is_given_up(api: ApiDesk, monkeypatch) -> None:
    """Each byte comes in time, the whole never does."""
    tokens.access_token()
    with trickling() as address:
        monkeypatch.setattr(settings(), "wechat_api_base", address)
        monkeypatch.setattr(transport, "WHOLE_ANSWER_SECONDS", 0.3)
        started = time.monotonic()
        with pytest.raises(WeChatUnavailable):
            _write()
    assert time.monotonic() - started < 5


@contextmanager
def trickling() -> Iterator[str]:
    """A server that sends a byte of an endless answer every few milliseconds."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            line, _ = listener.accept()
            line.recv(65536)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                line.sendall(b" ")
                time.sleep(0.02)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


@pytest.mark.parametrize("code", sorted(set(filter(str.isdigit, KIND_OF)) - REPEATED))
def test_each_code_is_its_own_error_and_sent_once(api: ApiDesk, code: str) -> None:
    api.answers[WRITE] = refusal(int(code), "refused rid: 6-7-8")
    with pytest.raises((WeChatRefused, WeChatUnavailable)) as caught:
        _write()
    assert caught.type is KIND_OF[code]
    assert len(api.of(WRITE)) == 1
    if isinstance(caught.value, WeChatRefused):
        assert caught.value.wechat_code == code


def test_a_code_nobody_knows_is_a_plain_refusal(api: ApiDesk) -> None:
    api.answers[WRITE] = refusal(12345, "something new")
    with pytest.raises(WeChatRefused) as caught:
        _write()
    assert caught.type is WeChatRefused


def test_each_code_stands_once_and_operators_are_advised_in_both_languages() -> None:
    assert len(KIND_OF) == sum(len(codes) for codes in KINDS.values())
    assert set(ADVICE) <= set(KIND_OF)
    assert all(chinese != english for english, chinese in ADVICE.values())


def test_no_call_is_made_while_a_unit_of_work_is_open(api: ApiDesk) -> None:
    tokens.access_token()
    with pytest.raises(RuntimeError, match="unit of work"):
        in_transaction(_read)
    assert api.of(READ) == []
