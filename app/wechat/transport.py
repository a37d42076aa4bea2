"""The HTTP connections to WeChat: one session for each process, limited in time and in size.

It repeats nothing: whether a call may be made again depends on what it does.
"""

from __future__ import annotations

import logging
import os
import time
from functools import lru_cache
from typing import Any

import requests
from flask import g, has_app_context
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

TIMEOUT_SECONDS = (3.0, 10.0)  # to connect, to wait for each part of an answer
WHOLE_ANSWER_SECONDS = 20.0
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
PART_BYTES = 64 * 1024
NEVER_SENT = (ConnectTimeoutError, NewConnectionError)

# Addresses of calls to WeChat carry secrets and tokens; urllib3 would log them.
logging.getLogger("urllib3").setLevel(logging.WARNING)


class AnswerTooLong(requests.RequestException):
    """An answer is larger, or trickles in more slowly, than any of WeChat's."""


class _Session(requests.Session):
    """Reads the whole answer within WHOLE_ANSWER_SECONDS, however slowly it trickles in."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        until = time.monotonic() + WHOLE_ANSWER_SECONDS
        answer = super().send(request, **options | {"stream": True, "allow_redirects": False})
        try:
            answer._content = _whole(answer, until)
            answer._content_consumed = True  # type: ignore[attr-defined]
        except HTTPError as error:
            raise requests.ConnectionError(error, request=request) from None
        finally:
            answer.close()
        return answer


def _whole(answer: requests.Response, until: float) -> bytes:
    parts, size = [], 0
    while part := answer.raw.read1(PART_BYTES, decode_content=True):
        size += len(part)
        parts.append(part)
        if size > LARGEST_ANSWER_BYTES or time.monotonic() > until:
            raise AnswerTooLong("the answer does not end")
    return b"".join(parts)


def session() -> requests.Session:
    """The session of this process; a forked child gets its own.

    Raises RuntimeError inside a unit of work: no lock may be held while WeChat thinks.
    """
    if has_app_context() and g.get("in_transaction"):
        raise RuntimeError("WeChat must not be called while a unit of work is open")
    return _session(os.getpid())


def was_sent(error: requests.RequestException) -> bool:
    """Whether WeChat may have received the request that failed with `error`."""
    if isinstance(error, requests.ConnectTimeout):
        return False
    cause = error.args[0] if error.args else None
    return not isinstance(getattr(cause, "reason", cause), NEVER_SENT)


@lru_cache(maxsize=2)
def _session(process_id: int) -> requests.Session:
    opened = _Session()
    opened.trust_env = False
    return opened
