"""The other side of the conformance checks: a product that signs and verifies by itself.

It is built on `cryptography` alone and shares no code with the sandbox's signing, so that a
mistake made twice is still a mistake.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

SCHEME = "WECHATPAY2-SHA256-RSA2048"
FRESH_SECONDS = 300


class Desk:
    """A merchant and developer in front of one running sandbox."""

    def __init__(self, base: str, accounts: Mapping[str, str], keys: Path) -> None:
        self.base, self.accounts = base.rstrip("/"), accounts
        self._private: Any = load_pem_private_key(
            (keys / "merchant_private_key.pem").read_bytes(), None
        )
        self._platform: Any = load_pem_public_key((keys / "platform_public_key.pem").read_bytes())
        self._tokens: dict[str, str] = {}

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """The control API."""
        answer = requests.request(method, f"{self.base}/__ctl{path}", json=body or {}, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def phone(self, action: str = "", **fields: Any) -> Any:
        """A new phone, which does something first if an action is named."""
        phone = self.control("/phones")
        if action:
            self.control(f"/phones/{phone['id']}/{action}", fields)
        return phone

    def fault(self, kind: str, **fields: Any) -> None:
        """Let something go wrong once."""
        self.control("/faults", {"kind": kind} | fields)

    def application(self, kind: str = "OA") -> dict[str, str]:
        """App id and secret."""
        return {
            "appid": self.accounts[f"WECHAT_{kind}_APP_ID"],
            "secret": self.accounts[f"WECHAT_{kind}_SECRET"],
        }

    def stable_token(self, kind: str = "OA", **more: Any) -> dict[str, Any]:
        """An answer of stable_token."""
        wish = {"grant_type": "client_credential", **self.application(kind)} | more
        found: dict[str, Any] = requests.post(
            f"{self.base}/cgi-bin/stable_token", json=wish, timeout=9
        ).json()
        return found

    def call(self, path: str, body: Any = None, kind: str = "OA", **params: str) -> Any:
        """A call with a token: POST with a body, GET without; JSON, or the raw answer."""
        token = self.stable_token(kind)["access_token"]
        answer = requests.request(
            "GET" if body is None else "POST",
            f"{self.base}{path}",
            params={"access_token": token} | params,
            json=body,
            timeout=9,
        )
        is_json = answer.headers["Content-Type"].startswith("application/json")
        return answer.json() if is_json else answer

    def pay(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        sent: str | None = None,
        at: float | None = None,
        without: tuple[str, ...] = (),
    ) -> requests.Response:
        """A signed call of WeChat Pay. `sent`: other bytes than those that were signed; `at`:
        another moment; `without`: headers left out."""
        text = "" if body is None else json.dumps(body, ensure_ascii=False)
        moment, nonce = str(int(time.time() if at is None else at)), secrets.token_hex(16)
        message = f"{method}\n{path}\n{moment}\n{nonce}\n{text}\n".encode()
        signed = base64.b64encode(self._private.sign(message, PKCS1v15(), SHA256())).decode()
        parts = {
            "mchid": self.accounts["WECHAT_PAY_MCH_ID"],
            "nonce_str": nonce,
            "signature": signed,
            "timestamp": moment,
            "serial_no": self.accounts["WECHAT_PAY_MERCHANT_SERIAL"],
        }
        line = ",".join(f'{name}="{value}"' for name, value in parts.items())
        headers: dict[str, Any] = {
            "Authorization": f"{SCHEME} {line}",
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "conformance",
            "Wechatpay-Serial": self.accounts["WECHAT_PAY_PUBLIC_KEY_ID"],
        }
        headers |= dict.fromkeys(without)
        raw = (text if sent is None else sent).encode()
        return requests.request(
            method, self.base + path, data=raw or None, headers=headers, timeout=9
        )

    def believes(self, answer: requests.Response) -> bool:
        """Whether an answer is signed by WeChat's key, now."""
        headers = answer.headers
        moment, nonce = headers.get("Wechatpay-Timestamp", ""), headers.get("Wechatpay-Nonce", "")
        offset = self.control("/clock", method="GET")["offset_seconds"]
        if not moment.isdigit() or abs(time.time() + offset - int(moment)) > FRESH_SECONDS:
            return False
        if headers.get("Wechatpay-Serial") != self.accounts["WECHAT_PAY_PUBLIC_KEY_ID"]:
            return False
        message = f"{moment}\n{nonce}\n".encode() + answer.content + b"\n"
        try:
            raw = base64.b64decode(headers["Wechatpay-Signature"])
            self._platform.verify(raw, message, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    def order(self, phone: Any, **more: Any) -> dict[str, Any]:
        """The body of a JSAPI prepay."""
        return {
            "appid": self.accounts["WECHAT_MINI_APP_ID"],
            "mchid": self.accounts["WECHAT_PAY_MCH_ID"],
            "description": "一致性检查",
            "out_trade_no": secrets.token_hex(16),
            "notify_url": "http://127.0.0.1:9/notify",
            "amount": {"total": 100, "currency": "CNY"},
            "payer": {"openid": phone["mini_openid"]},
        } | more

    def transfer(self, phone: Any, **more: Any) -> dict[str, Any]:
        """The body of a merchant transfer."""
        return {
            "appid": self.accounts["WECHAT_MINI_APP_ID"],
            "out_bill_no": secrets.token_hex(16),
            "transfer_scene_id": "1005",
            "openid": phone["mini_openid"],
            "transfer_amount": 100,
            "transfer_remark": "一致性检查",
            "transfer_scene_report_infos": [
                {"info_type": "岗位类型", "info_content": "推广员"},
                {"info_type": "报酬说明", "info_content": "推荐返利"},
            ],
        } | more
