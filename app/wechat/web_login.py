"""Login of pages inside WeChat, and the JS-SDK there (WeChat facts B9, B10)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha1
from typing import Literal
from urllib.parse import urlencode

from pydantic import SecretStr

from app.core.config import settings
from app.core.world import now
from app.wechat import addresses, calls
from app.wechat.answers import some_text, text, whole
from app.wechat.errors import CodeInvalid, LoginBlocked, LoginCodeInvalid, PersonBlocked
from app.wechat.shared import Secret, Shared

Scope = Literal["snsapi_base", "snsapi_userinfo"]
LONGEST_CODE = 128
TICKET_MARGIN_SECONDS = 300
SHORTEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class WebLogin:
    """Who logged in on a page of the official account.

    For a snapshot visitor (`is_snapshot`) openid and unionid are a pretend person's: nobody may
    be registered, bound or credited by them. `access_token` is the person's, for `web_profile`.
    """

    openid: str
    unionid: str | None
    scope: str
    is_snapshot: bool
    access_token: SecretStr = field(default=SecretStr(""), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class WebProfile:
    """What somebody consented to show (scope snsapi_userinfo)."""

    openid: str
    unionid: str | None
    nickname: str | None
    picture_url: str | None


def consent_address(return_to: str, state: str, scope: Scope = "snsapi_base") -> str:
    """Where a browser inside WeChat goes to log in; it comes back to `return_to?code&state`.

    `state` (1–128 letters and digits) must be remembered and compared: it is what makes the
    answer belong to this browser. Raises ValueError.
    """
    if not state.isascii() or not state.isalnum() or len(state) > LONGEST_CODE:
        raise ValueError("a state has 1 to 128 letters and digits")
    query = urlencode(
        {
            "appid": settings().wechat_oa_app_id,
            "redirect_uri": return_to,
            "response_type": "code",
            "scope": scope,
            "state": state,
        }
    )
    return f"{addresses.consent_page()}?{query}#wechat_redirect"


def web_login(code: str) -> WebLogin:
    """Who came back from the consent page; codes work once, for five minutes.

    Raises LoginCodeInvalid (422), LoginBlocked (403), WeChatUnavailable, WeChatRefused.
    """
    if not code or len(code) > LONGEST_CODE:
        raise LoginCodeInvalid()
    parameters = {
        "appid": settings().wechat_oa_app_id,
        "secret": settings().wechat_oa_secret.get_secret_value(),
        "code": code,
        "grant_type": "authorization_code",
    }
    try:
        answer = calls.get_without_token("official", "/sns/oauth2/access_token", parameters)
    except CodeInvalid:
        raise LoginCodeInvalid() from None
    except PersonBlocked:
        raise LoginBlocked() from None
    return WebLogin(
        openid=text(answer, "openid"),
        unionid=some_text(answer, "unionid"),
        scope=some_text(answer, "scope") or "",
        is_snapshot=str(answer.get("is_snapshotuser", 0)) == "1",
        access_token=SecretStr(text(answer, "access_token")),
    )


def web_profile(login: WebLogin) -> WebProfile:
    """The profile of somebody who just consented. Raises WeChatUnavailable, WeChatRefused."""
    parameters = {
        "access_token": login.access_token.get_secret_value(),
        "openid": login.openid,
        "lang": "zh_CN",
    }
    answer = calls.get_without_token("official", "/sns/userinfo", parameters)
    return WebProfile(
        openid=text(answer, "openid"),
        unionid=some_text(answer, "unionid"),
        nickname=some_text(answer, "nickname"),
        picture_url=some_text(answer, "headimgurl"),
    )


def page_signature(url: str) -> dict[str, str]:
    """What `wx.config` needs on the page `url`, which must be its exact address (fact B9).

    Raises WeChatUnavailable, WeChatRefused.
    """
    nonce, timestamp = secrets.token_hex(16), str(int(now().timestamp()))
    return {
        "appId": settings().wechat_oa_app_id,
        "timestamp": timestamp,
        "nonceStr": nonce,
        "signature": signature_of(page_ticket().current(), nonce, timestamp, url),
    }


def signature_of(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """The JS-SDK's signature: sha1 over four named parts in this order, `#…` cut off."""
    page = url.partition("#")[0]
    content = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    return sha1(content.encode()).hexdigest()


def page_ticket() -> Shared:
    """The ticket of the JS-SDK, shared by all processes like a token."""
    return _page_ticket(settings().wechat_oa_app_id)


@lru_cache(maxsize=4)
def _page_ticket(app_id: str) -> Shared:
    return Shared(f"page_ticket:{app_id}", _fetch_ticket)


def _fetch_ticket(is_forced: bool) -> Secret:
    answer = calls.get("official", "/cgi-bin/ticket/getticket", {"type": "jsapi"})
    seconds = whole(answer, "expires_in") - TICKET_MARGIN_SECONDS
    return Secret(text(answer, "ticket"), max(seconds, SHORTEST_SECONDS))
