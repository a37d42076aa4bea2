"""Secrets that all processes share: access tokens and page tickets, fetched by one at a time.

Kept in Redis, encrypted. Threads of one process join the same flight and share its end, also its
error; processes take turns by a lock. Without Redis each process keeps its own for a minute:
WeChat answers the same stable token while it is valid (fact B1), so that costs calls, not
correctness.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FlightTooLong
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from redis import Redis
from redis.exceptions import RedisError
from redis.lock import Lock

from app.core.config import settings
from app.core.crypto import Undecryptable, decrypt, encrypt
from app.core.relay import connect_redis
from app.wechat.errors import WeChatRefused, WeChatUnavailable

LOCK_SECONDS = 45  # longer than two fetches that time out
WAIT_SECONDS = 30.0
LOOK_SECONDS = 0.05
WITHOUT_REDIS_SECONDS = 60
FORCED_APART_SECONDS = 60  # WeChat itself forces at most every 30 s, 20 times a day (fact B1)
REFUSED_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Secret:
    """A value and for how many seconds it may be kept."""

    value: str
    seconds: int


def redis() -> Redis:
    """The connection of this room; gives up within seconds."""
    return _connection(settings().redis_url)


class Shared:
    """One secret under `name`. `fetch(is_forced)` gets it from WeChat; forcing makes a new one.

    `fetch` raises WeChatUnavailable or WeChatRefused. A refusal is remembered for some seconds:
    WeChat shuts out servers that keep asking with a wrong secret.
    """

    def __init__(self, name: str, fetch: Callable[[bool], Secret]) -> None:
        self._name = f"lianhui:wechat:{name}"
        self._fetch = fetch

    def current(self) -> str:
        """The value in use. Raises what `fetch` raises."""
        return self._kept() or self._join(None)

    def renewed(self, stale: str) -> str:
        """Another value than `stale`, which WeChat just refused. Raises like `current`."""
        kept = self._kept()
        return kept if kept and kept != stale else self._join(stale)

    def kept(self) -> str | None:
        """The value as it is kept; fetches nothing."""
        return self._kept()

    def refetch(self) -> str:
        """Fetches a value anew though there is one, and keeps it. Raises what `fetch` raises."""
        secret = self._fetch(False)
        self._keep(secret)
        return secret.value

    def forget(self) -> None:
        """Drops the value everywhere and what was remembered of failures."""
        _own.pop(self._name, None)
        _refused.pop(self._name, None)
        _forced.pop(self._name, None)
        with suppress(RedisError):
            redis().delete(self._name, f"{self._name}:forced", f"{self._name}:lock")

    def _join(self, stale: str | None) -> str:
        flight, is_pilot = _flight((os.getpid(), self._name, stale))
        if not is_pilot:
            try:
                return flight.result(WAIT_SECONDS + LOCK_SECONDS)
            except FlightTooLong:
                raise WeChatUnavailable("the token takes too long") from None
        try:
            value = self._fly(stale)
        except BaseException as error:
            _land((os.getpid(), self._name, stale))
            flight.set_exception(error)
            raise
        _land((os.getpid(), self._name, stale))
        flight.set_result(value)
        return value

    def _fly(self, stale: str | None) -> str:
        """Waits for its turn among the processes, unless another fetched meanwhile."""
        until = time.monotonic() + WAIT_SECONDS
        while True:
            kept = self._kept()
            if kept and kept != stale:
                return kept
            lock, is_mine = self._try_lock()
            if is_mine:
                break
            if time.monotonic() > until:
                raise WeChatUnavailable("another process does not finish fetching")
            time.sleep(LOOK_SECONDS)
        try:
            kept = self._kept()
            return kept if kept and kept != stale else self._fetch_other_than(stale)
        finally:
            _release(lock)

    def _fetch_other_than(self, stale: str | None) -> str:
        self._raise_remembered()
        try:
            secret = self._fetch(False)
            if secret.value == stale:  # WeChat still hands out what it refuses
                secret = self._forced()
        except WeChatRefused as refusal:
            _refused[self._name] = (time.monotonic() + REFUSED_SECONDS, refusal)
            raise
        self._keep(secret)
        return secret.value

    def _forced(self) -> Secret:
        if not self._may_force():
            raise WeChatUnavailable("WeChat refuses what it just issued", retry_after=30)
        return self._fetch(True)

    def _may_force(self) -> bool:
        try:
            name = f"{self._name}:forced"
            return bool(redis().set(name, b"1", nx=True, ex=FORCED_APART_SECONDS))
        except RedisError:
            moment = time.monotonic()
            if moment < _forced.get(self._name, moment):
                return False
            _forced[self._name] = moment + FORCED_APART_SECONDS
            return True

    def _raise_remembered(self) -> None:
        until, refusal = _refused.get(self._name, (0.0, None))
        if refusal is not None and time.monotonic() < until:
            raise type(refusal)(refusal.wechat_code, refusal.wechat_message)

    def _kept(self) -> str | None:
        try:
            sealed = redis().get(self._name)
        except RedisError:
            until, value = _own.get(self._name, (0.0, ""))
            return value if time.monotonic() < until else None
        if not isinstance(sealed, bytes):
            return None
        try:
            return decrypt(sealed.decode(), self._name)
        except (Undecryptable, ValueError):
            return None

    def _keep(self, secret: Secret) -> None:
        seconds = min(WITHOUT_REDIS_SECONDS, secret.seconds)
        _own[self._name] = (time.monotonic() + seconds, secret.value)
        with suppress(RedisError):  # it is kept in this process, then
            redis().set(self._name, encrypt(secret.value, self._name), ex=secret.seconds)

    def _try_lock(self) -> tuple[Lock | None, bool]:
        """The lock among processes and whether it is ours; without Redis there is none."""
        try:
            lock = redis().lock(f"{self._name}:lock", timeout=LOCK_SECONDS, thread_local=False)
            return lock, bool(lock.acquire(blocking=False))
        except RedisError:
            return None, True


_flights_lock = threading.Lock()
_flights: dict[tuple[int, str, str | None], Future[str]] = {}
_own: dict[str, tuple[float, str]] = {}
_refused: dict[str, tuple[float, WeChatRefused]] = {}
_forced: dict[str, float] = {}


def _flight(key: tuple[int, str, str | None]) -> tuple[Future[str], bool]:
    with _flights_lock:
        found = _flights.get(key)
        if found is not None:
            return found, False
        made: Future[str] = Future()
        _flights[key] = made
        return made, True


def _land(key: tuple[int, str, str | None]) -> None:
    with _flights_lock:
        _flights.pop(key, None)


def _release(lock: Lock | None) -> None:
    with suppress(RedisError):  # where it ran out, or Redis went away, it ends by itself
        if lock is not None:
            lock.release()


@lru_cache(maxsize=2)
def _connection(address: str) -> Redis:
    return connect_redis()
