"""Payment from a browser and from an app."""

from __future__ import annotations

import uuid

import requests
from wechatpayv3 import SignType

H5 = "/v3/pay/transactions/h5"
APP = "/v3/pay/transactions/app"
SCENE = {"payer_client_ip": "203.0.113.5", "h5_info": {"type": "Wap"}}


def ordered(merchant, path, **more):
    order = merchant.order({"mini_openid": ""}, number=None) | more
    del order["payer"], order["number"]
    order["out_trade_no"] = uuid.uuid4().hex
    return order, *merchant.send("POST", path, order)


def test_a_browser_pays_on_wechats_page_and_comes_back(sandbox, merchant, product):
    phone = sandbox.phone()
    _, status, answer = ordered(merchant, H5, scene_info=SCENE)
    assert status == 200
    url = answer["h5_url"] + "&redirect_url=" + requests.utils.quote("https://shop.example/done")
    page = requests.get(url, timeout=9)
    assert (page.status_code, "¥10.00" in page.text, phone["name"] in page.text) == (
        200,
        True,
        True,
    )
    declined = requests.post(
        url, data={"phone": phone["id"], "decline": "1"}, timeout=9, allow_redirects=False
    )
    assert declined.headers["Location"] == "https://shop.example/done"
    assert sandbox.books()["orders"][0]["state"] == "NOTPAY"
    requests.post(url, data={"phone": phone["id"]}, timeout=9, allow_redirects=False)
    (paid,) = sandbox.books()["orders"]
    assert (paid["state"], paid["trade_type"], paid["openid"]) == (
        "SUCCESS",
        "MWEB",
        phone["mini_openid"],
    )
    assert requests.post(url, data={"phone": phone["id"]}, timeout=9).status_code == 409
    sandbox.drain()
    assert len(product.of("/wechat/pay/notify")) == 1


def test_an_h5_address_lives_five_minutes(sandbox, merchant):
    phone = sandbox.phone()
    order, _, answer = ordered(merchant, H5, scene_info=SCENE)
    sandbox.pass_time(301)
    page = requests.get(answer["h5_url"], timeout=9)
    assert (page.status_code, "已过期" in page.text) == (409, True)
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/pay"
    assert requests.post(url, json={"h5_url": answer["h5_url"]}, timeout=9).status_code == 409
    fresh = merchant.send("POST", H5, order)[1]["h5_url"]
    paid = sandbox.control(f"/phones/{phone['id']}/pay", {"h5_url": fresh})
    assert paid["out_trade_no"] == order["out_trade_no"]


def test_h5_needs_to_know_the_browser(sandbox, merchant):
    for scene in (None, {"payer_client_ip": "203.0.113.5"}, SCENE | {"colour": 1}):
        more = {"scene_info": scene} if scene else {}
        _, status, answer = ordered(merchant, H5, **more)
        assert (status, answer["code"]) == (400, "PARAM_ERROR")
    assert sandbox.books()["orders"] == []


def test_an_app_signs_the_bare_prepay_id(sandbox, merchant):
    phone, app_id = sandbox.phone(), merchant.accounts["WECHAT_MINI_APP_ID"]
    order, _, answer = ordered(merchant, APP)
    prepay_id = answer["prepay_id"]
    sheet = {
        "appid": app_id,
        "partnerid": merchant.accounts["WECHAT_PAY_MCH_ID"],
        "prepayid": prepay_id,
        "package": "Sign=WXPay",
        "noncestr": "nonce",
        "timestamp": "1700000000",
        "sign": merchant.client.sign(
            [app_id, "1700000000", "nonce", f"prepay_id={prepay_id}"], SignType.RSA_SHA256
        ),
    }
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/pay"
    assert requests.post(url, json=sheet, timeout=9).json()["error"] == "pay_sign"
    other = requests.post(url, json=merchant.sheet(prepay_id), timeout=9)
    assert other.json()["error"] == "unknown_prepay"
    lines = [app_id, "1700000000", "nonce", prepay_id]
    sheet["sign"] = merchant.client.sign(lines, SignType.RSA_SHA256)
    wrong = requests.post(url, json=sheet | {"partnerid": "1"}, timeout=9)
    assert wrong.json()["error"] == "package"
    assert sandbox.books()["basic_fen"] == 0
    assert requests.post(url, json=sheet, timeout=9).json()["result"] == "paid"
    (paid,) = sandbox.books()["orders"]
    assert (paid["out_trade_no"], paid["trade_type"]) == (order["out_trade_no"], "APP")
