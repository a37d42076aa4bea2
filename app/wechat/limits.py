"""WeChat's limits: how often each path was called today, and which paths wait (WeChat fact B2).

Counts and pauses are shared through Redis; without it each process knows its own, which is
enough not to storm. A path that WeChat closed is not called until it opens: 45009 closes it
until the next Beijing midnight, 45011 for about a minute, a little longer for some than others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.core.world import beijing_day, chance, now, start_of_beijing_day
from app.wechat.errors import Paused, QuotaUsedUp
from app.wechat.shared import redis

T = TypeVar("T")
log = structlog.get_logger()
PAUSED = "lianhui:wechat:paused"
COUNTS = "lianhui:wechat:calls:{day}"
CLEARED = "lianhui:wechat:cleared:{app_id}:{month}"
KEEP_COUNTS_SECONDS = 3 * 24 * 3600
KEEP_CLEARED_SECONDS = 40 * 24 * 3600
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 60, 90
CLEARINGS_A_MONTH = 10  # clear_quota itself is limited (fact B2, 48006)

Pause = tuple[str, float]  # "day" or "minute", and its end as a Unix time in seconds
NO_PAUSE: Pause = ("", 0.0)
_own_counts: dict[str, dict[str, int]] = {}  # what is counted here is what Redis did not take
_own_pauses: dict[str, Pause] = {}


def admit(app_id: str, path: str) -> None:
    """Counts a call that is about to be made. Raises Paused or QuotaUsedUp: it must not be."""
    name, day = _name(app_id, path), beijing_day(now()).isoformat()
    word, until = _with_redis(
        lambda store: _count(store, day, name), lambda: _count_here(day, name)
    )
    if now().timestamp() < until:
        raise _paused(word, path, until)


def close(app_id: str, path: str, kind: type[Paused]) -> Paused:
    """Closes a path as WeChat asked for, for everybody; the error to raise."""
    moment = now()
    if issubclass(kind, QuotaUsedUp):
        until = start_of_beijing_day(beijing_day(moment) + timedelta(days=1))
    else:
        spread = LONGEST_PAUSE_SECONDS - SHORTEST_PAUSE_SECONDS
        until = moment + timedelta(seconds=SHORTEST_PAUSE_SECONDS + spread * chance())
    name, word = _name(app_id, path), "day" if issubclass(kind, QuotaUsedUp) else "minute"
    log.error("wechat_path_closed", path=path, limit=word, until=until.isoformat())
    _own_pauses[name] = (word, until.timestamp())
    _with_redis(lambda store: store.hset(PAUSED, name, f"{word} {until.timestamp()}"), lambda: 0)
    return _paused(word, path, until.timestamp())


def reopen(app_id: str) -> None:
    """Opens every path of an app: WeChat cleared its counts."""
    own = [name for name in _pauses() if name.startswith(f"{app_id} ")]
    for name in own:
        _own_pauses.pop(name, None)
    if own:
        _with_redis(lambda store: store.hdel(PAUSED, *own), lambda: 0)


def paused() -> int:
    """How many paths wait because WeChat closed them."""
    moment = now().timestamp()
    return sum(until > moment for _, until in _pauses().values())


def counts_today() -> dict[str, int]:
    """How often each path was called since Beijing midnight, as `app-id path` → calls."""
    day = beijing_day(now()).isoformat()
    nothing: Any = {}
    found: Any = _with_redis(lambda store: store.hgetall(COUNTS.format(day=day)), lambda: nothing)
    here = _own_counts.get(day, {})
    names = {name.decode() for name in found} | set(here)
    return {name: int(found.get(name.encode(), 0)) + here.get(name, 0) for name in sorted(names)}


def calls_today() -> dict[tuple[str, ...], int]:
    """The same as numbers by app and path."""
    return {tuple(name.split(" ", 1)): count for name, count in counts_today().items()}


def clearings_left(app_id: str) -> int | None:
    """How often an app's counts may be cleared in this month of Beijing; None without Redis."""
    name = CLEARED.format(app_id=app_id, month=f"{beijing_day(now()):%Y-%m}")
    used = _with_redis(lambda store: int(store.get(name) or 0), lambda: None)
    return None if used is None else max(CLEARINGS_A_MONTH - used, 0)


def note_clearing(app_id: str) -> None:
    """Counts a use of clear_quota."""
    name = CLEARED.format(app_id=app_id, month=f"{beijing_day(now()):%Y-%m}")

    def count(store: Redis) -> None:
        store.incr(name)
        store.expire(name, KEEP_CLEARED_SECONDS)

    _with_redis(count, lambda: None)


def forget() -> None:
    """Drops all counts and pauses, as after a change of accounts."""
    _own_counts.clear()
    _own_pauses.clear()
    day = beijing_day(now()).isoformat()
    _with_redis(lambda store: store.delete(PAUSED, COUNTS.format(day=day)), lambda: 0)


def _pauses() -> dict[str, Pause]:
    def shared(store: Redis) -> dict[str, Pause]:
        found: Any = store.hgetall(PAUSED)
        return {name.decode(): _read(value) for name, value in found.items()}

    return _with_redis(shared, lambda: dict(_own_pauses))


def _read(value: bytes | None) -> Pause:
    if not value:
        return NO_PAUSE
    word, _, until = value.decode().partition(" ")
    return word, float(until)


def _paused(word: str, path: str, until: float) -> Paused:
    moment = datetime.fromtimestamp(until, UTC)
    kind = QuotaUsedUp if word == "day" else Paused
    seconds = max(1, int(until - now().timestamp()) + 1)
    return kind(f"WeChat limits {path}", moment, seconds)


def _count(store: Redis, day: str, name: str) -> Pause:
    """Counts the call and tells how long the path is paused, in one round trip."""
    counts = COUNTS.format(day=day)
    pipeline = store.pipeline(transaction=False)
    pipeline.hget(PAUSED, name)
    pipeline.hincrby(counts, name, 1)
    pipeline.expire(counts, KEEP_COUNTS_SECONDS)
    pause = _read(pipeline.execute()[0])
    if now().timestamp() < pause[1]:
        store.hincrby(counts, name, -1)
    return pause


def _count_here(day: str, name: str) -> Pause:
    for old in set(_own_counts) - {day}:
        _own_counts.pop(old, None)
    pause = _own_pauses.get(name, NO_PAUSE)
    if now().timestamp() >= pause[1]:
        counts = _own_counts.setdefault(day, {})
        counts[name] = counts.get(name, 0) + 1
    return pause


def _name(app_id: str, path: str) -> str:
    return f"{app_id} {path}"


def _with_redis(work: Callable[[Redis], T], otherwise: Callable[[], T]) -> T:
    try:
        return work(redis())
    except RedisError:
        return otherwise()
