"""The guard around wechatpy: base address, time limits, shared token, one renewal, typed errors."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import requests
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from app.core.config import settings
from app.wechat.errors import WeChatRefused, WeChatUnavailable
from app.wechat.tokens import BUSY, access_token, renewed_token
from app.wechat.transport import TIMEOUT_SECONDS, session, was_sent

STALE = frozenset({"40001", "40014", "42001"})
TRANSIENT = BUSY | {"43108"}  # someone else is writing to the same follower at this moment
LARGEST_PICTURE_BYTES = 1024 * 1024

Fields = dict[str, Any]


class _Client(WeChatClient):  # type: ignore[misc]  # wechatpy is untyped
    """wechatpy with our base address; it neither fetches tokens nor repeats calls by itself."""

    def __init__(self, base: str, app_id: str, secret: str) -> None:
        super().__init__(app_id, secret, timeout=TIMEOUT_SECONDS, auto_retry=False)
        self.API_BASE_URL = f"{base}/cgi-bin/"

    def fetch_access_token(self) -> None:
        raise NotImplementedError("tokens come from app.wechat.tokens")


def post(endpoint: str, data: Fields) -> Fields:
    """POSTs to /cgi-bin/`endpoint` with the account's token, renewed once if it is stale.

    Raises WeChatRefused with WeChat's errcode, or WeChatUnavailable.
    """
    return _with_token(lambda token: _post(endpoint, data, token))


def get(endpoint: str, parameters: Fields) -> Fields:
    """GETs /cgi-bin/`endpoint` with the account's token, as `post` does."""
    return _with_token(lambda token: _get(endpoint, parameters, token))


def _with_token(send: Callable[[str], Fields]) -> Fields:
    token = access_token()
    try:
        return send(token)
    except WeChatRefused as refusal:
        if refusal.wechat_code not in STALE:
            raise
    try:
        return send(renewed_token(token))
    except WeChatRefused as refusal:
        if refusal.wechat_code in STALE:
            raise WeChatUnavailable("WeChat refuses a token it just issued") from None
        raise


def get_without_token(path: str, parameters: Fields) -> Fields:
    """GETs `path` of the API host; for calls that prove themselves by the secret (fact C1)."""
    base = f"{settings().wechat_api_base}/"
    unsigned = parameters | {"access_token": None}
    return _call(lambda: _client().get(path, params=unsigned, api_base_url=base))


def picture(ticket: str) -> bytes:
    """The JPEG of a parametric code (fact B3). Raises WeChatRefused (404) for a dead ticket."""
    address = f"{settings().wechat_mp_base}/cgi-bin/showqrcode"
    try:
        answer = session().get(address, params={"ticket": ticket}, timeout=TIMEOUT_SECONDS)
    except requests.RequestException:
        raise WeChatUnavailable("no picture was answered") from None
    if answer.status_code == 404:
        raise WeChatRefused(404, "the ticket is not valid")
    is_picture = answer.headers.get("Content-Type", "").startswith("image/")
    if answer.status_code != 200 or not is_picture or len(answer.content) > LARGEST_PICTURE_BYTES:
        raise WeChatUnavailable("the answer is not a picture")
    return answer.content


def _post(endpoint: str, data: Fields, token: str) -> Fields:
    return _call(lambda: _client().post(endpoint, params={"access_token": token}, data=data))


def _get(endpoint: str, parameters: Fields, token: str) -> Fields:
    return _call(lambda: _client().get(endpoint, params=parameters | {"access_token": token}))


def _call(send: Any) -> Fields:
    """Runs one call of wechatpy. Its errors carry the address with secrets in it: not chained."""
    try:
        answer = send()
    except WeChatClientException as refusal:
        if refusal.errcode is None or str(refusal.errcode) in TRANSIENT:
            unclear = refusal.errcode is None
            raise WeChatUnavailable(
                f"WeChat answered {refusal.errcode}", may_have_arrived=unclear
            ) from None
        raise WeChatRefused(refusal.errcode, str(refusal.errmsg)) from None
    except requests.RequestException as error:
        arrived = was_sent(error)
        raise WeChatUnavailable("WeChat did not answer", may_have_arrived=arrived) from None
    except (ValueError, TypeError):
        raise WeChatUnavailable("WeChat's answer is broken", may_have_arrived=True) from None
    if not isinstance(answer, dict):
        raise WeChatUnavailable("the answer is not JSON", may_have_arrived=True)
    return answer


def _client() -> _Client:
    found = _clients(os.getpid(), settings().wechat_api_base, settings().wechat_oa_app_id)
    found._http = session()
    return found


@lru_cache(maxsize=2)
def _clients(process_id: int, base: str, app_id: str) -> _Client:
    return _Client(base, app_id, settings().wechat_oa_secret.get_secret_value())
