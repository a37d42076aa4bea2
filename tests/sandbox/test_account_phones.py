"""What a person does in the official account's chat besides writing."""

from __future__ import annotations

import io
import json

import pytest
import requests
import xmltodict
from PIL import Image
from wechatpy import parse_message

from tests.sandbox.conftest import ACCOUNTS
from tests.sandbox.test_official_account import CALLBACK, opened
from tests.sandbox.test_subscriptions import mini_push

MENU = [
    {"type": "view", "name": "商城", "url": "https://shop.example/a"},
    {"type": "click", "name": "钱包", "key": "WALLET"},
    {
        "name": "更多",
        "sub_button": [
            {"type": "scancode_waitmsg", "name": "扫码", "key": "SCAN"},
            {"type": "pic_sysphoto", "name": "拍照", "key": "PHOTO"},
            {"type": "location_select", "name": "位置", "key": "PLACE"},
            {
                "type": "miniprogram",
                "name": "小程序",
                "appid": ACCOUNTS["WECHAT_MINI_APP_ID"],
                "pagepath": "pages/index",
                "url": "https://shop.example/old",
            },
        ],
    },
]


@pytest.fixture
def follower(sandbox, product):
    """A follower of an account with a menu; the push of following is forgotten."""
    made = sandbox.call("/cgi-bin/menu/create", {"button": MENU}).json()
    assert made["errcode"] == 0, made
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    product.letters.clear()
    return phone


def pushed(product) -> list[dict]:
    letters = [letter for letter in product.of(CALLBACK) if b"<xml>" in letter.body]
    return [xmltodict.parse(opened(letter))["xml"] for letter in letters]


def tap(sandbox, phone, name, **more) -> dict:
    return sandbox.control(f"/phones/{phone['id']}/menu-entry", {"name": name} | more)


def test_entries_of_the_menu_do_what_their_type_says(sandbox, product, follower):
    assert tap(sandbox, follower, "商城")["content"] == "https://shop.example/a"
    tap(sandbox, follower, "钱包")
    opens = tap(sandbox, follower, "小程序")
    assert (opens["kind"], opens["page"], bool(opens["code"])) == (
        "mini_program",
        "pages/index",
        True,
    )
    tap(sandbox, follower, "扫码", content="hello")
    view, click, mini, scan = pushed(product)
    assert (view["Event"], view["EventKey"]) == ("VIEW", "https://shop.example/a")
    assert view["MenuId"] == mini["MenuId"]
    assert (click["Event"], click["EventKey"]) == ("CLICK", "WALLET")
    assert (mini["Event"], mini["EventKey"]) == ("view_miniprogram", "pages/index")
    assert scan["ScanCodeInfo"]["ScanResult"] == "hello"


def test_entries_that_send_something_push_twice(sandbox, product, follower):
    tap(sandbox, follower, "拍照")
    tap(sandbox, follower, "位置")
    photo, image, place, location = pushed(product)
    assert (photo["Event"], photo["SendPicsInfo"]["Count"]) == ("pic_sysphoto", "1")
    assert image["MsgType"] == "image"
    assert place["SendLocationInfo"]["Label"] == location["Label"] != ""
    assert location["MsgType"] == "location"


def test_only_tapping_and_scanning_open_the_customer_service_window(sandbox, follower):
    sandbox.pass_time(61)
    wish = {"touser": follower["openid"], "msgtype": "text", "text": {"content": "在"}}

    def send() -> int:
        return int(sandbox.call("/cgi-bin/message/custom/send", wish).json()["errcode"])

    tap(sandbox, follower, "商城")
    assert send() == 45015
    tap(sandbox, follower, "钱包")
    assert send() == 0


def test_pictures_places_and_voices_reach_the_product(sandbox, product, follower):
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(buffer, "PNG")
    url = f"{sandbox.url}/__ctl/phones/{follower['id']}/image"
    assert requests.post(url, files={"image": buffer.getvalue()}, timeout=9).status_code == 200
    sandbox.control(f"/phones/{follower['id']}/send-location", {"label": "茶馆"})
    sandbox.control(f"/phones/{follower['id']}/voice")
    sandbox.control(f"/phones/{follower['id']}/location", {"latitude": 30.5})
    image, place, voice, report = [parse_message(opened(letter)) for letter in product.of(CALLBACK)]
    shown = requests.get(image.image, timeout=9)
    assert Image.open(io.BytesIO(shown.content)).size == (30, 20)
    assert (place.type, place.label, voice.type) == ("location", "茶馆", "voice")
    assert (report.event, report.latitude) == ("location", 30.5)


def test_following_after_a_payment_names_it_and_no_scene(sandbox, product, merchant):
    phone = sandbox.phone()
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/follow-after-paying"
    assert requests.post(url, timeout=9).json()["error"] == "not_paid"
    _, prepay_id = merchant.prepay(phone)
    paid = sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(prepay_id))
    requests.post(url, timeout=9)
    told = pushed(product)[-1]
    assert told["EventKey"] == f"last_trade_no_{paid['transaction_id']}"
    assert "Ticket" not in told


@pytest.mark.parametrize(
    ("cancel", "event"),
    [(False, "user_authorization_revoke"), (True, "user_authorization_cancellation")],
)
def test_withdrawing_is_told_by_wechat_itself(sandbox, product, cancel, event):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/privacy")
    sandbox.control(f"/phones/{phone['id']}/revoke", {"cancel": cancel})
    told = json.loads(mini_push(product.of(CALLBACK)[-1]))
    assert (told["Event"], told["OpenID"]) == (event, phone["mini_openid"])
    assert told["FromUserName"] != phone["mini_openid"]
    assert sandbox.control(f"/phones/{phone['id']}", method="GET")["privacy_agreed"] is False


def test_wechat_restricts_trade_when_told_to(sandbox, product):
    sandbox.control("/console/restrict-trade")
    assert json.loads(mini_push(product.of(CALLBACK)[-1]))["Event"] == "wxa_trade_controlled"


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("menu-entry", {"name": "没有"}),
        ("menu-entry", {"name": "扫码"}),
        ("send-location", {"latitude": 91}),
        ("location", {"longitude": "east"}),
    ],
)
def test_what_cannot_be_done_sends_nothing(sandbox, product, follower, path, wish):
    url = f"{sandbox.url}/__ctl/phones/{follower['id']}/{path}"
    assert requests.post(url, json=wish, timeout=9).status_code in (404, 409)
    assert product.letters == []


def test_who_does_not_follow_has_no_chat(sandbox, product):
    phone = sandbox.phone()
    for path in ("menu-entry", "location", "send-location", "image", "voice"):
        url = f"{sandbox.url}/__ctl/phones/{phone['id']}/{path}"
        assert requests.post(url, json={}, timeout=9).json()["error"] == "not_following"
    assert product.letters == []
    missing = requests.get(f"{sandbox.url}/page/pictures/none", timeout=9)
    assert missing.status_code == 404
