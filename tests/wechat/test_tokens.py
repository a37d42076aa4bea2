"""One access token for all: fetched by one, kept encrypted, renewed once, also without Redis."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.core.config import settings
from app.wechat import shared, tokens
from app.wechat.errors import Misconfigured, WeChatRefused, WeChatUnavailable
from tests.wechat.api_desk import STABLE_TOKEN, ApiDesk, refusal

pytestmark = pytest.mark.usefixtures("context")
NO_REDIS = "redis://127.0.0.1:9/0"
CROWD = 64
FORK = multiprocessing.get_context("fork")


def _together(app, count: int, work) -> list[str]:
    def run(_: int) -> str:
        with app.app_context():
            return work()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def _forced(api: ApiDesk) -> list[bool]:
    return [bool(asked.body.get("force_refresh")) for asked in api.of(STABLE_TOKEN)]


def _kept(account: Any = "official") -> str:
    return tokens.token_of(account)._name


def test_a_crowd_fetches_one_token(app, api: ApiDesk) -> None:
    api.slowness_seconds = 0.05
    assert set(_together(app, CROWD, tokens.access_token)) == {"token-1"}
    assert _forced(api) == [False]


def test_a_crowd_renews_a_stale_token_once(app, api: ApiDesk) -> None:
    api.slowness_seconds = 0.05
    tokens.access_token()
    renewed = _together(app, CROWD, lambda: tokens.renewed_token("token-1"))
    assert set(renewed) == {"token-2"}
    assert _forced(api) == [False, False, True]


def _ask(gate, answers) -> None:
    assert gate.wait(30)
    with ThreadPoolExecutor(8) as pool:
        answers.put(set(pool.map(lambda _: tokens.access_token(), range(8))))


def test_several_processes_fetch_one_token(app, api: ApiDesk) -> None:
    api.slowness_seconds = 0.3
    gate, answers = FORK.Event(), FORK.Queue()
    processes = [FORK.Process(target=_ask, args=(gate, answers)) for _ in range(3)]
    for process in processes:
        process.start()
    gate.set()
    assert [answers.get(timeout=30) for _ in processes] == [{"token-1"}] * 3
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0] * 3
    assert _forced(api) == [False]


def test_each_app_has_its_own_token(api: ApiDesk) -> None:
    api.answers[STABLE_TOKEN] = lambda asked: {
        "access_token": f"of-{asked.body['appid']}",
        "expires_in": 7200,
    }
    assert tokens.access_token() == f"of-{settings().wechat_oa_app_id}"
    assert tokens.access_token("mini") == f"of-{settings().wechat_mini_app_id}"
    secrets = {asked.body["secret"] for asked in api.of(STABLE_TOKEN)}
    assert secrets == {tokens.secret_of("official"), tokens.secret_of("mini")}


def test_a_token_rotated_elsewhere_is_fetched_without_force(api: ApiDesk) -> None:
    tokens.access_token()
    api.version = 7
    assert tokens.renewed_token("token-1") == "token-7"
    assert _forced(api) == [False, False]


def test_a_token_is_forced_once_a_minute_at_most(api: ApiDesk) -> None:
    tokens.access_token()
    assert tokens.renewed_token("token-1") == "token-2"
    for _ in range(5):
        with pytest.raises(WeChatUnavailable):
            tokens.renewed_token("token-2")
    assert _forced(api).count(True) == 1


def test_the_token_is_not_readable_in_redis(api: ApiDesk) -> None:
    assert tokens.access_token() == "token-1"
    kept = shared.redis().get(_kept())
    assert isinstance(kept, bytes)
    assert b"token-1" not in kept
    assert 0 < shared.redis().ttl(_kept()) <= 7200 - tokens.MARGIN_SECONDS


def test_a_token_somebody_else_wrote_into_redis_is_not_used(api: ApiDesk) -> None:
    shared.redis().set(_kept(), b"planted")
    assert tokens.access_token() == "token-1"


def test_without_redis_each_process_keeps_its_own(app, api: ApiDesk, monkeypatch) -> None:
    monkeypatch.setattr(settings(), "redis_url", NO_REDIS)
    assert set(_together(app, 8, tokens.access_token)) == {"token-1"}
    assert tokens.access_token() == "token-1"
    assert set(_together(app, 8, lambda: tokens.renewed_token("token-1"))) == {"token-2"}
    with pytest.raises(WeChatUnavailable):
        tokens.renewed_token("token-2")
    assert _forced(api).count(True) == 1


def test_a_lock_whose_holder_died_ends_by_itself(api: ApiDesk, monkeypatch) -> None:
    shared.redis().set(f"{_kept()}:lock", b"somebody who died", px=200)
    started = time.monotonic()
    assert tokens.access_token() == "token-1"
    assert time.monotonic() - started < 5
    shared.redis().set(f"{_kept()}:lock", b"somebody who hangs", px=5000)
    shared.redis().delete(_kept())
    monkeypatch.setattr(shared, "WAIT_SECONDS", 0.2)
    with pytest.raises(WeChatUnavailable):
        tokens.access_token()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(-1), WeChatUnavailable),
        (refusal(45009), WeChatUnavailable),
        (refusal(45011), WeChatUnavailable),
        ({"access_token": "", "expires_in": 7200}, WeChatUnavailable),
        ({"access_token": "x", "expires_in": "soon"}, WeChatUnavailable),
        ([[1]], WeChatUnavailable),
        ("<html>", WeChatUnavailable),
        ("hang up", WeChatUnavailable),
        (refusal(40125, "invalid appsecret"), Misconfigured),
        (refusal(40164, "invalid ip"), Misconfigured),
        (refusal(40243, "frozen"), Misconfigured),
        (refusal(99999), WeChatRefused),
    ],
)
def test_what_is_no_token_is_an_error_and_not_kept(
    api: ApiDesk, answer: Any, error: type[Exception]
) -> None:
    api.answers[STABLE_TOKEN] = answer
    with pytest.raises(error) as caught:
        tokens.access_token()
    assert caught.type is error or issubclass(caught.type, WeChatUnavailable)
    assert shared.redis().get(_kept()) is None


def test_a_wrong_secret_is_not_hammered(app, api: ApiDesk) -> None:
    api.answers[STABLE_TOKEN] = refusal(40125, "invalid appsecret")
    for _ in range(20):
        with pytest.raises(Misconfigured):
            tokens.access_token()
    assert len(api.of(STABLE_TOKEN)) == 1
    api.answers.clear()
    shared._refused.clear()  # ten seconds later
    assert tokens.access_token() == "token-1"


def test_a_crowd_shares_also_the_end_of_a_failed_fetch(app, api: ApiDesk) -> None:
    api.answers[STABLE_TOKEN] = "hang up"
    api.slowness_seconds = 0.3

    def ask() -> str:
        with pytest.raises(WeChatUnavailable):
            tokens.access_token()
        return ""

    _together(app, CROWD, ask)
    assert len(api.of(STABLE_TOKEN)) < CROWD / 8


def test_no_secret_is_in_the_error(app, monkeypatch) -> None:
    monkeypatch.setattr(settings(), "wechat_api_base", "http://127.0.0.1:9")
    tokens.token_of("official").forget()
    with pytest.raises(WeChatUnavailable) as caught:
        tokens.access_token()
    secret = settings().wechat_oa_secret.get_secret_value()
    assert secret not in repr(caught.value)
    assert caught.value.__cause__ is None
