"""Who follows the official account, as WeChat tells it (WeChat facts B4, B11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.wechat import calls
from app.wechat.answers import Fields, part, parts, some_text, text, whole
from app.wechat.errors import WeChatUnavailable

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Follower:
    """What WeChat tells of a person. Of somebody who does not follow it tells nothing more.

    `way` is how they came (e.g. ADD_SCENE_QR_CODE), `scene` the scene of the code if it was one.
    """

    openid: str
    is_following: bool
    unionid: str | None
    followed_at: datetime | None
    way: str | None
    scene: str | None


@dataclass(frozen=True, slots=True)
class FollowerPage:
    """A page of followers' openids; the next one begins after `next_openid`, None at the end."""

    total: int
    openids: tuple[str, ...]
    next_openid: str | None


def follower(openid: str) -> Follower:
    """One person. Raises PersonUnknown (not this account's), WeChatUnavailable, WeChatRefused."""
    return _follower(calls.get("official", "/cgi-bin/user/info", _wish(openid)))


def unionid_of(openid: str) -> str | None:
    """A follower's unionid, or None where WeChat tells none: the account belongs to no open
    platform, or the person does not follow any more. Raises like `follower`."""
    return follower(openid).unionid


def followers(openids: Sequence[str]) -> list[Follower]:
    """Up to 100 people at once. Raises ValueError for more, else like `follower`."""
    if not 1 <= len(openids) <= MOST_AT_ONCE:
        raise ValueError(f"1 to {MOST_AT_ONCE} people at once")
    wish = {"user_list": [_wish(openid) for openid in openids]}
    answer = calls.post("official", "/cgi-bin/user/info/batchget", wish, is_repeatable=True)
    return [_follower(found) for found in parts(answer, "user_info_list")]


def follower_page(after: str | None = None) -> FollowerPage:
    """The openids of up to 10,000 followers, after a page's `next_openid`. Raises like above."""
    parameters = {} if after is None else {"next_openid": after}
    answer = calls.get("official", "/cgi-bin/user/get", parameters)
    count = whole(answer, "count")
    openids = part(answer, "data").get("openid", []) if count else []
    if not isinstance(openids, list) or not all(isinstance(openid, str) for openid in openids):
        raise WeChatUnavailable("WeChat answered with odd followers")
    total, last = whole(answer, "total"), some_text(answer, "next_openid")
    return FollowerPage(total, tuple(openids), last if count and last != after else None)


def _wish(openid: str) -> dict[str, Any]:
    return {"openid": openid, "lang": "zh_CN"}


def _follower(found: Fields) -> Follower:
    return Follower(
        openid=text(found, "openid"),
        is_following=found.get("subscribe") == 1,
        unionid=some_text(found, "unionid"),
        followed_at=_moment(found.get("subscribe_time")),
        way=some_text(found, "subscribe_scene"),
        scene=some_text(found, "qr_scene_str"),
    )


def _moment(seconds: Any) -> datetime | None:
    is_moment = isinstance(seconds, int) and 0 < seconds < 1 << 36
    return datetime.fromtimestamp(seconds, UTC) if is_moment else None
