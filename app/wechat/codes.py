"""Codes and links that lead to us: parametric codes, mini-program codes, links and schemes.

WeChat facts B3, C4, C7. None of these may run while a unit of work is open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from app.core.world import now
from app.wechat import addresses, calls
from app.wechat.answers import text
from app.wechat.errors import WeChatUnavailable

Version = Literal["release", "trial", "develop"]
LONGEST_TICKET_SECONDS = 30 * 24 * 3600
LONGEST_SCENE = 64
MINI_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}")
PAGE = re.compile(r"[0-9A-Za-z_\-][0-9A-Za-z_/\-]{0,127}")
NARROWEST, WIDEST = 280, 1280
LONGEST_QUERY = 1024
MOST_LINK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Ticket:
    """A parametric code of the official account. `url` is what its picture says; a permanent
    one has no `expires_at` (UTC)."""

    ticket: str
    url: str
    expires_at: datetime | None


def create_qrcode_ticket(scene: str, expire_seconds: int | None) -> Ticket:
    """A parametric code for `scene` (1–64 characters), for at most 30 days, or permanent with
    None: of those an account has 100,000 in all and they cannot be deleted (fact B3).

    Raises WeChatUnavailable, WeChatRefused.
    """
    if not 1 <= len(scene) <= LONGEST_SCENE:
        raise ValueError("a scene has 1 to 64 characters")
    asked_at = now()
    request: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
    if expire_seconds is None:
        request["action_name"] = "QR_LIMIT_STR_SCENE"
    else:
        request["action_name"] = "QR_STR_SCENE"
        request["expire_seconds"] = min(expire_seconds, LONGEST_TICKET_SECONDS)
    is_temporary = expire_seconds is not None
    path = "/cgi-bin/qrcode/create"
    answer = calls.post("official", path, request, is_repeatable=is_temporary)
    seconds = answer.get("expire_seconds")
    expires_at = asked_at + timedelta(seconds=seconds) if isinstance(seconds, int) else None
    if is_temporary and expires_at is None:
        raise WeChatUnavailable("a temporary code was answered without its end")
    return Ticket(text(answer, "ticket"), text(answer, "url"), expires_at)


def fetch_ticket_picture(ticket: str) -> bytes:
    """WeChat's own picture (JPEG) of a parametric code. Raises WeChatRefused, WeChatUnavailable."""
    return calls.get_picture(addresses.ticket_picture(), {"ticket": ticket})


def mini_program_code(
    scene: str,
    page: str | None = None,
    *,
    version: Version = "release",
    is_page_checked: bool = True,
    width: int = 430,
    is_transparent: bool = False,
) -> bytes:
    """The picture of an unlimited, permanent mini-program code (fact C4).

    `scene` has 1–32 characters of WeChat's list; `page` names a page without a slash before it
    (None: the first page) and must be published, unless `is_page_checked` is off. `width` in
    pixels, 280–1280. Raises ValueError, DataInvalid (41030: not published), WeChatRefused,
    WeChatUnavailable.
    """
    if not MINI_SCENE.fullmatch(scene):
        raise ValueError("a scene has 1 to 32 of the characters WeChat allows")
    if page is not None and not PAGE.fullmatch(page):
        raise ValueError("a page has no slash before it and no query")
    if not NARROWEST <= width <= WIDEST:
        raise ValueError(f"a code is {NARROWEST} to {WIDEST} pixels wide")
    wish: dict[str, Any] = {
        "scene": scene,
        "check_path": is_page_checked,
        "env_version": version,
        "width": width,
        "is_hyaline": is_transparent,
    }
    wish |= {"page": page} if page else {}
    return calls.post_for_picture("mini", "/wxa/getwxacodeunlimit", wish)


def url_link(
    page: str = "", query: str = "", *, days: int = MOST_LINK_DAYS, version: Version = "release"
) -> str:
    """An https link that opens the mini-program from anywhere, for 1–30 days (fact C7).

    Raises ValueError, QuotaUsedUp, DataInvalid, WeChatRefused, WeChatUnavailable.
    """
    wish = _target(page, query) | _end(days) | {"env_version": version}
    return text(calls.post("mini", "/wxa/generate_urllink", wish), "url_link")


def url_scheme(
    page: str = "", query: str = "", *, days: int = MOST_LINK_DAYS, version: Version = "release"
) -> str:
    """A `weixin://` address that opens the mini-program, for 1–30 days; raises like `url_link`."""
    wish: dict[str, Any] = {"is_expire": True, **_end(days)}
    wish["jump_wxa"] = _target(page, query) | {"env_version": version}
    return text(calls.post("mini", "/wxa/generatescheme", wish), "openlink")


def _target(page: str, query: str) -> dict[str, Any]:
    if page and not PAGE.fullmatch(page):
        raise ValueError("a page has no slash before it and no query")
    if len(query) > LONGEST_QUERY:
        raise ValueError(f"a query has at most {LONGEST_QUERY} characters")
    return {"path": page, "query": query}


def _end(days: int) -> dict[str, Any]:
    if not 1 <= days <= MOST_LINK_DAYS:
        raise ValueError(f"a link lives 1 to {MOST_LINK_DAYS} days")
    return {"expire_type": 1, "expire_interval": days}
