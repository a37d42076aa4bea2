"""A browser inside WeChat: it keeps cookies, and somebody with a phone looks at it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.wechat.pretend import Sandbox


class Browser:
    """What one person opens in WeChat's own browser."""

    def __init__(self, sandbox: Sandbox, phone: dict[str, Any] | None = None) -> None:
        self.phone = phone or sandbox.phone()
        self.base, self._web = f"{sandbox.product_url}/api/v1", requests.Session()

    def get(self, address: str, **query: Any) -> requests.Response:
        return self._web.get(address, params=query, allow_redirects=False, timeout=30)

    def start(self, **query: Any) -> str:
        """Opens the link of a login; where it is sent to."""
        answer = self.get(f"{self.base}/oauth/start", **query)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])

    def consent(self, address: str, **more: Any) -> str:
        """Says yes on WeChat's page; the address of ours that WeChat sends back to."""
        page = address.partition("#")[0]
        answer = requests.get(
            page, {"phone": self.phone["id"]} | more, allow_redirects=False, timeout=30
        )
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])

    def log_in(self, snapshot: str = "", **query: Any) -> requests.Response:
        """The whole way; the answer to the page's request for a session."""
        more = {"snapshot": snapshot} if snapshot else {}
        back = self.get(self.consent(self.start(**query), **more))
        assert back.status_code == 302, back.text
        return self.session()

    def session(self) -> requests.Response:
        return self._web.post(f"{self.base}/oauth/session", timeout=30)

    def cookies(self) -> requests.cookies.RequestsCookieJar:
        return self._web.cookies


def state_of(address: str) -> str:
    """The `state` within an address."""
    return parse_qs(urlsplit(address).query)["state"][0]
