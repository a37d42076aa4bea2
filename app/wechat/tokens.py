"""The official account's access token: one for all processes, fetched by one at a time.

Kept in Redis, encrypted. Without Redis each process keeps its own for a minute: stable_token
answers the same token while it is valid (WeChat fact B1), so that costs calls, not correctness.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import requests
from redis import Redis
from redis.exceptions import RedisError

from app.core.config import settings
from app.core.crypto import Undecryptable, decrypt, encrypt
from app.core.relay import connect_redis
from app.wechat.errors import WeChatRefused, WeChatUnavailable
from app.wechat.transport import TIMEOUT_SECONDS, session

PATH = "/cgi-bin/stable_token"
MARGIN_SECONDS = 300
SHORTEST_SECONDS = 60
LOCK_SECONDS = 15
WITHOUT_REDIS_SECONDS = 60
BUSY = frozenset({"-1", "45009", "45011", "50004", "50007"})


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and for how many seconds it may be kept."""

    value: str
    seconds: int


def access_token() -> str:
    """The token in use. Raises WeChatUnavailable, WeChatRefused (wrong secret, frozen, …)."""
    return _shared() or _single_flight(None)


def renewed_token(stale: str) -> str:
    """Another token than `stale`, which WeChat just refused. Raises like `access_token`."""
    current = _shared()
    return current if current and current != stale else _single_flight(stale)


_process_lock = threading.Lock()
_own: dict[str, tuple[float, str]] = {}


def _single_flight(stale: str | None) -> str:
    try:
        with _redis().lock(_name("lock"), timeout=LOCK_SECONDS, blocking_timeout=LOCK_SECONDS):
            return _look_again_or_fetch(stale, _keep)
    except RedisError:
        with _process_lock:
            return _look_again_or_fetch(stale, _keep_in_process)


def _look_again_or_fetch(stale: str | None, keep: Callable[[Token], None]) -> str:
    current = _shared()
    if current and current != stale:
        return current
    token = _fetch(force=False)
    if token.value == stale:  # WeChat still hands out what it refuses: ask for another, once
        token = _fetch(force=True)
    keep(token)
    return token.value


def _shared() -> str | None:
    try:
        sealed = _redis().get(_name("value"))
    except RedisError:
        until, value = _own.get(settings().wechat_oa_app_id, (0.0, ""))
        return value if time.monotonic() < until else None
    if not isinstance(sealed, bytes):
        return None
    try:
        return decrypt(sealed.decode(), _name("value"))
    except (Undecryptable, ValueError):
        return None


def _keep(token: Token) -> None:
    sealed = encrypt(token.value, _name("value"))
    _redis().set(_name("value"), sealed, ex=token.seconds)


def _keep_in_process(token: Token) -> None:
    seconds = min(WITHOUT_REDIS_SECONDS, token.seconds)
    _own[settings().wechat_oa_app_id] = (time.monotonic() + seconds, token.value)


def _fetch(*, force: bool) -> Token:
    body: dict[str, Any] = {
        "grant_type": "client_credential",
        "appid": settings().wechat_oa_app_id,
        "secret": settings().wechat_oa_secret.get_secret_value(),
    }
    body |= {"force_refresh": True} if force else {}
    try:
        address = settings().wechat_api_base + PATH
        answer = session().post(address, json=body, timeout=TIMEOUT_SECONDS)
        fields = answer.json()
        value, seconds = fields.get("access_token"), int(fields.get("expires_in", 0))
    except (requests.RequestException, ValueError, TypeError, AttributeError):
        raise WeChatUnavailable("no access token was answered") from None
    if not isinstance(value, str) or not value:
        raise _refusal(fields)
    return Token(value, max(seconds - MARGIN_SECONDS, SHORTEST_SECONDS))


def _refusal(fields: dict[str, Any]) -> Exception:
    code = str(fields.get("errcode", ""))
    if not code or code in BUSY:
        return WeChatUnavailable(f"no access token: {code}")
    return WeChatRefused(code, str(fields.get("errmsg", "")))


def _name(part: str) -> str:
    return f"lianhui:wechat:token:{settings().wechat_oa_app_id}:{part}"


def _redis() -> Redis:
    return _connection(settings().redis_url)


@lru_cache(maxsize=2)
def _connection(address: str) -> Redis:
    return connect_redis()
