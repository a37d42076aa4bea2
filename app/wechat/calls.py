"""How the official account and the mini-program are called: the guard around wechatpy.

Each call has the account's shared token, renewed once where it is stale; is held back while
WeChat limits its path; is bounded in time; and ends in fields, a picture or a typed error.
Repeated at once, a little later each time, is only what is safe: what WeChat says it was too
busy for (-1), and reads whose answer got lost. A budget for each process keeps that from
becoming a storm: ten repetitions in a row at most, and then one for ten calls that succeed.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, TypeVar

import requests
import structlog
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from app.core.world import chance
from app.wechat import addresses, alarms, limits
from app.wechat.error_codes import kind_of
from app.wechat.errors import (
    Busy,
    Misconfigured,
    Paused,
    TokenStale,
    WeChatRefused,
    WeChatUnavailable,
)
from app.wechat.tokens import Account, access_token, app_id_of, renewed_token
from app.wechat.transport import TIMEOUT_SECONDS, session, was_sent

T = TypeVar("T")
Fields = dict[str, Any]
log = structlog.get_logger()
MOST_TRIES = 3
FIRST_PAUSE_SECONDS = 0.15
MOST_SAVED = 10.0
SAVED_FOR_EACH_SUCCESS = 0.1
LARGEST_PICTURE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `is_repeatable`: it changes nothing, so that it may be made twice."""

    account: Account
    method: Literal["get", "post"]
    path: str
    parameters: Fields = field(default_factory=dict)
    data: Fields | None = None
    is_repeatable: bool = False


class _Client(WeChatClient):  # type: ignore[misc]  # wechatpy is untyped
    """wechatpy with our base address; it neither fetches tokens nor repeats calls by itself."""

    def __init__(self, base: str) -> None:
        super().__init__("", "", timeout=TIMEOUT_SECONDS, auto_retry=False)
        self.API_BASE_URL = base

    def fetch_access_token(self) -> None:
        raise NotImplementedError("tokens come from app.wechat.tokens")


class _Budget:
    """How many repetitions this process may make; successes earn it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._saved = MOST_SAVED

    def earn(self) -> None:
        with self._lock:
            self._saved = min(MOST_SAVED, self._saved + SAVED_FOR_EACH_SUCCESS)

    def spend(self) -> bool:
        with self._lock:
            if self._saved < 1:
                return False
            self._saved -= 1
            return True


budget = _Budget()


def post(account: Account, path: str, data: Fields, *, is_repeatable: bool = False) -> Fields:
    """POSTs `data` to `path` as one of our two apps; the answer's fields.

    Raises WeChatRefused or what it is in particular (app/wechat/error_codes.py), Paused while
    WeChat limits the path, WeChatUnavailable.
    """
    return _fields(_with_token(Call(account, "post", path, {}, data, is_repeatable)))


def get(account: Account, path: str, parameters: Fields) -> Fields:
    """GETs `path` as one of our two apps, repeating it if need be; raises like `post`."""
    return _fields(_with_token(Call(account, "get", path, parameters, None, True)))


def post_for_picture(account: Account, path: str, data: Fields) -> bytes:
    """POSTs for a picture: WeChat answers one, or an error as JSON. Raises like `post`."""
    answer = _with_token(Call(account, "post", path, {}, data, True))
    return _picture(answer) if isinstance(answer, requests.Response) else _no_picture()


def get_without_token(account: Account, path: str, parameters: Fields) -> Fields:
    """GETs `path` with what proves itself: a secret, or a person's token (facts B10, C1).

    Not repeated when its answer got lost: the codes in it work once. Raises like `post`.
    """
    call = Call(account, "get", path, {"access_token": None} | parameters)
    return _fields(_patiently(call, lambda: _once(call, call.parameters)))


def get_picture(address: str, parameters: Fields) -> bytes:
    """GETs a public picture. Raises WeChatRefused (404), WeChatUnavailable."""
    try:
        answer = session().get(address, params=parameters, timeout=TIMEOUT_SECONDS)
    except requests.RequestException:
        raise WeChatUnavailable("no picture was answered") from None
    if answer.status_code == 404:
        raise WeChatRefused(404, "there is no such picture")
    if answer.status_code != 200:
        _no_picture()
    return _picture(answer)


def _with_token(call: Call) -> Any:
    token = access_token(call.account)
    try:
        return _with(call, token)
    except TokenStale:
        log.info("wechat_token_stale", path=call.path)
    try:
        return _with(call, renewed_token(token, call.account))
    except TokenStale:
        raise WeChatUnavailable("WeChat refuses a token it just issued") from None


def _with(call: Call, token: str) -> Any:
    return _patiently(call, lambda: _once(call, call.parameters | {"access_token": token}))


def _patiently(call: Call, send: Callable[[], T]) -> T:
    """Sends until there is an end that repeating would not change, MOST_TRIES times at most."""
    for attempt in range(MOST_TRIES):
        try:
            answer = send()
        except Paused:
            raise
        except WeChatUnavailable as away:
            if attempt + 1 == MOST_TRIES or not _may_repeat(call, away) or not budget.spend():
                raise
            time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * (0.5 + chance()))
        else:
            budget.earn()
            return answer
    raise AssertionError("the last try ends in an answer or in an error")


def _may_repeat(call: Call, away: WeChatUnavailable) -> bool:
    return call.is_repeatable or isinstance(away, Busy)


def _once(call: Call, parameters: Fields) -> Any:
    """One call of wechatpy. Its errors carry the address with secrets in it: not chained."""
    app_id = app_id_of(call.account)
    limits.admit(app_id, call.path)
    options: Fields = {"params": parameters}
    if call.data is not None:
        options["data"] = call.data
    try:
        answer = getattr(_client(), call.method)(call.path, **options)
    except WeChatClientException as refusal:
        code, message = refusal.errcode, str(refusal.errmsg)
    except requests.RequestException as error:
        arrived = was_sent(error)
        raise WeChatUnavailable("WeChat did not answer", may_have_arrived=arrived) from None
    except (ValueError, TypeError):
        raise WeChatUnavailable("WeChat's answer is broken", may_have_arrived=True) from None
    else:
        alarms.calm(app_id, call.path)
        return answer
    if code is None:
        raise WeChatUnavailable("WeChat answered with an HTTP error", may_have_arrived=True)
    raise _error(app_id, call.path, str(code), message)


def _error(app_id: str, path: str, code: str, message: str) -> Exception:
    kind = kind_of(code)
    if issubclass(kind, Paused):
        return limits.close(app_id, path, kind)
    if issubclass(kind, WeChatUnavailable):
        return kind(f"WeChat answered {code}")
    if issubclass(kind, Misconfigured):
        alarms.sound(app_id, path, code)
    return kind(code, message)


def _fields(answer: Any) -> Fields:
    if not isinstance(answer, dict):
        raise WeChatUnavailable("the answer is not JSON", may_have_arrived=True)
    return answer


def _picture(answer: requests.Response) -> bytes:
    is_picture = answer.headers.get("Content-Type", "").startswith("image/")
    if not is_picture or not 0 < len(answer.content) <= LARGEST_PICTURE_BYTES:
        _no_picture()
    return bytes(answer.content)


def _no_picture() -> bytes:
    raise WeChatUnavailable("the answer is not a picture")


def _client() -> _Client:
    found = _clients(os.getpid(), addresses.api())
    found._http = session()
    return found


@lru_cache(maxsize=4)
def _clients(process_id: int, base: str) -> _Client:
    return _Client(base)
