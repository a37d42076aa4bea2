"""Subscription messages: a consent is worth one; the events come as XML and as JSON."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
import requests
import xmltodict
from wechatpy.crypto import WeChatCrypto

from tests.sandbox.conftest import ACCOUNTS, OA_TOKEN, Letter
from tests.sandbox.test_official_account import CALLBACK, opened

SEND = "/cgi-bin/message/subscribe/send"


def mini_push(letter: Letter) -> str:
    """The clear text of a push of the mini-program, verified and opened by wechatpy."""
    box = WeChatCrypto(OA_TOKEN, ACCOUNTS["WECHAT_OA_AES_KEY"], ACCOUNTS["WECHAT_MINI_APP_ID"])
    query = {name: values[0] for name, values in parse_qs(letter.query).items()}
    sealed = letter.body
    if letter.headers["content-type"] == "application/json":
        sealed = {"Encrypt": json.loads(letter.body)["Encrypt"]}
    moment, nonce = query["timestamp"], query["nonce"]
    return str(box.decrypt_message(sealed, query["msg_signature"], moment, nonce))


def message(phone, template="SUB1", **more) -> dict:
    data = {"thing1": {"value": "茶小满"}, "time2": {"value": "2026年11月22日 15:04"}}
    return {"touser": phone["mini_openid"], "template_id": template, "data": data} | more


def agree(sandbox, phone, choices, **more) -> requests.Response:
    wish = {"choices": choices} | more
    return requests.post(
        f"{sandbox.url}/__ctl/phones/{phone['id']}/subscribe", json=wish, timeout=9
    )


def send(sandbox, wish) -> int:
    return int(sandbox.call(SEND, wish, "MINI").json()["errcode"])


def test_each_acceptance_is_worth_one_message(sandbox):
    phone = sandbox.phone()
    assert send(sandbox, message(phone)) == 43101
    for _ in range(2):
        assert agree(sandbox, phone, {"SUB1": "accept"}).json()["SUB1"] == "accept"
    agree(sandbox, phone, {"SUB1": "reject", "SUB2": "accept"})
    assert [send(sandbox, message(phone)) for _ in range(3)] == [0, 0, 43101]
    assert send(sandbox, message(phone, "SUB2")) == 0
    lines = [line["kind"] for line in sandbox.chat(phone) if line["side"] == "service"]
    assert lines == ["subscription"] * 3


def test_a_refused_message_uses_no_consent_up(sandbox):
    phone = sandbox.phone()
    agree(sandbox, phone, {"SUB1": "accept"})
    wrong = message(phone, data={"thing1": {"value": "一" * 21}})
    assert send(sandbox, wrong) == 47003
    assert send(sandbox, message(phone, colour="red")) == 47001
    assert send(sandbox, message(phone, touser=phone["openid"])) == 40003
    assert send(sandbox, message(phone)) == 0


def test_the_console_knows_the_templates_and_which_last(sandbox):
    kinds = {"LONG": {"app": "mini", "long_term": True}, "OA1": {"app": "oa"}}
    sandbox.control("/console", {"subscriptions": kinds}, "PUT")
    phone = sandbox.phone()
    assert agree(sandbox, phone, {"OA1": "accept"}).json()["error"] == "unknown_template"
    agree(sandbox, phone, {"LONG": "accept"})
    assert [send(sandbox, message(phone, "LONG")) for _ in range(3)] == [0, 0, 0]
    assert send(sandbox, message(phone, "SUB1")) == 40037


def test_the_official_account_sends_too_and_a_blocked_one_fails_later(sandbox, product):
    phone = sandbox.phone()
    path = "/cgi-bin/message/subscribe/bizsend"
    wish = message(phone, touser=phone["openid"])
    assert sandbox.call(path, wish).json()["errcode"] == 43101
    agree(sandbox, phone, {"SUB1": "accept", "SUB2": "reject"}, app="oa")
    popup = xmltodict.parse(opened(product.of(CALLBACK)[-1]))["xml"]
    entries = popup["SubscribeMsgPopupEvent"]["List"]
    assert popup["FromUserName"] == phone["openid"]
    assert [entry["SubscribeStatusString"] for entry in entries] == ["accept", "reject"]
    assert [entry["PopupScene"] for entry in entries] == ["1", "1"]
    sandbox.control(f"/phones/{phone['id']}/block")
    sent = sandbox.call(path, wish).json()
    sandbox.pass_time(2)
    fate = xmltodict.parse(opened(product.of(CALLBACK)[-1]))["xml"]["SubscribeMsgSentEvent"]["List"]
    assert (fate["MsgID"], fate["ErrorStatus"]) == (str(sent["msgid"]), "user block")
    assert [line for line in sandbox.chat(phone) if line["side"] == "account"] == []


def test_json_has_an_object_for_one_and_a_list_for_more(sandbox, product):
    phone = sandbox.phone()
    agree(sandbox, phone, {"SUB1": "accept"})
    agree(sandbox, phone, {"SUB1": "accept", "SUB2": "reject"})
    one, more = [json.loads(mini_push(letter)) for letter in product.of(CALLBACK)]
    assert one["List"] == {
        "TemplateId": "SUB1",
        "SubscribeStatusString": "accept",
        "PopupScene": "0",
    }
    assert [entry["TemplateId"] for entry in more["List"]] == ["SUB1", "SUB2"]
    assert one["Event"] == "subscribe_msg_popup_event"
    assert one["FromUserName"] == phone["mini_openid"]
    assert one["ToUserName"] != ACCOUNTS["WECHAT_OA_ORIGINAL_ID"]


def test_the_mini_program_pushes_xml_when_its_console_says_so(sandbox, product):
    phone = sandbox.phone()
    sandbox.control("/console", {"mini_push_format": "xml"}, "PUT")
    agree(sandbox, phone, {"SUB1": "accept"})
    fields = xmltodict.parse(mini_push(product.of(CALLBACK)[0]))["xml"]
    assert fields["SubscribeMsgPopupEvent"]["List"]["TemplateId"] == "SUB1"


@pytest.mark.parametrize("mode", ["plain", "compatible"])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_mini_program_pushes_in_clear_modes_too(sandbox, product, mode, form):
    phone = sandbox.phone()
    sandbox.control("/console", {"mini_push_format": form, "push_mode": mode}, "PUT")
    agree(sandbox, phone, {"SUB1": "accept"})
    body = product.of(CALLBACK)[0].body
    fields = json.loads(body) if form == "json" else xmltodict.parse(body)["xml"]
    assert fields["Event"] == "subscribe_msg_popup_event"
    assert ("Encrypt" in fields) is (mode == "compatible")


def test_who_revokes_a_template_gets_no_more_of_it(sandbox, product):
    phone = sandbox.phone()
    agree(sandbox, phone, {"SUB1": "accept"})
    sandbox.control(f"/phones/{phone['id']}/unsubscribe", {"template_id": "SUB1"})
    told = json.loads(mini_push(product.of(CALLBACK)[-1]))
    assert told["Event"] == "subscribe_msg_change_event"
    assert told["List"] == {"TemplateId": "SUB1", "SubscribeStatusString": "reject"}
    assert send(sandbox, message(phone)) == 43101


@pytest.mark.parametrize(
    "wish",
    [
        {"choices": {}},
        {"choices": {f"S{n}": "accept" for n in range(6)}},
        {"choices": {"SUB1": "perhaps"}},
        {"choices": ["SUB1"]},
        {"choices": {"SUB1": "accept"}, "app": "web"},
    ],
)
def test_an_impossible_answer_changes_nothing(sandbox, product, wish):
    phone = sandbox.phone()
    answer = requests.post(
        f"{sandbox.url}/__ctl/phones/{phone['id']}/subscribe", json=wish, timeout=9
    )
    assert answer.status_code in (404, 409)
    assert (product.letters, send(sandbox, message(phone))) == ([], 43101)
