"""One access token for all: fetched by one, kept encrypted, renewed once, also without Redis."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.core.config import settings
from app.wechat import tokens
from app.wechat.errors import WeChatRefused, WeChatUnavailable

NO_REDIS = "redis://127.0.0.1:9/0"


@dataclass
class Issuer:
    """Issues tokens as stable_token does: the same one until it is forced to rotate."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    version: int = 1

    def issue(self, wish: dict[str, Any]) -> dict[str, Any]:
        time.sleep(0.05)
        self.asked.append(wish)
        self.version += bool(wish.get("force_refresh"))
        return self.answer or {"access_token": f"token-{self.version}", "expires_in": 7200}


@pytest.fixture
def issuer(app, context, monkeypatch) -> Iterator[Issuer]:
    here = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = json.dumps(here.issue(wish)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setattr(settings(), "wechat_api_base", f"http://127.0.0.1:{server.server_port}")
    _forget()
    yield here
    server.shutdown()
    server.server_close()
    _forget()


def _forget() -> None:
    tokens._own.clear()
    tokens._redis().delete(tokens._name("value"))


def _together(app, count: int, work) -> list[str]:
    def run(_: int) -> str:
        with app.app_context():
            return work()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_sixteen_at_once_fetch_one_token(app, issuer: Issuer) -> None:
    assert set(_together(app, 16, tokens.access_token)) == {"token-1"}
    assert len(issuer.asked) == 1


def test_sixteen_at_once_renew_a_stale_token_once(app, issuer: Issuer) -> None:
    tokens.access_token()
    renewed = _together(app, 16, lambda: tokens.renewed_token("token-1"))
    assert set(renewed) == {"token-2"}
    assert [wish.get("force_refresh") for wish in issuer.asked] == [None, None, True]


def test_a_token_rotated_elsewhere_is_fetched_without_force(issuer: Issuer) -> None:
    tokens.access_token()
    issuer.version = 7
    assert tokens.renewed_token("token-1") == "token-7"
    assert not any(wish.get("force_refresh") for wish in issuer.asked)


def test_the_token_is_not_readable_in_redis(issuer: Issuer) -> None:
    assert tokens.access_token() == "token-1"
    kept = tokens._redis().get(tokens._name("value"))
    assert isinstance(kept, bytes)
    assert b"token-1" not in kept
    assert 0 < tokens._redis().ttl(tokens._name("value")) <= 7200 - tokens.MARGIN_SECONDS


def test_without_redis_each_process_keeps_its_own(app, issuer: Issuer, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(settings(), "redis_url", NO_REDIS)
        assert set(_together(app, 8, tokens.access_token)) == {"token-1"}
        assert tokens.access_token() == "token-1"
    assert len(issuer.asked) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, WeChatRefused),
        ({"errcode": 40243, "errmsg": "frozen"}, WeChatRefused),
        ({"errcode": -1, "errmsg": "busy"}, WeChatUnavailable),
        ({"errcode": 45009, "errmsg": "quota"}, WeChatUnavailable),
        ({"access_token": "", "expires_in": 7200}, WeChatUnavailable),
        ({"access_token": "x", "expires_in": "soon"}, WeChatUnavailable),
        ([1], WeChatUnavailable),
    ],
)
def test_what_is_no_token_is_an_error_and_not_kept(
    issuer: Issuer, answer: Any, error: type[Exception]
) -> None:
    issuer.answer = answer
    with pytest.raises(error):
        tokens.access_token()
    issuer.answer = None
    assert tokens.access_token() == "token-1"


def test_no_secret_is_in_the_error(app, context, monkeypatch) -> None:
    monkeypatch.setattr(settings(), "wechat_api_base", "http://127.0.0.1:9")
    _forget()
    with pytest.raises(WeChatUnavailable) as caught:
        tokens.access_token()
    secret = settings().wechat_oa_secret.get_secret_value()
    assert secret not in repr(caught.value)
    assert caught.value.__cause__ is None
