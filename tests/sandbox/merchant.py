"""The merchant of the tests: it speaks through wechatpayv3, which knows nothing of this sandbox."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import requests
from wechatpayv3 import SignType, WeChatPay, WeChatPayType, core
from wechatpayv3.utils import build_authorization

# It takes 50 ms to check a private key, and each test makes a client with the same one.
core.load_private_key = lru_cache(core.load_private_key)
TRANSFERS = "/v3/fund-app/mch-transfer/transfer-bills"


@contextmanager
def at_gateway(url: str) -> Iterator[None]:
    """`wechatpayv3` asks for certificates while it is made, so its address is set before."""
    plain = core.Core.request

    def there(own: core.Core, *arguments: Any, **named: Any) -> Any:
        own._gate_way = url
        return plain(own, *arguments, **named)

    core.Core.request = there
    try:
        yield
    finally:
        core.Core.request = plain


class Merchant:
    """Signs and verifies with `wechatpayv3` in public-key mode."""

    def __init__(self, url: str, keys: Path, accounts: dict[str, str], notify_url: str) -> None:
        self.url, self.accounts, self.notify_url = url, accounts, notify_url
        self.keys = keys
        public = (keys / "platform_public_key.pem").read_text()
        self.client = self.new_client(public, accounts["WECHAT_PAY_PUBLIC_KEY_ID"])

    def new_client(
        self, public_key: str | None = None, public_key_id: str | None = None
    ) -> WeChatPay:
        """A client of `wechatpayv3`; without a public key it is in certificate mode."""

        with at_gateway(self.url):
            client = WeChatPay(
                wechatpay_type=WeChatPayType.MINIPROG,
                mchid=self.accounts["WECHAT_PAY_MCH_ID"],
                private_key=(self.keys / "merchant_private_key.pem").read_text(),
                cert_serial_no=self.accounts["WECHAT_PAY_MERCHANT_SERIAL"],
                apiv3_key=self.accounts["WECHAT_PAY_API_V3_KEY"],
                appid=self.accounts["WECHAT_MINI_APP_ID"],
                notify_url=self.notify_url,
                public_key=public_key,
                public_key_id=public_key_id,
            )
        client._core._gate_way = self.url
        return client

    def order(self, phone: dict[str, Any], total_fen: int = 1000, **more: Any) -> dict[str, Any]:
        """The body of a prepay request."""
        return {
            "appid": self.accounts["WECHAT_MINI_APP_ID"],
            "mchid": self.accounts["WECHAT_PAY_MCH_ID"],
            "description": "储值",
            "out_trade_no": uuid.uuid4().hex,
            "notify_url": self.notify_url,
            "amount": {"total": total_fen, "currency": "CNY"},
            "payer": {"openid": phone["mini_openid"]},
        } | more

    def send(self, method: str, path: str, wish: dict[str, Any] | None = None) -> tuple[int, Any]:
        """A signed call; the answer's signature is verified for 2xx."""
        body = json.dumps(wish, ensure_ascii=False) if wish is not None else ""
        return self.send_raw(method, path, body, body)

    def send_raw(self, method: str, path: str, body: str, signed: str) -> tuple[int, Any]:
        """Send a body and the signature of another one."""
        headers = self.headers(method, path, signed)
        answer = requests.request(
            method, f"{self.url}{path}", data=body.encode(), headers=headers, timeout=9
        )
        if answer.ok:
            assert self.verified(answer.headers, answer.text), "the answer is not signed"
        return answer.status_code, answer.json() if answer.content else None

    def headers(self, method: str, path: str, body: str) -> dict[str, str]:
        """The headers of a signed request."""
        own = self.client._core
        return {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Authorization": build_authorization(
                path, method, own._mchid, own._cert_serial_no, own._private_key, data=body
            ),
        }

    def verified(self, headers: Any, body: str) -> bool:
        """What wechatpayv3 says about a signature."""
        return bool(self.client._core._verify_signature(headers, body))

    def sheet(self, prepay_id: str) -> dict[str, str]:
        """The parameters of wx.requestPayment."""
        app_id, package = self.accounts["WECHAT_MINI_APP_ID"], f"prepay_id={prepay_id}"
        signed = self.client.sign([app_id, "1700000000", "nonce", package], SignType.RSA_SHA256)
        return {
            "timeStamp": "1700000000",
            "nonceStr": "nonce",
            "package": package,
            "signType": "RSA",
            "paySign": signed,
        }

    def prepay(self, phone: dict[str, Any], total_fen: int = 1000) -> tuple[dict[str, Any], str]:
        """An order and its prepay_id."""
        order = self.order(phone, total_fen)
        status, answer = self.send("POST", "/v3/pay/transactions/jsapi", order)
        assert status == 200, answer
        return order, answer["prepay_id"]

    def transfer(self, phone: dict[str, Any], amount_fen: int = 1000, **more: Any) -> Any:
        """The body of a transfer."""
        return {
            "appid": self.accounts["WECHAT_MINI_APP_ID"],
            "out_bill_no": uuid.uuid4().hex,
            "transfer_scene_id": "1005",
            "openid": phone["mini_openid"],
            "transfer_amount": amount_fen,
            "transfer_remark": "返利提现",
            "notify_url": self.notify_url,
            "transfer_scene_report_infos": [
                {"info_type": "岗位类型", "info_content": "推广员"},
                {"info_type": "报酬说明", "info_content": "推荐返利"},
            ],
        } | more

    def bill(self, number: str) -> dict[str, Any]:
        status, answer = self.send("GET", f"{TRANSFERS}/out-bill-no/{number}")
        assert status == 200, answer
        return dict(answer)
