"""The guard around wechatpayv3: base address, time limits, verified answers, typed errors.

The library shapes the calls and encrypts; sending and believing happen here (dependencies §7:
it has no base address, no time limit, no freshness, and reaches out for unknown keys).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import requests
import structlog
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType
from wechatpayv3.utils import build_authorization

from app.core.config import settings
from app.core.world import now
from app.wechat import addresses, alarms
from app.wechat.error_codes import kind_of
from app.wechat.errors import (
    Misconfigured,
    NotFromWeChat,
    OutcomeUnknown,
    WeChatRefused,
    WeChatUnavailable,
)
from app.wechat.keys import NamedKey, merchant_key, named_key, pay_keys
from app.wechat.signing import is_fresh, verify_pay
from app.wechat.transport import TIMEOUT_SECONDS, session, was_sent

T = TypeVar("T")
log = structlog.get_logger()
NOTIFY_PATH = "/wechat/pay/notify"
USER_AGENT = "lianhui/1"
TOO_OFTEN = frozenset(
    {
        "FREQUENCY_LIMITED",
        "FREQUENCY_LIMIT_EXCEED",
        "FREQUENCY_LIMIT_EXCEEDED",
    }
)


class Unclear(Exception):
    """A request may have reached WeChat Pay, and no answer that can be believed came back."""


def asking(call: Callable[[], T]) -> T:
    """Runs a call that moves nothing: an unclear answer means asking again later."""
    try:
        return call()
    except Unclear as unclear:
        raise WeChatUnavailable(str(unclear)) from None


def moving(call: Callable[[], T]) -> T:
    """Runs a call that may move money: an unclear answer must be queried, never repeated anew."""
    try:
        return call()
    except Unclear as unclear:
        raise OutcomeUnknown(str(unclear)) from None


def present(headers: Mapping[str, str]) -> datetime:
    """The moment a letter is held against; exact where a followed clock was just moved."""
    moment = now()
    return moment if is_fresh(headers, moment) else now(is_exact=True)


def gateway() -> WeChatPay:
    """wechatpayv3 with our core inside; its calls return the verified answer's fields (dict)."""
    named = named_key()
    return _gateway(os.getpid(), addresses.pay(), settings().wechat_pay_mch_id, named)


def download(path: str) -> bytes:
    """A file of WeChat Pay, by a signed request; its answer is not signed (WeChat fact D12).

    `path` with its query, at the base address of the settings. Raises Unclear,
    WeChatUnavailable; the caller compares the content with the hash it was promised.
    """
    answer = gateway()._core.fetch(path)
    if answer.status_code != 200:
        raise WeChatUnavailable(f"WeChat Pay answered {answer.status_code} to a download")
    return bytes(answer.content)


def notify_address() -> str:
    """Where WeChat Pay sends its notifications."""
    return settings().base_url.rstrip("/") + NOTIFY_PATH


class _Core(Core):  # type: ignore[misc]  # wechatpayv3 is untyped
    """Keeps the library's signing and encryption, replaces how it sends and what it believes."""

    def __init__(self, base: str, merchant_id: str, named: NamedKey) -> None:
        self._base = base
        self._mchid = merchant_id
        self._cert_serial_no = settings().wechat_pay_merchant_serial
        self._private_key = merchant_key()
        self._apiv3_key = settings().wechat_pay_api_v3_key.get_secret_value()
        self._public_key_id = named.serial
        self._public_key = named.key

    def request(  # the library's own signature
        self,
        path: str,
        method: RequestType = RequestType.GET,
        data: dict[str, Any] | None = None,
        skip_verify: bool = False,
        sign_data: Any = None,
        files: Any = None,
        cipher_data: bool = False,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Sends one signed request; the fields of its verified answer.

        Raises Unclear, WeChatUnavailable (not sent, or too often), WeChatRefused.
        """
        body = json.dumps(data, ensure_ascii=False).encode() if data else b""
        answer = self.fetch(path, method, body)
        if not 200 <= answer.status_code < 300:
            return _refuse(answer, path)
        fields = _believe(answer)
        alarms.calm(self._mchid, _product(path))
        return fields

    def fetch(
        self, path: str, method: RequestType = RequestType.GET, body: bytes = b""
    ) -> requests.Response:
        """Sends one signed request; the answer as it came, not yet believed.

        Raises Unclear, WeChatUnavailable (not sent).
        """
        try:
            return session().request(
                method.value,
                self._base + path,
                data=body or None,
                headers=self._headers(method, path, body),
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            if was_sent(error):
                raise Unclear("WeChat Pay did not answer") from None
            raise WeChatUnavailable("WeChat Pay cannot be reached") from None

    def _headers(self, method: RequestType, path: str, body: bytes) -> dict[str, str]:
        return {
            "Authorization": build_authorization(
                path,
                method.value,
                self._mchid,
                self._cert_serial_no,
                self._private_key,
                data=body.decode(),
            ),
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "Wechatpay-Serial": self._public_key_id,
        }

    def _update_certificates(self) -> None:
        raise NotImplementedError("keys come from app.wechat.keys")


class _Gateway(WeChatPay):  # type: ignore[misc]  # wechatpayv3 is untyped
    """wechatpayv3's calls over our core; its own constructor would build another one."""

    def __init__(self, base: str, merchant_id: str, named: NamedKey) -> None:
        self._type = WeChatPayType.JSAPI
        self._mchid = merchant_id
        self._appid = settings().wechat_mini_app_id
        self._notify_url = ""  # each call names it
        self._partner_mode = False
        self._core = _Core(base, merchant_id, named)


@lru_cache(maxsize=8)
def _gateway(process_id: int, base: str, merchant_id: str, named: NamedKey) -> _Gateway:
    return _Gateway(base, merchant_id, named)


def _believe(answer: requests.Response) -> dict[str, Any]:
    try:
        verify_pay(pay_keys(), answer.headers, answer.content, present(answer.headers))
    except NotFromWeChat as doubt:
        log.error("pay_answer_not_verified", status=answer.status_code, reason=str(doubt))
        raise Unclear("the answer is not signed by WeChat Pay") from None
    if not answer.content:
        return {}
    try:
        fields = json.loads(answer.content)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Unclear("the answer is not JSON")
    return fields


def _refuse(answer: requests.Response, path: str) -> dict[str, Any]:
    try:
        fields = json.loads(answer.content)
        code, message = str(fields["code"]), str(fields.get("message", ""))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise Unclear(f"WeChat Pay answered {answer.status_code}") from None
    if answer.status_code == 429 or code in TOO_OFTEN:
        raise WeChatUnavailable(f"WeChat Pay answered {code}")
    if not 400 <= answer.status_code < 500:
        raise Unclear(f"WeChat Pay answered {answer.status_code} {code}")
    if answer.status_code == 401 or kind_of(code) is Misconfigured:
        alarms.sound(settings().wechat_pay_mch_id, _product(path), code)
        raise Misconfigured(code, message)
    raise WeChatRefused(code, message)


def _product(path: str) -> str:
    """What a call belongs to, without numbers: `/v3/pay/transactions`."""
    return "/".join(path.partition("?")[0].split("/")[:4])
