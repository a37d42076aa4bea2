"""The JS-SDK on a page that a phone has opened (WeChat facts B9, D5, D9).

The script stands in for two things: WeChat's own `wx` of res.wx.qq.com, and the bridge that the app
puts into a page. It speaks with the phone that shows the page; what is true is decided here.
"""

from __future__ import annotations

import hmac
from hashlib import sha1
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify

from sandbox import phones
from sandbox.control import body
from sandbox.pay import transfers
from sandbox.world import World, world

KNOWN = frozenset(
    {"scanQRCode", "getLocation", "requestMerchantTransfer", "chooseWXPay", "closeWindow"}
    | {"updateAppMessageShareData", "updateTimelineShareData", "hideMenuItems"}
)

blueprint = Blueprint("js_sdk", __name__)


@blueprint.get("/open/js/jweixin-1.6.0.js")
def script() -> Response:
    """What a page loads in place of https://res.wx.qq.com/open/js/jweixin-1.6.0.js."""
    response = current_app.send_static_file("js_sdk.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.post("/__ctl/phones/<phone_id>/js-config")
def configure(phone_id: str) -> Response:
    """`wx.config` of a page: {"appId", "timestamp", "nonceStr", "signature", "url", "jsApiList"}.

    Answers with WeChat's words: `config:ok` with the abilities that are there, or why not.
    """
    here, wish = world(), body()
    phones.find(here, phone_id)
    problem = _problem(here, wish)
    names = wish.get("jsApiList")
    wanted = [name for name in names if name in KNOWN] if isinstance(names, list) else []
    return jsonify(errMsg=f"config:{problem or 'ok'}", jsApiList=[] if problem else wanted)


@blueprint.post("/__ctl/phones/<phone_id>/web-transfer")
def confirm_transfer(phone_id: str) -> Response:
    """`requestMerchantTransfer` on a page: {"mchId", "appId", "package"} must all be the bill's."""
    here, wish = world(), body()
    phone = phones.find(here, phone_id)
    package = str(wish.get("package") or "")
    bill = here.state.transfers.find(package)
    told = "requestMerchantTransfer:"
    if bill is not None and (
        wish.get("mchId") != here.accounts.mch_id or wish.get("appId") != bill.request.get("appid")
    ):
        return jsonify(errMsg=f"{told}fail mchId 或 appId 与转账单不一致")
    problem = transfers.confirm(here, (phone.openid,), package)
    return jsonify(errMsg=f"{told}fail {problem}" if problem else f"{told}ok")


def _problem(here: World, wish: dict[str, Any]) -> str:
    """Why a page may not use the JS-SDK, in WeChat's words; empty if it may."""
    if wish.get("appId") != here.accounts.oa_app_id:
        return "fail,invalid appid"
    url = str(wish.get("url") or "")
    if urlsplit(url).netloc != urlsplit(here.accounts.product_url).netloc:
        return "fail,invalid url domain"
    ticket = here.state.meta.get("ticket:jsapi")
    if ticket is None or ticket.value["ends_at"] <= here.clock.now():
        return "fail,invalid signature"
    signed = "&".join(
        f"{name}={value}"
        for name, value in (
            ("jsapi_ticket", ticket.value["ticket"]),
            ("noncestr", wish.get("nonceStr")),
            ("timestamp", wish.get("timestamp")),
            ("url", url.partition("#")[0]),
        )
    )
    expected = sha1(signed.encode(), usedforsecurity=False).hexdigest()
    right = hmac.compare_digest(expected, str(wish.get("signature") or ""))
    return "" if right else "fail,invalid signature"
