"""WeChat's own counts of our calls, and clearing them (WeChat fact B2)."""

from __future__ import annotations

from dataclasses import dataclass

from app.wechat import calls, limits
from app.wechat.answers import part, whole
from app.wechat.errors import WeChatRefused
from app.wechat.tokens import Account, app_id_of

CLEARED_TOO_OFTEN = "48006"


class NoClearingLeft(WeChatRefused):
    """The counts were cleared ten times in this month; WeChat allows no more."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How often a path may be called on a day, and how often it was."""

    daily_limit: int
    used: int
    remain: int


def quota_of(account: Account, path: str) -> Quota:
    """WeChat's count of a path, e.g. `/cgi-bin/message/template/send`.

    Raises WeChatRefused (76021: no such path), WeChatUnavailable.
    """
    wish = {"cgi_path": path}
    answer = calls.post(account, "/cgi-bin/openapi/quota/get", wish, is_repeatable=True)
    found = part(answer, "quota")
    return Quota(whole(found, "daily_limit"), whole(found, "used"), whole(found, "remain"))


def clear_quota(account: Account) -> int | None:
    """Sets all counts of an app to nought; how many clearings of the month are left.

    None where Redis is away and nobody counts. WeChat allows ten in a month, by hand or by call.
    Raises NoClearingLeft, WeChatRefused, WeChatUnavailable.
    """
    app_id = app_id_of(account)
    if limits.clearings_left(app_id) == 0:
        raise NoClearingLeft(CLEARED_TOO_OFTEN)
    try:
        calls.post(account, "/cgi-bin/clear_quota", {"appid": app_id})
    except WeChatRefused as refusal:
        if refusal.wechat_code == CLEARED_TOO_OFTEN:
            raise NoClearingLeft(CLEARED_TOO_OFTEN) from None
        raise
    limits.note_clearing(app_id)
    limits.reopen(app_id)
    return limits.clearings_left(app_id)
