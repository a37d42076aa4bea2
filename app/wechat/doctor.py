"""Whether this installation is fit for WeChat: keys, tokens, addresses (`flask wechat check`).

Each finding says in English and in Chinese what is right or what to do. Nothing secret is said.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from app.core.config import settings
from app.core.world import BEIJING, now
from app.wechat import alarms, limits, platform_certificates, shipping, tokens
from app.wechat.error_codes import advice
from app.wechat.errors import OutcomeUnknown, WeChatRefused, WeChatUnavailable
from app.wechat.keys import merchant_key, named_key, push_keys
from app.wechat.payments import echo
from app.wechat.signing import push_signature
from app.wechat.transport import TIMEOUT_SECONDS

CALLBACK = "/wechat/callback"
AES_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    is_good: bool
    english: str
    chinese: str


def findings() -> Iterator[Finding]:
    """All looks, one after the other; none changes anything."""
    yield from _look("push keys", "消息推送密钥", _push_keys)
    yield from _look("token of the official account", "公众号令牌", lambda: _token("official"))
    yield from _look("token of the mini-program", "小程序令牌", lambda: _token("mini"))
    yield from _look("merchant's key", "商户私钥", _merchant_key)
    yield from _look("WeChat Pay's key", "微信支付验签密钥", _pay_key)
    yield from _look("WeChat Pay", "微信支付", _echo)
    yield from _look("callback address", "回调地址", _callback)
    yield from _look("shipping information", "发货信息管理", _shipping)
    yield from _look("limits", "接口限额", _limits)
    yield from _alarms()


def _look(english: str, chinese: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        found = look()
    except WeChatRefused as refusal:
        in_english, in_chinese = advice(refusal.wechat_code)
        code = refusal.wechat_code
        found = Finding(False, f"{in_english} ({code})", f"{in_chinese}（{code}）")
    except (WeChatUnavailable, OutcomeUnknown) as away:
        found = Finding(False, str(away), "微信没有应答，请检查网络与地址")
    except (OSError, ValueError, KeyError) as fault:
        name = type(fault).__name__
        found = Finding(False, f"a key or setting cannot be read ({name})", "密钥或配置无法读取")
    said = (f"{english}: {found.english}", f"{chinese}：{found.chinese}")
    yield Finding(found.is_good, *said)


def _push_keys() -> Finding:
    size = len(push_keys().aes_key)
    if size != AES_KEY_BYTES:
        return Finding(False, "EncodingAESKey has not 43 characters", "EncodingAESKey 应为 43 位")
    mode = settings().wechat_oa_mode
    return Finding(True, f"readable, mode {mode}", f"可用，模式 {mode}")


def _token(account: tokens.Account) -> Finding:
    tokens.access_token(account)
    return Finding(True, "WeChat gives one", "可以取得")


def _merchant_key() -> Finding:
    bits = merchant_key().key_size
    return Finding(bits >= 2048, f"RSA, {bits} bits", f"RSA {bits} 位")


def _pay_key() -> Finding:
    mode, serial = settings().wechat_pay_key_mode, named_key().serial
    count = len(platform_certificates.known())
    english = f"mode {mode}, requests name {serial}, {count} platform certificates"
    return Finding(True, english, f"模式 {mode}，请求使用 {serial}，平台证书 {count} 张")


def _echo() -> Finding:
    word = secrets.token_hex(8)
    if echo(word) != word:
        return Finding(False, "the echo differs", "回显内容不一致")
    return Finding(True, "signatures of both sides are right", "双方签名均正确")


def _callback() -> Finding:
    base = settings().base_url.rstrip("/")
    word, nonce = secrets.token_hex(8), secrets.token_hex(8)
    timestamp = str(int(now().timestamp()))
    signature = push_signature(push_keys().token, timestamp, nonce)
    query = {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": word}
    try:
        answer = requests.get(base + CALLBACK, params=query, timeout=TIMEOUT_SECONDS)
    except requests.RequestException:
        return Finding(False, f"nobody answers at {base}", f"{base} 无法访问")
    if answer.status_code != 200 or answer.text != word:
        english = f"{base}{CALLBACK} answered {answer.status_code} instead of the echo"
        return Finding(False, english, f"{base}{CALLBACK} 返回 {answer.status_code}，未回显")
    if urlsplit(base).scheme != "https":
        return Finding(True, "answers, but WeChat Pay needs https", "可访问，但微信支付要求 https")
    return Finding(True, "answers with the echo", "校验通过")


def _shipping() -> Finding:
    setting = settings().wechat_shipping
    if not shipping.is_shipping_managed():
        return Finding(True, "WeChat does not want it", "该小程序无需发货信息管理")
    if setting == "never":
        english = "WeChat wants it, but WECHAT_SHIPPING is never: money will stay frozen"
        return Finding(False, english, "微信要求上传，但 WECHAT_SHIPPING=never，货款将被冻结")
    return Finding(True, "wanted, and reported", "已开通，自动上传")


def _alarms() -> Iterator[Finding]:
    """What calls were refused for what only the operator can mend; what was mended is gone."""
    for alarm in alarms.standing():
        english, chinese = advice(alarm.code)
        place, at = f"{alarm.owner} {alarm.path}", f"{alarm.at.astimezone(BEIJING):%m-%d %H:%M}"
        words = f"refused since the last success, at {at} in Beijing: {place}: {english}"
        yield Finding(
            False, f"{words} ({alarm.code})", f"{place} 于 {at} 被拒：{chinese}（{alarm.code}）"
        )


def _limits() -> Finding:
    paused = limits.paused()
    if paused:
        return Finding(False, f"{paused} paths are closed for now", f"{paused} 个接口暂时受限")
    return Finding(True, "no path is closed", "没有接口受限")
