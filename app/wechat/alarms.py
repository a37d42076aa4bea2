"""What only the operator can mend at WeChat (IP whitelist, secrets, rights): known until mended.

Shared through Redis by app (or merchant) and path; gone with the first call of that path which
succeeds, else after a day. Without Redis each process knows its own.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from redis.exceptions import RedisError

from app.core.world import now
from app.wechat.shared import redis

log = structlog.get_logger()
KEY = "lianhui:wechat:alarms"
KEEP_SECONDS = 24 * 3600
LOOK_SECONDS = 5.0  # how late a process may learn of another's alarm

Known = dict[str, tuple[str, float]]  # "owner path" -> WeChat's code, Unix time


@dataclass(frozen=True, slots=True)
class Alarm:
    """`owner` (app id or merchant number) was refused `path` with WeChat's `code`, last then."""

    owner: str
    path: str
    code: str
    at: datetime


@dataclass(slots=True)
class _Look:
    """What this process saw last; `own` is what Redis did not take."""

    until: float
    known: Known
    own: Known


_look = _Look(0.0, {}, {})


def sound(owner: str, path: str, code: str) -> None:
    """Notes that a call was refused for what only the operator can mend."""
    log.error("wechat_misconfigured", owner=owner, path=path, wechat_code=code)
    name, value = f"{owner} {path}", (code, now().timestamp())
    try:
        redis().hset(KEY, name, json.dumps(value))
        redis().expire(KEY, KEEP_SECONDS)
    except RedisError:
        _look.own[name] = value
    _look.until = 0.0


def calm(owner: str, path: str) -> None:
    """A call succeeded: whatever was wrong with it is mended. Costs nothing without an alarm."""
    name = f"{owner} {path}"
    if name not in _seen():
        return
    log.info("wechat_configured", owner=owner, path=path)
    _look.own.pop(name, None)
    _look.known.pop(name, None)
    try:
        redis().hdel(KEY, name)
    except RedisError:
        _look.until = 0.0


def standing() -> list[Alarm]:
    """What waits for the operator, the newest first."""
    _look.until = 0.0
    found = []
    for name, (code, at) in _seen().items():
        owner, _, path = name.partition(" ")
        found.append(Alarm(owner, path, code, datetime.fromtimestamp(at, UTC)))
    return sorted(found, key=lambda alarm: alarm.at, reverse=True)


def count() -> int:
    """How many paths are refused for what only the operator can mend."""
    return len(standing())


def by_code() -> dict[tuple[str, ...], int]:
    """The same as ones by owner, path and WeChat's code, for /metrics."""
    return {(alarm.owner, alarm.path, alarm.code): 1 for alarm in standing()}


def forget() -> None:
    """Drops all alarms, as after a change of accounts."""
    _look.own.clear()
    _look.until = 0.0
    try:
        redis().delete(KEY)
    except RedisError:
        _look.known.clear()


def _seen() -> Known:
    """All alarms of the last day, as of LOOK_SECONDS ago at most."""
    if time.monotonic() >= _look.until:
        try:
            stored: Any = redis().hgetall(KEY)
            _look.known = {name.decode(): tuple(json.loads(one)) for name, one in stored.items()}
        except RedisError:
            _look.known = {}
        _look.until = time.monotonic() + LOOK_SECONDS
    oldest = now().timestamp() - KEEP_SECONDS
    every = _look.known | _look.own
    return {name: one for name, one in every.items() if one[1] > oldest}
