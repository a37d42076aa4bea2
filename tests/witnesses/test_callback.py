"""Pushes written by others reach the product; what it answers is read by others."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace

import pytest
import requests
import xmltodict
from sqlalchemy import func, select
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner, check_signature

from app.core.config import settings
from app.core.db import read
from app.wechat.models import Notice
from tests.witnesses.pairs import CALLBACK

MODES = ["safe", "compatible", "plain"]
WITNESSES = ["wechatpy", "wechat-crypto", "@wecom/crypto"]


def follow():
    """A new follower's event, as fields."""
    return {
        "ToUserName": settings().wechat_oa_original_id,
        "FromUserName": f"o{uuid.uuid4().hex}",
        "CreateTime": str(int(time.time())),
        "MsgType": "event",
        "Event": "subscribe",
        "EventKey": "",
    }


def xml(fields):
    return xmltodict.unparse({"xml": fields}, full_document=False)


class Writer:
    """Seals and opens with one of the witnesses."""

    def __init__(self, name, node, account):
        self.name, self.account, self._node = name, account, node
        self._crypto = WeChatCrypto(account["token"], account["aes_key"], account["app_id"])

    def seal(self, clear, nonce, timestamp):
        """The encrypted part of a message, and its signature."""
        if self.name == "wechatpy":
            made = xmltodict.parse(self._crypto.encrypt_message(clear, nonce, timestamp))["xml"]
            return made["Encrypt"], made["MsgSignature"]
        encrypted = self._ask("message.seal", clear=clear)
        return encrypted, self._sign(nonce, timestamp, encrypted)

    def open(self, encrypted, signature, timestamp, nonce):
        """The clear text of a message whose signature is right."""
        if self.name == "wechatpy":
            sealed = {"Encrypt": encrypted}
            return self._crypto.decrypt_message(sealed, signature, timestamp, nonce)
        assert self._sign(nonce, timestamp, encrypted) == signature
        opened = self._ask("message.open", encrypted=encrypted)
        assert opened["id"] == self.account["app_id"]
        return opened["message"]

    def _sign(self, nonce, timestamp, encrypted):
        claims = {"nonce": nonce, "timestamp": timestamp, "encrypted": encrypted}
        return self._ask("message.sign", **claims)

    def _ask(self, question, **wish):
        return self._node.ask(question, library=self.name, account=self.account, **wish)


@pytest.fixture(params=WITNESSES)
def writer(request, node, account):
    return Writer(request.param, node, account)


def plain_query(account, timestamp, nonce):
    signer = WeChatSigner()
    signer.add_data(account["token"], timestamp, nonce)
    return {"signature": signer.signature, "timestamp": timestamp, "nonce": nonce}


def push(pair, writer, fields, *, spoil=lambda encrypted: encrypted):
    """Post an event as WeChat would in the mode of the pair."""
    timestamp, nonce = str(int(time.time())), uuid.uuid4().hex[:10]
    query, body = plain_query(writer.account, timestamp, nonce), fields
    if pair.mode != "plain":
        encrypted, signature = writer.seal(xml(fields), nonce, timestamp)
        query |= {"encrypt_type": "aes", "msg_signature": signature}
        clear = {"ToUserName": fields["ToUserName"]} if pair.mode == "safe" else fields
        body = {**clear, "Encrypt": spoil(encrypted)}
    address = pair.pushes.url + CALLBACK
    return requests.post(address, data=xml(body).encode(), params=query, timeout=20)


def read_reply(pair, writer, content):
    """The passive reply as wechatpy's model of it, opened by the witness."""
    fields = xmltodict.parse(content)["xml"]
    if pair.mode != "plain":
        proof = (fields[name] for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce"))
        fields = xmltodict.parse(writer.open(*proof))["xml"]
    return fields


def stored():
    """How many notices the product has kept."""
    return read(select(func.count()).select_from(Notice))[0][0]


@pytest.mark.parametrize("mode", MODES)
def test_the_callback_answers_what_another_implementation_writes(pair_in, writer, mode):
    pair, fields = pair_in(mode), follow()
    answer = push(pair, writer, fields)
    assert answer.status_code == 200, answer.text
    reply = read_reply(pair, writer, answer.content)
    assert reply["ToUserName"] == fields["FromUserName"]
    assert reply["FromUserName"] == fields["ToUserName"]
    assert reply["MsgType"] == "text"
    assert reply["Content"]


@pytest.mark.parametrize("mode", ["safe", "compatible"])
def test_a_changed_cipher_is_refused_and_stores_nothing(pair_in, writer, context, mode):
    before = stored()
    changed = lambda encrypted: ("B" if encrypted[0] == "A" else "A") + encrypted[1:]  # noqa: E731
    answer = push(pair_in(mode), writer, follow(), spoil=changed)
    assert answer.status_code == 403
    assert stored() == before


def test_a_push_sealed_for_another_app_is_refused(pair, node, account, writer, context):
    before = stored()
    stranger = Writer(writer.name, node, account | {"app_id": "wx0000000000000000"})
    assert push(pair, stranger, follow()).status_code == 400
    assert stored() == before


@pytest.mark.parametrize("sent", ["compatible", "plain"])
def test_a_product_in_safe_mode_refuses_a_weaker_push(pair, pair_in, node, account, sent, context):
    weaker, before = Writer("wechatpy", node, account), stored()
    assert push(replace(pair, mode=sent), weaker, follow()).status_code == 403
    assert stored() == before
    assert push(pair_in(sent), weaker, follow()).status_code == 200


def test_the_address_check_accepts_another_signature(pair, account):
    query = plain_query(account, "1714036504", "77") | {"echostr": "4375120948345356249"}
    answer = requests.get(pair.pushes.url + CALLBACK, query, timeout=20)
    assert (answer.status_code, answer.text) == (200, "4375120948345356249")
    query["signature"] = "0" * 40
    assert requests.get(pair.pushes.url + CALLBACK, query, timeout=20).status_code == 403


@pytest.mark.parametrize("mode", MODES)
def test_a_push_of_the_sandbox_and_its_reply_are_read_by_another(pair_in, writer, mode):
    pair = pair_in(mode)
    phone = pair.phone()
    letter = pair.pushed(lambda: pair.act(phone, "follow", scene="no scene of ours"))
    query, fields = letter.query, xmltodict.parse(letter.body)["xml"]
    claims = (query["signature"], query["timestamp"], query["nonce"])
    check_signature(writer.account["token"], *claims)
    text = letter.body.decode()
    if mode != "plain":
        proof = (query["msg_signature"], query["timestamp"], query["nonce"])
        text = writer.open(fields["Encrypt"], *proof)
    message = parse_message(text)
    assert (message.event, message.scene_id) == ("subscribe_scan", "no scene of ours")
    assert message.source == phone["openid"]
    reply = read_reply(pair, writer, letter.answer)
    shown = [line["text"] for line in pair.chat(phone) if line["side"] == "account"]
    assert reply["Content"].replace("\r\n", "\n") in shown


def test_in_safe_mode_nothing_about_the_sender_is_readable_in_the_body(pair):
    phone = pair.phone()
    letter = pair.pushed(lambda: pair.act(phone, "follow"))
    assert set(xmltodict.parse(letter.body)["xml"]) == {"ToUserName", "Encrypt"}
    assert phone["openid"].encode() not in letter.body
