"""Opens what WeChat pushes: XML or JSON becomes a `Message`. Pure; trusts nothing it reads.

WeChat facts A1–A8. Whatever is not such a message raises NoticeMalformed (400), never anything
else: entity declarations, other encodings, deep nesting, lists where text belongs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

from app.wechat.errors import NoticeMalformed

LARGEST_BODY_BYTES = 64 * 1024
DEEPEST_LEVEL = 8
LONGEST_NAME = 128
LAST_MOMENT = 253_402_300_799  # 9999-12-31, the last second a timestamp can name
SCENE_PREFIX = "qrscene_"
NO_SCENE_PREFIX = "last_trade_no_"  # a follow after paying carries this instead of a scene (A6)

Fields = dict[str, Any]

# What nearly every push looks like: one level, text or one CDATA section, nothing to resolve.
# Characters that XML forbids or changes (line ends) are left to the parser.
_PLAIN = r"[^\x00-\x08\x0b-\x1f\ufffe\uffff<&\]]"
_CDATA = r"[^\x00-\x08\x0b-\x1f\ufffe\uffff\]]"
_TEXT = rf"<!\[CDATA\[({_CDATA}*(?:\](?!\]>){_CDATA}*)*)\]\]>|({_PLAIN}*)"
_FIELD = re.compile(rf"<([A-Za-z_]+)>(?:{_TEXT})</\1>[ \t\n]*")
_OPENING = re.compile(r"<xml>[ \t\n]*")
_CLOSING = "</xml>"


@dataclass(frozen=True, slots=True)
class Message:
    """A message or event that a WeChat user caused.

    `app_id` is the account of ours it was pushed to. `kind` is WeChat's MsgType and `event` its
    Event, both in lower case; `event` is empty for ordinary messages. `scene` is the scene of
    the parametric code that was scanned, without prefix, else None. `fields` is everything.
    """

    app_id: str
    original_id: str
    openid: str
    kind: str
    event: str
    event_key: str
    scene: str | None
    content: str
    message_id: str
    created_at: datetime
    fields: Mapping[str, Any]

    def key(self) -> bytes:
        """What makes two pushes the same one (32 bytes).

        Ordinary messages: MsgId. Events: sender, second and event; a second may hold two events
        of one sender, so their key and the id of what they report belong to it (fact A7).
        """
        if self.event or not self.message_id:
            second = str(int(self.created_at.timestamp()))
            parts = [self.openid, second, self.kind, self.event, self.event_key, self.message_id]
        else:
            parts = [self.message_id]
        return sha256(json.dumps([self.app_id, *parts]).encode()).digest()


def open_envelope(body: bytes) -> Fields:
    """The fields of a pushed body, XML or JSON. Raises NoticeMalformed."""
    try:
        text = body.decode("utf-8").strip("\ufeff \t\r\n")
    except UnicodeDecodeError:
        raise NoticeMalformed("the body is not UTF-8") from None
    flat = _open_flat(text)
    if flat is not None:
        return flat
    is_json = text.startswith("{")
    fields = _open_json(text) if is_json else _open_xml(text)
    if not is_json and all(value is None or type(value) is str for value in fields.values()):
        return fields  # the usual, flat; XML cannot hold what the database cannot keep
    _refuse_deep(fields)
    cleaned = _storable(fields)
    assert isinstance(cleaned, dict)
    return cleaned


def read_message(fields: Fields, app_id: str) -> Message:
    """The message that pushed fields describe. Raises NoticeMalformed where one is missing."""
    kind = _text(fields, "MsgType").lower()
    openid = _text(fields, "FromUserName")
    if not kind or not openid:
        raise NoticeMalformed("MsgType and FromUserName must not be empty")
    event = _text(fields, "Event").lower() if kind == "event" else ""
    if max(len(openid), len(kind), len(event)) > LONGEST_NAME:
        raise NoticeMalformed("a name is longer than any of WeChat's")
    event_key = _text(fields, "EventKey")
    return Message(
        app_id=app_id,
        original_id=_text(fields, "ToUserName"),
        openid=openid,
        kind=kind,
        event=event,
        event_key=event_key,
        scene=scene_of(event, event_key),
        content=_text(fields, "Content"),
        message_id=_text(fields, "MsgId") or _text(fields, "MsgID"),
        created_at=_moment(fields),
        fields=fields,
    )


def scene_of(event: str, event_key: str) -> str | None:
    """The scene of a scanned code: `qrscene_<scene>` on a follow, bare on SCAN (fact A6)."""
    if event_key.startswith(NO_SCENE_PREFIX):
        return None
    if event == "subscribe" and event_key.startswith(SCENE_PREFIX):
        return event_key.removeprefix(SCENE_PREFIX) or None
    return event_key or None if event == "scan" else None


def _open_flat(text: str) -> Fields | None:
    """The fields of the usual, flat XML as `_open_xml` finds them; None for any other body."""
    opening = _OPENING.match(text)
    if opening is None or not text.endswith(_CLOSING):
        return None
    fields: Fields = {}
    position, end = opening.end(), len(text) - len(_CLOSING)
    while position < end:
        found = _FIELD.match(text, position, end)
        if found is None or found[1] in fields:
            return None
        fields[found[1]] = (found[2] or found[3] or "").strip() or None
        position = found.end()
    return fields or None


def _open_json(text: str) -> Fields:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise NoticeMalformed("the body is not JSON") from None
    if not isinstance(fields, dict):
        raise NoticeMalformed("the body is not a JSON object")
    return fields


def _open_xml(text: str) -> Fields:
    prolog, root, _ = text.partition("<xml")
    if not root or "<!" in prolog:
        raise NoticeMalformed("the body is not <xml> without a document type")
    try:
        document = xmltodict.parse(text)
    except (ExpatError, ValueError, RecursionError):
        raise NoticeMalformed("the body is not XML") from None
    fields = document.get("xml")
    if not isinstance(fields, dict):
        raise NoticeMalformed("the body has no <xml> with fields in it")
    return fields


def _refuse_deep(fields: Any) -> None:
    level = [fields]
    for _ in range(DEEPEST_LEVEL):
        level = [child for value in level for child in _children(value)]
    if level:
        raise NoticeMalformed("the body is nested too deeply")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _storable(value: Any) -> Any:
    """The same value without what PostgreSQL cannot keep: NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        whole = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.replace("\0", "")
    if isinstance(value, dict):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list) else value


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NoticeMalformed(f"{name} is not text")
    return str(value).strip()


def _moment(fields: Fields) -> datetime:
    text = _text(fields, "CreateTime")
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) > LAST_MOMENT:
        raise NoticeMalformed("CreateTime is not a Unix time in seconds")
    return datetime.fromtimestamp(int(text), UTC)
