"""The access tokens of our two apps: stable ones, each one for all processes (WeChat fact B1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import requests

from app.core.config import settings
from app.wechat import addresses, alarms, limits
from app.wechat.error_codes import kind_of
from app.wechat.errors import Misconfigured, Paused, WeChatRefused, WeChatUnavailable
from app.wechat.shared import Secret, Shared
from app.wechat.transport import TIMEOUT_SECONDS, session

Account = Literal["official", "mini"]
PATH = "/cgi-bin/stable_token"
MARGIN_SECONDS = 300
SHORTEST_SECONDS = 60


def app_id_of(account: Account) -> str:
    """The app id of the official account or of the mini-program."""
    here = settings()
    return here.wechat_oa_app_id if account == "official" else here.wechat_mini_app_id


def secret_of(account: Account) -> str:
    """Its AppSecret."""
    here = settings()
    secret = here.wechat_oa_secret if account == "official" else here.wechat_mini_secret
    return secret.get_secret_value()


def access_token(account: Account = "official") -> str:
    """The token in use. Raises WeChatUnavailable, WeChatRefused (wrong secret, frozen, …)."""
    return token_of(account).current()


def renewed_token(stale: str, account: Account = "official") -> str:
    """Another token than `stale`, which WeChat just refused. Raises like `access_token`."""
    return token_of(account).renewed(stale)


def token_of(account: Account) -> Shared:
    """The token that all processes share."""
    return _shared(account, app_id_of(account))


@lru_cache(maxsize=8)
def _shared(account: Account, app_id: str) -> Shared:
    return Shared(f"token:{app_id}", lambda is_forced: _fetch(account, is_forced=is_forced))


def _fetch(account: Account, *, is_forced: bool) -> Secret:
    app_id = app_id_of(account)
    body: dict[str, Any] = {
        "grant_type": "client_credential",
        "appid": app_id,
        "secret": secret_of(account),
    }
    body |= {"force_refresh": True} if is_forced else {}
    limits.admit(app_id, PATH)
    try:
        answer = session().post(addresses.api(PATH), json=body, timeout=TIMEOUT_SECONDS)
        fields = answer.json()
        value, seconds = fields.get("access_token"), int(fields.get("expires_in", 0))
    except (requests.RequestException, ValueError, TypeError, AttributeError):
        raise WeChatUnavailable("no access token was answered") from None
    if not isinstance(value, str) or not value:
        raise _refusal(app_id, fields)
    alarms.calm(app_id, PATH)
    return Secret(value, max(seconds - MARGIN_SECONDS, SHORTEST_SECONDS))


def _refusal(app_id: str, fields: dict[str, Any]) -> Exception:
    code = str(fields.get("errcode", ""))
    kind = kind_of(code)
    if issubclass(kind, Paused):
        return limits.close(app_id, PATH, kind)
    if not code or issubclass(kind, WeChatUnavailable):
        return WeChatUnavailable(f"no access token: {code}")
    if issubclass(kind, Misconfigured):
        alarms.sound(app_id, PATH, code)
    return kind(code, str(fields.get("errmsg", "")))


__all__ = [
    "Account",
    "WeChatRefused",
    "access_token",
    "app_id_of",
    "renewed_token",
    "secret_of",
    "token_of",
]
