"""The JS-SDK of a page: only signed pages of the configured domain may use it."""

from __future__ import annotations

from hashlib import sha1

import pytest
import requests

from tests.sandbox.conftest import ACCOUNTS
from tests.sandbox.test_transfers import TRANSFERS, top_up

PATH = "/open/js/jweixin-1.6.0.js"


def ticket_of(sandbox) -> str:
    """The ticket that the product's server signs with."""
    account = {"appid": ACCOUNTS["WECHAT_OA_APP_ID"], "secret": ACCOUNTS["WECHAT_OA_SECRET"]}
    account["grant_type"] = "client_credential"
    base = f"{sandbox.url}/cgi-bin"
    token = requests.get(f"{base}/token", account, timeout=9).json()["access_token"]
    asked = {"access_token": token, "type": "jsapi"}
    return str(requests.get(f"{base}/ticket/getticket", asked, timeout=9).json()["ticket"])


@pytest.fixture
def page(sandbox, product) -> dict:
    """A page of the product, signed as WeChat fact B9 says."""
    ticket = ticket_of(sandbox)
    wish = {"timestamp": 1795400000, "nonceStr": "Wm3WZYTPz0wzccnW"}
    wish |= {"url": f"{product.url}/h5/", "appId": ACCOUNTS["WECHAT_OA_APP_ID"]}
    signed = (
        f"jsapi_ticket={ticket}&noncestr={wish['nonceStr']}"
        f"&timestamp={wish['timestamp']}&url={wish['url']}"
    )
    return wish | {"signature": sha1(signed.encode()).hexdigest(), "jsApiList": ["scanQRCode"]}


def configured(sandbox, wish: dict) -> dict:
    phone = sandbox.phone()
    return sandbox.control(f"/phones/{phone['id']}/js-config", wish)


def test_a_signed_page_may_use_what_there_is(sandbox, page):
    wish = page | {"jsApiList": ["scanQRCode", "flyToTheMoon"]}
    assert configured(sandbox, wish) == {"errMsg": "config:ok", "jsApiList": ["scanQRCode"]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"nonceStr": "another"}, "config:fail,invalid signature"),
        ({"timestamp": 1795400001}, "config:fail,invalid signature"),
        ({"signature": ""}, "config:fail,invalid signature"),
        ({"appId": ACCOUNTS["WECHAT_MINI_APP_ID"]}, "config:fail,invalid appid"),
        ({"url": "http://127.0.0.1:1/h5/"}, "config:fail,invalid url domain"),
    ],
)
def test_a_page_that_is_not_as_signed_may_use_nothing(sandbox, page, change, told):
    assert configured(sandbox, page | change) == {"errMsg": told, "jsApiList": []}


def test_another_page_needs_a_signature_of_its_own(sandbox, page):
    assert configured(sandbox, page | {"url": page["url"] + "?a=1"})["jsApiList"] == []
    assert configured(sandbox, page | {"url": page["url"] + "#/pages/home"})["jsApiList"] != []


def test_the_ticket_ends_with_its_time(sandbox, page):
    sandbox.pass_time(7201)
    assert configured(sandbox, page)["errMsg"] == "config:fail,invalid signature"


def test_a_transfer_is_confirmed_only_with_its_own_merchant_and_app(sandbox, merchant):
    top_up(sandbox)
    phone, app_id = sandbox.phone(), ACCOUNTS["WECHAT_OA_APP_ID"]
    wish = merchant.transfer(phone, 500, appid=app_id, openid=phone["openid"])
    status, bill = merchant.send("POST", TRANSFERS, wish)
    assert status == 200, bill
    right = {"mchId": ACCOUNTS["WECHAT_PAY_MCH_ID"], "appId": app_id}
    right["package"] = bill["package_info"]
    path = f"/phones/{phone['id']}/web-transfer"
    for wrong in ({"mchId": "1"}, {"appId": ACCOUNTS["WECHAT_MINI_APP_ID"]}, {"package": "x"}):
        assert "fail" in sandbox.control(path, right | wrong)["errMsg"], wrong
    assert sandbox.control(path, right)["errMsg"] == "requestMerchantTransfer:ok"
    assert "fail" in sandbox.control(path, right)["errMsg"]


def test_the_script_is_served_under_wechats_path(sandbox):
    found = requests.get(sandbox.url + PATH, timeout=9)
    assert found.headers["Content-Type"].startswith("text/javascript")
    assert "WeixinJSBridge" in found.text
