"""The HTTP connections to WeChat: one session for each process, with time limits and no retries.

A repetition is the caller's decision: it alone knows whether the call moves money.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache

import requests
from flask import g, has_app_context
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

TIMEOUT_SECONDS = (3.0, 10.0)  # to connect, to read
NEVER_SENT = (ConnectTimeoutError, NewConnectionError)

# Addresses of calls to WeChat carry secrets and tokens; urllib3 would log them.
logging.getLogger("urllib3").setLevel(logging.WARNING)


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
    opened = requests.Session()
    opened.trust_env = False
    return opened
