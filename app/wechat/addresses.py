"""Where WeChat is. No other file of the product builds one of WeChat's addresses."""

from __future__ import annotations

from app.core.config import settings


def api(path: str = "") -> str:
    """The official account's and the mini-program's calls; `path` begins with a slash."""
    return settings().wechat_api_base.rstrip("/") + path


def ticket_picture() -> str:
    """Where the picture of a parametric code is (WeChat fact B3)."""
    return settings().wechat_mp_base.rstrip("/") + "/cgi-bin/showqrcode"


def consent_page() -> str:
    """Where a browser inside WeChat is sent to log in (WeChat fact B10)."""
    return settings().wechat_open_base.rstrip("/") + "/connect/oauth2/authorize"


def pay() -> str:
    """WeChat Pay v3, without a slash at its end."""
    return settings().wechat_pay_base.rstrip("/")


def scanned(mark: str) -> tuple[str, ...]:
    """What a parametric code may hold whose address ends with this mark (WeChat fact B3)."""
    return tuple(f"{scheme}://weixin.qq.com/q/{mark}" for scheme in ("http", "https"))
