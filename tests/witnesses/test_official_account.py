"""wechatpy, unchanged and with WeChat's own addresses, against the sandbox."""

from __future__ import annotations

import io
import itertools
import os
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import zxingcpp
from PIL import Image
from wechatpy import WeChatClient, WeChatOAuth, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatClientException, WeChatOAuthException

from sandbox.rerouted import reroute

PAID = {"thing1": {"value": "茶小满"}, "amount2": {"value": "¥12.00"}}


def client_of(pair, kind, **more):
    app_id, secret = (os.environ[f"WECHAT_{kind}_{name}"] for name in ("APP_ID", "SECRET"))
    client = WeChatClient(app_id, more.get("secret", secret), timeout=20)
    reroute(client._http, pair.sandbox)
    return client


@pytest.fixture(scope="module")
def official(pair):
    """The official account's client; it fetches its token itself."""
    return client_of(pair, "OA")


@pytest.fixture(scope="module")
def mini(pair):
    return client_of(pair, "MINI")


def follower(pair):
    phone = pair.phone()
    pair.act(phone, "follow")
    return phone


def code(client, scene):
    wish = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
    return client.qrcode.create({"expire_seconds": 600, **wish})


def test_a_token_is_fetched_kept_and_fetched_again_when_it_is_void(pair):
    client = client_of(pair, "OA")
    first = client.access_token
    assert client.access_token == first
    pair.control("faults", kind="token_invalid", match="api:GET /cgi-bin/user/info", count=1)
    assert client.user.get(pair.phone()["openid"])["subscribe"] == 0
    assert client.access_token != first


def test_a_wrong_secret_gets_no_token(pair):
    with pytest.raises(WeChatClientException) as refused:
        _ = client_of(pair, "OA", secret="wrong").access_token
    assert refused.value.errcode == 40125


def test_a_code_is_made_shown_and_scanned(pair, official, monkeypatch):
    phone, made = pair.phone(), code(official, "S12345")
    rerouted = reroute(requests.Session(), pair.sandbox)
    monkeypatch.setattr("wechatpy.client.api.qrcode.requests", rerouted)
    picture = official.qrcode.show(made["ticket"])
    seen = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))[0].text
    assert seen == made["url"]
    pair.act(phone, "scan", content=seen)
    user = official.user.get(phone["openid"])
    assert (user["subscribe"], user["unionid"]) == (1, phone["unionid"])
    assert (user["subscribe_scene"], user["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", "S12345")


def test_followers_are_listed_and_looked_up_together(pair, official):
    phone, stranger = follower(pair), pair.phone()
    listed = list(itertools.islice(official.user.iter_followers(), 100))
    assert len(listed) == len(set(listed))
    assert phone["openid"] in listed
    assert stranger["openid"] not in listed
    found = official.user.get_batch([phone["openid"], stranger["openid"]])
    assert [user["subscribe"] for user in found] == [1, 0]


def test_a_template_message_arrives_and_its_end_is_pushed(pair, official, account):
    phone = follower(pair)
    sent = official.message.send_template(phone["openid"], "TM_member_paid", PAID, url="https://x")
    letter = pair.pushed(lambda: pair.let_pass(3))
    crypto = WeChatCrypto(account["token"], account["aes_key"], account["app_id"])
    query = letter.query
    proof = (query["msg_signature"], query["timestamp"], query["nonce"])
    end = parse_message(crypto.decrypt_message(letter.body, *proof))
    assert (end.event, end.status, end.id) == ("templatesendjobfinish", "success", sent["msgid"])
    assert "template" in [line["kind"] for line in pair.chat(phone)]


@pytest.mark.parametrize(
    ("template_id", "data", "errcode"),
    [
        ("TM_member_paid", {"thing1": {"value": "一" * 21}}, 47003),
        ("TM_nobody_has", {"thing1": {"value": "茶"}}, 40037),
    ],
)
def test_a_template_message_that_cannot_be_is_refused(pair, official, template_id, data, errcode):
    phone = follower(pair)
    with pytest.raises(WeChatClientException) as refused:
        official.message.send_template(phone["openid"], template_id, data)
    assert refused.value.errcode == errcode


def test_a_stranger_gets_neither_template_nor_custom_message(pair, official):
    phone = pair.phone()
    with pytest.raises(WeChatClientException) as refused:
        official.message.send_template(phone["openid"], "TM_member_paid", PAID)
    assert refused.value.errcode == 43004
    with pytest.raises(WeChatClientException) as refused:
        official.message.send_text(phone["openid"], "在吗")
    assert refused.value.errcode == 45015


def test_custom_messages_arrive(pair, official):
    phone = follower(pair)
    official.message.send_text(phone["openid"], "客服消息 “一”")
    article = {"title": "对账单", "description": "本周", "url": "https://x", "image": ""}
    official.message.send_articles(phone["openid"], [article])
    shown = str(pair.chat(phone))
    assert "客服消息 “一”" in shown
    assert "对账单" in shown


MENU = {
    "button": [
        {"type": "click", "name": "余额", "key": "BALANCE"},
        {
            "name": "门店",
            "sub_button": [
                {"type": "view", "name": "附近门店", "url": "https://x/stores"},
                {"type": "scancode_push", "name": "扫码", "key": "SCAN", "sub_button": []},
                {"type": "location_select", "name": "位置", "key": "PLACE"},
            ],
        },
        {
            "type": "miniprogram",
            "name": "小程序",
            "url": "https://x",
            "appid": "wxdevmini000000001",
            "pagepath": "pages/home",
        },
    ]
}


def test_a_menu_is_made_shown_and_deleted(official):
    official.menu.create(MENU)
    names = [button["name"] for button in official.menu.get()["menu"]["button"]]
    assert names == ["余额", "门店", "小程序"]
    official.menu.delete()
    assert official.menu.get() is None  # wechatpy's reading of 46003


@pytest.mark.parametrize(
    "button",
    [
        {"type": "miniprogram", "name": "小程序", "url": "https://x", "appid": "wx1"},
        {"type": "location_select", "name": "位置"},
        {"type": "teleport", "name": "去", "key": "GO"},
    ],
)
def test_a_button_without_what_its_kind_needs_is_refused(official, button):
    with pytest.raises(WeChatClientException) as refused:
        official.menu.create({"button": [button]})
    assert refused.value.errcode == 40017
    assert official.menu.get() is None


def web_login(pair, scope):
    app_id, secret = os.environ["WECHAT_OA_APP_ID"], os.environ["WECHAT_OA_SECRET"]
    back = f"{pair.pushes.url}/somewhere"
    login = WeChatOAuth(app_id, secret, back, scope, state="s1")
    reroute(login._http, pair.sandbox)
    return login


def consent(pair, login, phone):
    """What the phone's browser is sent back with."""
    address = urlsplit(login.authorize_url)
    assert address.netloc == "open.weixin.qq.com"
    answer = requests.get(
        f"{pair.sandbox}{address.path}?{address.query}&phone={phone['id']}",
        allow_redirects=False,
        timeout=20,
    )
    assert answer.status_code == 302, answer.text
    found = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert found["state"] == ["s1"]
    return found["code"][0]


def test_a_web_login_tells_who_consented_once(pair):
    phone, login = pair.phone(), web_login(pair, "snsapi_userinfo")
    given = consent(pair, login, phone)
    told = login.fetch_access_token(given)
    assert (told["openid"], told["unionid"]) == (phone["openid"], phone["unionid"])
    assert login.check_access_token()
    assert login.get_user_info()["openid"] == phone["openid"]
    assert login.refresh_access_token(told["refresh_token"])["openid"] == phone["openid"]
    with pytest.raises(WeChatOAuthException) as refused:
        login.fetch_access_token(given)
    assert refused.value.errcode == 40163


def test_a_silent_web_login_tells_the_openid_only(pair):
    phone, login = pair.phone(), web_login(pair, "snsapi_base")
    told = login.fetch_access_token(consent(pair, login, phone))
    assert told["openid"] == phone["openid"]
    assert "unionid" not in told
    with pytest.raises(WeChatOAuthException) as refused:
        login.get_user_info()
    assert refused.value.errcode == 48001


def test_a_mini_program_login_and_its_code(pair, mini):
    phone = pair.phone()
    told = mini.wxa.code_to_session(pair.act(phone, "login")["code"])
    assert (told["openid"], told["unionid"]) == (phone["mini_openid"], phone["unionid"])
    assert re.fullmatch(r"[A-Za-z0-9+/]{22}==", told["session_key"])
    picture = mini.wxa.get_wxa_code_unlimited("S" * 31, page="pages/join")
    assert Image.open(io.BytesIO(picture.content)).width >= 280


def test_a_ticket_for_pages_is_kept_and_signed_alike_by_both(official, node):
    ticket = official.jsapi.get_jsapi_ticket()
    assert official.jsapi.get_ticket()["ticket"] == ticket
    claims = {"nonce": "Wm3WZYTPz0wzccnW", "timestamp": "1795370000"}
    claims["url"] = "https://shop.example/h5/pay?store=1"
    signed = official.jsapi.get_jsapi_signature(
        claims["nonce"], ticket, claims["timestamp"], claims["url"]
    )
    assert signed == node.ask("page.sign", ticket=ticket, **claims)
