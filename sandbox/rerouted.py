"""For a client of your own: it keeps WeChat's addresses, only the last step leads to the sandbox.

Many clients have WeChat's addresses written into them, wechatpy and wechatpayv3 among them. The
sandbox itself does not use this.
"""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter

HOSTS = ("api.weixin.qq.com", "mp.weixin.qq.com", "open.weixin.qq.com", "api.mch.weixin.qq.com")


class Rerouted(HTTPAdapter):
    """Sends to `base` what was meant for WeChat; path, query, headers and body stay as they are."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> Any:
        request.url = self._base + request.path_url
        return super().send(request, *args, **more)


def reroute(session: requests.Session, base: str) -> requests.Session:
    """The same session; whatever it asks of WeChat's hosts is asked of `base` (an origin)."""
    session.trust_env = False
    for host in HOSTS:
        session.mount(f"https://{host}", Rerouted(base))
    return session
