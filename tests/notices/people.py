"""People in the chat: with a phone of the sandbox, or by letters that WeChat would write."""

from __future__ import annotations

import json
import secrets
from typing import Any
from uuid import UUID

import xmltodict

from app.core.config import settings
from app.core.world import new_id, now
from app.members import service as members
from app.wechat import client as wechat
from app.wechat.keys import push_keys
from app.wechat.signing import PushProof, unseal_push
from tests.notices.posts import received
from tests.wechat.letters import seal, xml


def words_of(answer: dict[str, Any]) -> str:
    """What somebody reads in a text or on a card."""
    if answer.get("MsgType") != "news":
        return str(answer.get("Content", ""))
    card = answer["Articles"]["item"]
    return f"{card['Title']}\n{card['Description']}"


def shown(line: dict[str, Any]) -> str:
    """What a line of the phone's chat says."""
    return words_of({"MsgType": line["kind"], "Content": line["text"]} | line["content"])


class Person:
    """A phone in the sandbox, and what the account answered to it."""

    def __init__(self, sandbox):
        self.sandbox, self.phone = sandbox, sandbox.phone()

    def does(self, what, **wish):
        """Does something with the phone; what the account answered."""
        before = len(self.answers())
        self.sandbox.act(self.phone, what, **wish)
        return "\n".join(self.answers()[before:])

    def answers(self):
        return [shown(line) for line in received(self.sandbox, self)]

    def scans(self, scene):
        """Scans the code of a scene, as WeChat would push it."""
        return self.does("scan", content=wechat.create_qrcode_ticket(scene, 600).url)

    @property
    def member_id(self) -> UUID | None:
        return members.member_of(settings().wechat_oa_app_id, self.phone["openid"])


class Correspondent:
    """Somebody whose messages WeChat pushes here: signed, sealed, and answered sealed."""

    def __init__(self, client, app_id=None):
        self.client, self.openid = client, f"o{new_id().hex[:27]}"
        self.app_id = app_id or settings().wechat_oa_app_id
        self.letter: tuple[Any, Any] = ({}, b"")

    def sends(self, kind, *, as_json=False, **fields) -> dict[str, Any]:
        """Sends a message or, with `Event`, causes an event; the fields of the answer."""
        message = {
            "ToUserName": settings().wechat_oa_original_id,
            "FromUserName": self.openid,
            "CreateTime": int(now().timestamp()),
            "MsgType": kind,
            **fields,
        }
        if kind != "event":
            message["MsgId"] = secrets.randbits(60)
        body = json.dumps(message) if as_json else xml(message)
        token = settings().wechat_oa_token.get_secret_value()
        aes_key = settings().wechat_oa_aes_key.get_secret_value()
        self.letter = seal(token, aes_key, self.app_id, body)
        return self.repeats()

    def writes(self, content) -> str:
        """Writes a text; the words of the answer, be it a text or a card."""
        return words_of(self.sends("text", Content=content))

    def causes(self, event, **fields) -> dict[str, Any]:
        return self.sends("event", Event=event, **fields)

    def repeats(self) -> dict[str, Any]:
        """WeChat pushes the last message again."""
        query, body = self.letter
        answer = self.client.post("/wechat/callback", query_string=query, data=body)
        assert answer.status_code == 200, answer.text
        if answer.text == "success":
            return {}
        sealed = xmltodict.parse(answer.data)["xml"]
        proof = PushProof("", sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"])
        opened = unseal_push(push_keys(), proof, {"Encrypt": sealed["Encrypt"]})
        assert opened is not None
        assert len(opened[0]) < 4_000
        return xmltodict.parse(opened[0])["xml"]

    @property
    def member_id(self) -> UUID | None:
        return members.member_of(self.app_id, self.openid)
