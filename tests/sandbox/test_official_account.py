"""Tokens, codes, pushes and messages; `wechatpy` reads and writes as an independent client."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs

import pytest
import requests
from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

from sandbox.envelopes import signature
from tests.sandbox.conftest import ACCOUNTS, OA_TOKEN, Letter, Product, Sandbox

CALLBACK = "/wechat/callback"
VECTOR_PUSH = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJG"
    "QqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrf"
    "MZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgR"
    "tWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
VECTOR_TOKEN, VECTOR_KEY, VECTOR_APP = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"


def crypto() -> WeChatCrypto:
    return WeChatCrypto(OA_TOKEN, ACCOUNTS["WECHAT_OA_AES_KEY"], ACCOUNTS["WECHAT_OA_APP_ID"])


def opened(letter: Letter) -> str:
    """The clear XML of a push, its signature verified by wechatpy."""
    query = {name: values[0] for name, values in parse_qs(letter.query).items()}
    check_signature(OA_TOKEN, query["signature"], query["timestamp"], query["nonce"])
    return str(
        crypto().decrypt_message(
            letter.body, query["msg_signature"], query["timestamp"], query["nonce"]
        )
    )


def answer_with(text: str):
    """A product that answers every push with an encrypted text."""

    def answer(letter: Letter) -> tuple[int, bytes]:
        reply = create_reply(text, parse_message(opened(letter))).render()
        return 200, crypto().encrypt_message(reply, "nonce", str(int(time.time()))).encode()

    return answer


def make_code(sandbox: Sandbox, scene: str, seconds: int = 600) -> dict[str, str]:
    wish = {
        "expire_seconds": seconds,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": scene}},
    }
    return dict(sandbox.call("/cgi-bin/qrcode/create", wish).json())


def test_official_signature_vectors_hold():
    assert signature(VECTOR_TOKEN, "1714036504", "1514711492") == (
        "f464b24fc39322e44b38aa78f5edd27bd1441696"
    )
    sealed = (
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    signed = "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    assert signature(VECTOR_TOKEN, "1713424427", "415670741", sealed) == signed
    vector = WeChatCrypto(VECTOR_TOKEN, VECTOR_KEY, VECTOR_APP)
    clear = vector.decrypt_message({"Encrypt": sealed}, signed, "1713424427", "415670741")
    assert clear == '{"demo_resp":"good luck"}'


def test_the_official_push_vector_opens_and_a_changed_byte_does_not():
    vector = WeChatCrypto(VECTOR_TOKEN, VECTOR_KEY, VECTOR_APP)
    signed = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    assert signature(VECTOR_TOKEN, "1714112445", "415670741", VECTOR_PUSH) == signed
    clear = vector.decrypt_message({"Encrypt": VECTOR_PUSH}, signed, "1714112445", "415670741")
    assert json.loads(clear)["Event"] == "debug_demo"
    changed = {"Encrypt": "x" + VECTOR_PUSH[1:]}
    with pytest.raises(InvalidSignatureException):
        vector.decrypt_message(changed, signed, "1714112445", "415670741")


def test_scanned_code_follows_with_its_scene_and_shows_the_reply(sandbox, product):
    product.answer = answer_with("欢迎")
    phone, code = sandbox.phone(), make_code(sandbox, "S12345")

    sandbox.control(f"/phones/{phone['id']}/scan", {"content": code["url"]})

    message = parse_message(opened(product.of(CALLBACK)[0]))
    assert (message.event, message.scene_id) == ("subscribe_scan", "S12345")
    assert message.source == phone["openid"]
    assert message.ticket == code["ticket"]
    lines = sandbox.chat(phone)
    assert [(line["side"], line["text"]) for line in lines][-1] == ("account", "欢迎")


def test_a_follower_who_scans_sends_scan_without_prefix(sandbox, product):
    phone, code = sandbox.phone(), make_code(sandbox, "S12345")
    sandbox.control(f"/phones/{phone['id']}/follow")
    sandbox.control(f"/phones/{phone['id']}/scan", {"content": code["url"]})
    message = parse_message(opened(product.of(CALLBACK)[-1]))
    assert (message.event, message.scene_id) == ("scan", "S12345")


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_clear_modes_show_the_fields(start, product, mode):
    sandbox = start(SANDBOX_PUSH_MODE=mode)
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow", {"scene": "abc"})
    body = product.of(CALLBACK)[0].body
    assert parse_message(body).event == "subscribe_scan"
    assert (b"<Encrypt>" in body) is (mode == "compatible")
    if mode == "compatible":
        assert parse_message(opened(product.of(CALLBACK)[0])).scene_id == "abc"


def test_a_refused_push_is_tried_four_times_with_the_same_identity(sandbox, product):
    product.answer = lambda letter: (500, b"")
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    for _ in range(6):
        sandbox.pass_time(5)
    letters = [opened(letter) for letter in product.of(CALLBACK)]
    assert len(letters) == 4
    assert len(set(letters)) == 1
    assert len({letter.query for letter in product.of(CALLBACK)}) == 4


def test_a_push_is_not_repeated_after_success(sandbox, product):
    replies = iter([(500, b""), (200, b"success")])
    product.answer = lambda letter: next(replies)
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    for _ in range(4):
        sandbox.pass_time(5)
    assert len(product.of(CALLBACK)) == 2


@pytest.mark.parametrize(
    "reply", [b"{}", b"<xml><a></xml>", b"<xml><ToUserName>x</ToUserName></xml>"]
)
def test_a_malformed_reply_shows_that_the_account_is_out_of_order(sandbox, product, reply):
    product.answer = lambda letter: (200, reply)
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    assert "该公众号暂时无法提供服务" in sandbox.chat(phone)[-1]["text"]


def test_text_and_menu_reach_the_product(sandbox, product):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    sandbox.control(f"/phones/{phone['id']}/text", {"content": "你好 <b>&]]>"})
    sandbox.control(f"/phones/{phone['id']}/menu", {"key": "WALLET"})
    _, text, click = [parse_message(opened(letter)) for letter in product.of(CALLBACK)]
    assert (text.content, text.id > 0) == ("你好 <b>&]]>", True)
    assert (click.event, click.key) == ("click", "WALLET")


def test_wechatpy_as_client_finds_its_way(sandbox, product):
    class Client(WeChatClient):
        API_BASE_URL = f"{sandbox.url}/cgi-bin/"

    client = Client(ACCOUNTS["WECHAT_OA_APP_ID"], "", access_token=sandbox.token())
    phone = sandbox.phone()
    assert client.user.get(phone["openid"])["subscribe"] == 0
    ticket = client.qrcode.create(
        {
            "expire_seconds": 60,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": "abc"}},
        }
    )
    sandbox.control(f"/phones/{phone['id']}/scan", {"content": ticket["url"]})
    user = client.user.get(phone["openid"])
    assert (user["subscribe"], user["unionid"]) == (1, phone["unionid"])
    assert user["qr_scene_str"] == "abc"
    client.message.send_text(phone["openid"], "客服消息")
    assert sandbox.chat(phone)[-1]["text"] == "客服消息"


def test_a_unionid_may_come_later(sandbox):
    phone = sandbox.control("/phones", {"unionid": False})
    sandbox.control(f"/phones/{phone['id']}/follow")

    def told() -> dict:
        params = {"access_token": sandbox.token(), "openid": phone["openid"]}
        return requests.get(f"{sandbox.url}/cgi-bin/user/info", params, timeout=9).json()

    assert "unionid" not in told()
    given = sandbox.control(f"/phones/{phone['id']}/unionid")["unionid"]
    assert told()["unionid"] == given != ""


def test_the_sandbox_remembers_after_a_restart(start, product: Product):
    sandbox = start()
    phone, code = sandbox.phone(), make_code(sandbox, "kept")
    sandbox.pass_time(100)
    restarted = start()
    assert restarted.control("/clock", method="GET")["offset_seconds"] == 100
    found = restarted.control(f"/phones/{phone['id']}/scan", {"content": code["url"]})
    assert found["push"]["fields"]["FromUserName"] == phone["openid"]
    assert restarted.control(f"/phones/{phone['id']}", method="GET")["follows"] is True
