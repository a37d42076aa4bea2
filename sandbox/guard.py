"""Who may work the sandbox: pages of its own, and programs; no other site in the same browser.

Simulated people, money and the clock are behind no login, so two things are looked at on every
request that is not WeChat's own API: `Host` (a name that somebody else lets point to this
machine is refused) and where a browser says the request comes from.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request

from sandbox.strikes import WECHAT
from sandbox.world import world

LOOPBACK_NAMES = frozenset({"localhost"})
LOOKING = ("GET", "HEAD")
DESK = "/__ctl"
FOREIGN = ("cross-site", "same-site")


def install(app: Flask) -> None:
    """Look at every request before anything else does."""
    app.before_request(check)


def check() -> tuple[Response, int] | None:
    """403 for a foreign name or a foreign site; None lets the request pass."""
    if request.path.startswith(WECHAT):
        return None  # guarded by secrets, tokens and signatures, as the real ones are
    if not _is_own_name(urlsplit(f"//{request.host}").hostname or ""):
        return _refused("foreign_host", "请用本机地址访问，或在 SANDBOX_HOSTS 中写明主机名")
    origin = request.headers.get("Origin")
    if origin is not None and request.method not in LOOKING:
        if urlsplit(origin).netloc != request.host:
            return _refused("foreign_origin", "只能从本页面操作")
    elif request.path.startswith(DESK) and request.headers.get("Sec-Fetch-Site") in FOREIGN:
        return _refused("foreign_origin", "只能从本页面操作")
    return None


def _is_own_name(name: str) -> bool:
    """Whether a browser that was told this name can only mean us: addresses cannot be rebound."""
    if name.lower() in LOOPBACK_NAMES | world().accounts.hosts:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _refused(code: str, message: str) -> tuple[Response, int]:
    return jsonify(error=code, message=message), 403
