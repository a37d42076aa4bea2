"""Pushes over HTTP: what is stored, what is answered, what is refused without a trace."""

from __future__ import annotations

import base64
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import xmltodict
from sqlalchemy import func, select

from app.core.config import settings
from app.core.db import db, read
from app.core.errors import ServiceUnavailable
from app.core.outbox import emit
from app.wechat import inbox
from app.wechat.envelope import Message
from app.wechat.models import Notice
from app.wechat.signing import PushProof, push_signature, unseal_push
from tests.wechat.letters import seal, xml

CALLBACK = "/wechat/callback"


def _token() -> str:
    return settings().wechat_oa_token.get_secret_value()


def _aes_key() -> str:
    return settings().wechat_oa_aes_key.get_secret_value()


def _text(openid: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "ToUserName": settings().wechat_oa_original_id,
        "FromUserName": openid or f"o{uuid4().hex}",
        "CreateTime": int(time.time()),
        "MsgType": "text",
        "Content": "你好",
        "MsgId": uuid4().int >> 66,
        **more,
    }


def _push(client, fields: dict[str, Any], *, app_id: str | None = None, as_json: bool = False):
    text = json.dumps(fields) if as_json else xml(fields)
    query, body = seal(_token(), _aes_key(), app_id or settings().wechat_oa_app_id, text)
    return client.post(CALLBACK, query_string=query, data=body, content_type="text/xml")


def _stored(openid: str) -> list[Any]:
    columns = (Notice.event, Notice.body, Notice.reply, Notice.processed_at, Notice.last_error)
    return list(read(select(*columns).where(Notice.openid == openid)))


def _count() -> int:
    return int(read(select(func.count()).select_from(Notice))[0][0])


def _opened(response) -> dict[str, Any]:
    sealed = xmltodict.parse(response.data)["xml"]
    proof = PushProof("", sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"])
    from app.wechat.keys import push_keys

    opened = unseal_push(push_keys(), proof, {"Encrypt": sealed["Encrypt"]})
    assert opened is not None
    return xmltodict.parse(opened[0])["xml"]


def test_the_address_check_echoes_only_with_the_right_signature(client) -> None:
    query = {"timestamp": "1", "nonce": "2", "echostr": "<b>5</b>"}
    query["signature"] = push_signature(_token(), "1", "2")
    answer = client.get(CALLBACK, query_string=query)
    assert (answer.status_code, answer.text) == (200, "<b>5</b>")
    assert answer.mimetype == "text/plain"
    refused = client.get(CALLBACK, query_string=query | {"nonce": "3"})
    assert (refused.status_code, refused.json["code"]) == (403, "not_from_wechat")
    assert client.get(CALLBACK).status_code == 403


def test_a_push_is_stored_handled_and_answered_in_cipher(app, client, messages, context) -> None:
    seen: list[Message] = []

    def answer(message: Message) -> str:
        seen.append(message)
        return "欢迎 ]]> <b>"

    fields = _text()
    with messages.connected_to(answer):
        response = _push(client, fields)
    assert response.status_code == 200
    reply = _opened(response)
    assert reply["Content"] == "欢迎 ]]> <b>"
    assert (reply["ToUserName"], reply["FromUserName"]) == (
        fields["FromUserName"],
        fields["ToUserName"],
    )
    assert [message.content for message in seen] == ["你好"]
    [row] = _stored(fields["FromUserName"])
    assert row.reply == "欢迎 ]]> <b>"
    assert row.processed_at is not None
    assert "你好" not in row.body
    assert base64.b64encode("你好".encode()).decode() not in row.body


def test_without_a_reply_the_answer_is_success(client, messages) -> None:
    response = _push(client, _text())
    assert (response.status_code, response.text) == (200, "success")


def test_a_repeated_push_gets_the_same_reply_and_is_handled_once(client, messages, context) -> None:
    replies = iter(["first", "second"])
    fields = _text()

    def answer(message: Message) -> str:
        return next(replies)

    with messages.connected_to(answer):
        first, again = _push(client, fields), _push(client, fields)
    assert _opened(first)["Content"] == _opened(again)["Content"] == "first"
    assert next(replies) == "second"
    assert len(_stored(fields["FromUserName"])) == 1


def test_thirty_two_pushes_at_once_are_handled_once(app, messages, context) -> None:
    handled: list[str] = []
    start = threading.Barrier(32)
    fields = _text()

    def answer(message: Message) -> str:
        handled.append(message.openid)
        time.sleep(0.05)
        return f"welcome {len(handled)}"

    def push(_: int) -> str:
        start.wait()
        return _opened(_push(app.test_client(), fields))["Content"]

    with messages.connected_to(answer), ThreadPoolExecutor(32) as pool:
        replies = list(pool.map(push, range(32)))
    assert replies == ["welcome 1"] * 32
    assert len(handled) == 1


def test_two_events_of_one_second_are_both_handled(client, messages, context) -> None:
    follow = _text(MsgType="event", Event="subscribe", EventKey="qrscene_S1")
    scan = follow | {"Event": "SCAN", "EventKey": "S1"}
    for fields in (follow, scan):
        del fields["MsgId"]
        assert _push(client, fields).status_code == 200
    assert {row.event for row in _stored(follow["FromUserName"])} == {"subscribe", "scan"}


def test_what_the_handler_wrote_goes_with_its_failure(client, messages, context) -> None:
    fields = _text()

    def fail(message: Message) -> None:
        db.session.add(Notice(key=b"by handler " + fields["FromUserName"].encode(), **EMPTY))
        db.session.flush()
        raise RuntimeError("a fault of ours")

    before = inbox.unprocessed()
    with messages.connected_to(fail):
        response = _push(client, fields)
    assert (response.status_code, response.text) == (200, "success")
    [row] = _stored(fields["FromUserName"])
    assert (row.processed_at, row.last_error) == (None, "RuntimeError")
    assert inbox.unprocessed() == before + 1
    handler_rows = select(Notice.key).where(Notice.event == EMPTY["event"])
    assert read(handler_rows) == []


EMPTY = {"source": "message", "event": "by handler", "attempts": 0, "received_at": func.now()}


def test_a_notice_whose_handling_failed_is_handled_by_the_next_push(
    client, messages, context
) -> None:
    fields = _text()

    def fail(message: Message) -> None:
        raise RuntimeError

    with messages.connected_to(fail):
        _push(client, fields)

    def answer(message: Message) -> str:
        return "now it works"

    with messages.connected_to(answer):
        assert _opened(_push(client, fields))["Content"] == "now it works"
    [row] = _stored(fields["FromUserName"])
    assert row.processed_at is not None


def test_an_owed_notice_is_swept_once_it_is_due(client, messages, context) -> None:
    fields = _text(Content="handle me later")
    seen: list[str] = []

    def fail(message: Message) -> None:
        raise RuntimeError

    def note(message: Message) -> None:
        seen.append(message.content)

    with messages.connected_to(fail):
        _push(client, fields)
        assert inbox.sweep() == 0  # not due yet
        _make_due(fields["FromUserName"])
        assert inbox.sweep() == 0  # fails again and is postponed further
    assert [row.processed_at for row in _stored(fields["FromUserName"])] == [None]
    _make_due(fields["FromUserName"])
    with messages.connected_to(note):
        assert inbox.sweep() == 1
        assert inbox.sweep() == 0
    assert seen == ["handle me later"]


def _make_due(openid: str) -> None:
    from app.core.db import in_transaction

    def work() -> None:
        db.session.query(Notice).filter(Notice.openid == openid).update({"retry_at": func.now()})

    in_transaction(work)


def test_trouble_of_ours_is_503_and_leaves_nothing(client, messages, context) -> None:
    fields = _text()

    def busy(message: Message) -> None:
        emit("nobody.reads.this", {}, bucket=0)
        raise ServiceUnavailable

    with messages.connected_to(busy):
        response = _push(client, fields)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert _stored(fields["FromUserName"]) == []


def test_a_mini_program_push_may_be_json_and_is_answered_success(client, messages, context) -> None:
    fields = _text(ToUserName="gh_mini", MsgType="event", Event="user_enter_tempsession")
    seen: list[str] = []

    def answer(message: Message) -> str:
        seen.append(message.app_id)
        return "a mini-program takes no text"

    with messages.connected_to(answer):
        app_id = settings().wechat_mini_app_id
        response = _push(client, fields, app_id=app_id, as_json=True)
    assert (response.status_code, response.text) == (200, "success")
    assert seen == [settings().wechat_mini_app_id]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"msg_signature": "0" * 40}, 403, "not_from_wechat"),
        ({"msg_signature": ""}, 403, "not_from_wechat"),
        ({"timestamp": "1"}, 403, "not_from_wechat"),
        ({"nonce": "other"}, 403, "not_from_wechat"),
    ],
)
def test_a_forged_push_is_refused_and_leaves_nothing(
    client, messages, context, change: dict[str, str], status: int, code: str
) -> None:
    before = _count()
    query, body = seal(_token(), _aes_key(), settings().wechat_oa_app_id, xml(_text()))
    response = client.post(CALLBACK, query_string=query | change, data=body)
    assert (response.status_code, response.json["code"]) == (status, code)
    assert _count() == before


def test_a_plain_push_is_refused_in_safe_mode(client, messages, context) -> None:
    before = _count()
    query = {"timestamp": "1", "nonce": "2", "signature": push_signature(_token(), "1", "2")}
    response = client.post(CALLBACK, query_string=query, data=xml(_text()).encode())
    assert (response.status_code, response.json["code"]) == (403, "not_from_wechat")
    assert _count() == before


def test_a_push_to_another_app_is_refused(client, messages, context) -> None:
    before = _count()
    response = _push(client, _text(), app_id="wxsomebodyelse0001")
    assert (response.status_code, response.json["code"]) == (400, "notice_not_ours")
    assert _count() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"{",
        b"\xff\xff",
        b"[" * 60_000,
        b"<xml>" + b"<a>" * 21_000,
        b'<!DOCTYPE x [<!ENTITY a "a">]><xml><Encrypt>&a;</Encrypt></xml>',
    ],
)
def test_a_malformed_body_is_400_and_leaves_nothing(client, messages, context, body: bytes) -> None:
    before = _count()
    response = client.post(CALLBACK, data=body)
    assert (response.status_code, response.json["code"]) == (400, "notice_malformed")
    assert _count() == before


def test_a_huge_body_is_413(client, messages, context) -> None:
    before = _count()
    response = client.post(CALLBACK, data=b"<xml>" + b"x" * 65_536 + b"</xml>")
    assert (response.status_code, response.json["code"]) == (413, "too_large")
    assert _count() == before


def test_sealed_rubbish_is_refused(client, messages, context) -> None:
    before = _count()
    for text in ("", "not xml", "[]", xml({"MsgType": "text"}), '{"MsgType": "text"}'):
        query, body = seal(_token(), _aes_key(), settings().wechat_oa_app_id, text)
        response = client.post(CALLBACK, query_string=query, data=body)
        assert (response.status_code, response.json["code"]) == (400, "notice_malformed")
    assert _count() == before


def test_forgetting_a_person_clears_their_notices_but_keeps_the_keys(
    client, messages, context
) -> None:
    from app.core.db import in_transaction

    fields = _text()
    _push(client, fields)
    total = _count()
    app_id = settings().wechat_oa_app_id
    assert in_transaction(lambda: inbox.forget(app_id, fields["FromUserName"])) == 1
    assert _stored(fields["FromUserName"]) == []
    assert _count() == total


def test_old_notices_lose_their_personal_data(client, messages, context, monkeypatch) -> None:
    fields = _text()
    _push(client, fields)
    assert inbox.clear_old() == 0
    monkeypatch.setattr(inbox, "KEEP_DAYS", -1)
    assert inbox.clear_old() >= 1
    assert _stored(fields["FromUserName"]) == []


def test_a_compatible_push_is_taken_by_its_encrypted_part_only(
    client, messages, context, monkeypatch
) -> None:
    monkeypatch.setattr(settings(), "wechat_oa_mode", "compatible")
    fields = _text()
    query, body = seal(_token(), _aes_key(), settings().wechat_oa_app_id, xml(fields))
    readable = xml({"FromUserName": "o_forged", "MsgType": "text", "Content": "forged"})
    both = body.decode().replace("<xml>", readable.removesuffix("</xml>"))
    assert client.post(CALLBACK, query_string=query, data=both.encode()).status_code == 200
    assert len(_stored(fields["FromUserName"])) == 1
    assert _stored("o_forged") == []


def test_a_plain_push_is_taken_and_answered_plainly_where_that_is_allowed(
    client, messages, context, monkeypatch
) -> None:
    monkeypatch.setattr(settings(), "wechat_oa_mode", "plain")
    fields, apps = _text(), []

    def answer(message: Message) -> str:
        apps.append(message.app_id)
        return "plainly"

    query = {"timestamp": "1", "nonce": "2", "signature": push_signature(_token(), "1", "2")}
    with messages.connected_to(answer):
        response = client.post(CALLBACK, query_string=query, data=xml(fields).encode())
        mini = _text(ToUserName="gh_another")
        silent = client.post(CALLBACK, query_string=query, data=json.dumps(mini).encode())
    reply = xmltodict.parse(response.data)["xml"]
    assert (reply["Content"], reply["ToUserName"]) == ("plainly", fields["FromUserName"])
    assert silent.text == "success"
    assert apps == [settings().wechat_oa_app_id, settings().wechat_mini_app_id]
    forged = client.post(CALLBACK, query_string=query | {"nonce": "3"}, data=xml(fields).encode())
    assert forged.status_code == 403
