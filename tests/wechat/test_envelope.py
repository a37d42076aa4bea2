"""What a push may look like, and what is turned away."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from app.wechat.envelope import Message, open_envelope, read_message, scene_of
from app.wechat.errors import NoticeMalformed
from tests.wechat.letters import xml

BASE = {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": "1763784000"}
TEXT = {**BASE, "MsgType": "text", "Content": "你好", "MsgId": "23456789012345678"}
FOLLOW = {**BASE, "MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_Sabc"}


def _read(fields: dict[str, Any]) -> Message:
    return read_message(open_envelope(xml(fields).encode()), "wx1")


def test_a_text_message_is_read() -> None:
    message = _read(TEXT)
    assert (message.kind, message.event, message.content) == ("text", "", "你好")
    assert (message.openid, message.original_id, message.app_id) == ("o1", "gh_1", "wx1")
    assert message.created_at == datetime.fromtimestamp(1763784000, UTC)
    assert message.scene is None


def test_the_same_message_as_json_has_the_same_key() -> None:
    as_json = {**TEXT, "CreateTime": 1763784000, "MsgId": 23456789012345678}
    message = read_message(open_envelope(json.dumps(as_json).encode()), "wx1")
    assert message.key() == _read(TEXT).key()


@pytest.mark.parametrize(
    ("event", "key", "scene"),
    [
        ("subscribe", "qrscene_Sabc", "Sabc"),
        ("subscribe", "qrscene_", None),
        ("subscribe", "", None),
        ("subscribe", "Sabc", None),
        ("subscribe", "last_trade_no_4200001", None),
        ("scan", "Sabc", "Sabc"),
        ("scan", "qrscene_Sabc", "qrscene_Sabc"),
        ("unsubscribe", "last_trade_no_4200001", None),
        ("click", "menu_wallet", None),
    ],
)
def test_a_scene_is_taken_from_followed_and_scanned_codes_only(
    event: str, key: str, scene: str | None
) -> None:
    assert scene_of(event, key) == scene


@pytest.mark.parametrize("empty", ["<EventKey></EventKey>", "<EventKey/>", ""])
def test_a_plain_follow_has_no_scene(empty: str) -> None:
    follow = xml({**BASE, "MsgType": "event", "Event": "subscribe"})
    body = follow.replace("</xml>", f"{empty}</xml>")
    message = read_message(open_envelope(body.encode()), "wx1")
    assert (message.event, message.event_key, message.scene) == ("subscribe", "", None)


@pytest.mark.parametrize(
    "other",
    [
        {**FOLLOW, "CreateTime": "1763784001"},
        {**FOLLOW, "FromUserName": "o2"},
        {**FOLLOW, "Event": "unsubscribe"},
        {**FOLLOW, "EventKey": "qrscene_Sabd"},
        {**FOLLOW, "MsgID": "9"},
        TEXT,
    ],
)
def test_different_events_have_different_keys(other: dict[str, Any]) -> None:
    assert _read(other).key() != _read(FOLLOW).key()
    assert _read(FOLLOW).key() == _read({**FOLLOW, "Ticket": "gQ"}).key()


def test_the_key_belongs_to_the_app_it_was_pushed_to() -> None:
    fields = open_envelope(xml(TEXT).encode())
    assert read_message(fields, "wx1").key() != read_message(fields, "wx2").key()


def test_a_text_about_document_types_is_still_a_text() -> None:
    assert _read({**TEXT, "Content": "<!DOCTYPE html> <!ENTITY"}).content.startswith("<!DOCTYPE")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<",
        b"<xml>",
        b"<xml/>",
        b"<xml>text</xml>",
        b"<!DOCTYPE xml><xml><MsgType>text</MsgType></xml>",
        b'<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml><MsgType>text</MsgType></xml>',
        b"<html><xml><MsgType>text</MsgType></xml></html>",
        b"<xml><a></xml>",
        b"<xml><a>&undefined;</a></xml>",
        b"\xff\xfe<\x00x\x00m\x00l\x00>\x00",
        b"\x80\x81",
        b"{",
        b"{}x",
        b"[]",
        b"null",
        b'"text"',
        b"{" * 30_000,
        b'{"a":' * 10_000,
        b'{"a":' + b"[" * 30_000,
        b"<xml>" + b"<a>" * 20_000,
        b"<xml>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</xml>",
        b'{"n":' + b"9" * 5_000 + b"}",
        b'<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><a>&e;</a></xml>',
        b'<?x <xml ?><!DOCTYPE xml [<!ENTITY e "x">]><xml><a>&e;</a></xml>',
        f"<!DOCTYPE xml [{LAUGHS}]><xml><a>&l8;</a></xml>".encode(),
    ],
)
def test_whatever_is_no_notice_is_malformed_at_once(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(NoticeMalformed):
        open_envelope(body)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "fields",
    [
        {**TEXT, "MsgType": ""},
        {**TEXT, "FromUserName": ""},
        {**TEXT, "FromUserName": "o" * 129},
        {**FOLLOW, "Event": "e" * 129},
        {**TEXT, "FromUserName": ["o1", "o2"]},
        {**TEXT, "FromUserName": {"x": "o1"}},
        {**TEXT, "MsgType": True},
        {**TEXT, "CreateTime": ""},
        {**TEXT, "CreateTime": "now"},
        {**TEXT, "CreateTime": -5},
        {**TEXT, "CreateTime": 10**15},
        {**TEXT, "CreateTime": "٤٤"},
        {**TEXT, "CreateTime": 1.5},
        {**TEXT, "Content": {"nested": 1}},
        {**FOLLOW, "EventKey": ["qrscene_S"]},
    ],
)
def test_a_notice_with_fields_of_another_form_is_malformed(fields: dict[str, Any]) -> None:
    with pytest.raises(NoticeMalformed):
        read_message(open_envelope(json.dumps(fields).encode()), "wx1")


def test_what_the_database_cannot_keep_is_taken_out() -> None:
    body = json.dumps({**TEXT, "Content": "a\0b\ud800c😀"}).encode()
    assert read_message(open_envelope(body), "wx1").content == "ab\ufffdc😀"
