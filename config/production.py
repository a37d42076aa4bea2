"""What production refuses at boot: weak or default secrets, and addresses without TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config.settings import Settings

SECRETS = (
    "secret_key",
    "identity_key",
    "pii_keys",
    "wechat_oa_secret",
    "wechat_oa_token",
    "wechat_oa_aes_key",
    "wechat_mini_secret",
    "wechat_pay_api_v3_key",
)
SECRETS_WHERE_SET = ("wechat_pay_api_v2_key", "metrics_token")
ADDRESSES = (
    "base_url",
    "wechat_api_base",
    "wechat_mp_base",
    "wechat_open_base",
    "wechat_pay_base",
    "wechat_js_sdk_url",
)
SHORTEST_SECRET = {"wechat_oa_token": 3, "wechat_oa_secret": 16, "wechat_mini_secret": 16}


def refusals(settings: Settings) -> list[str]:
    """The reasons (English sentences) why these settings must not run in production."""
    if settings.lianhui_env != "production":
        return []
    reasons = [_weak(name, getattr(settings, name).get_secret_value()) for name in SECRETS]
    given = {name: getattr(settings, name).get_secret_value() for name in SECRETS_WHERE_SET}
    reasons += [_weak(name, value) for name, value in given.items() if value]
    if settings.secret_key == settings.identity_key:
        reasons.append("SECRET_KEY must differ from IDENTITY_KEY, which cannot be changed")
    reasons += [_plain(name, getattr(settings, name)) for name in ADDRESSES]
    if settings.clock_url:
        reasons.append("CLOCK_URL must not be set in production: the clock is the machine's")
    if settings.wechat_oa_mode == "plain":
        reasons.append("WECHAT_OA_MODE must not be plain: its signature does not cover the content")
    if settings.custody is None:
        reasons.append("CUSTODY must say who holds the money: see docs/settings.md")
    if not settings.policy_four_eyes:
        reasons.append("POLICY_FOUR_EYES must be on: nobody decides alone who gets the concessions")
    return [reason for reason in reasons if reason]


def _weak(name: str, value: str) -> str:
    marked = "development" in value.lower() or len(set(value)) < min(4, len(value))
    short = len(value) < SHORTEST_SECRET.get(name, 32)
    return f"{name.upper()} is weak or a development value" if marked or short else ""


def _plain(name: str, value: Any) -> str:
    return "" if str(value).startswith("https://") else f"{name.upper()} must start with https://"
