"""Content security of the mini-program: texts at once, pictures later (WeChat fact C6).

There is no judgement here, only words: what a text or an address contains decides, so that a
test can have each verdict.
"""

from __future__ import annotations

import json
import secrets
from typing import Annotated, Any, Literal

import requests
from flask import Blueprint, Response
from pydantic import Field

from sandbox import push
from sandbox.answers import Refused, Strict, done, read
from sandbox.mini_users import mini_phone
from sandbox.records import Phone
from sandbox.tokens import requires_token
from sandbox.world import World, world

ACTIVE_SECONDS = 7200.0
MEDIA_SECONDS = 5.0
MEDIA_JOB = "media_check"
NOT_FETCHED = -1008
HARMLESS = 100
# What is found in a text or an address, the verdict and the label.
WORDS: dict[str, tuple[str, int]] = {
    "违禁": ("risky", 21000),
    "加微信领红包": ("risky", 10001),
    "赌博": ("risky", 20006),
    "色情": ("risky", 20002),
    "诈骗": ("risky", 20008),
    "代购": ("review", 10001),
    "risky": ("risky", 20002),
    "review": ("review", 21000),
}
ERRCODES = {"openid": 40003, "media_type": 40004, "content": 40097, "version": 40097}
ERRCODES |= {"scene": 40097, "media_url": 40097}

blueprint = Blueprint("content_checks", __name__)
Scene = Literal[1, 2, 3, 4]


class TextRequest(Strict):
    content: Annotated[str, Field(min_length=1, max_length=2500)]
    version: Literal[2]
    scene: Scene
    openid: str
    title: str = ""
    nickname: str = ""
    signature: str = ""


class MediaRequest(Strict):
    media_url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2048)]
    media_type: Literal[1, 2]
    version: Literal[2]
    scene: Scene
    openid: str


@blueprint.post("/wxa/msg_sec_check")
@requires_token("mini")
def check_text() -> Response:
    """A verdict on a text of somebody who was in the mini-program within two hours."""
    here, wish = world(), read(TextRequest, ERRCODES)
    _active(here, wish.openid)
    suggest, label = verdict("\n".join((wish.content, wish.title, wish.nickname, wish.signature)))
    detail = [{"strategy": "content_model", "errcode": 0} | _verdict_json(suggest, label)]
    result = {"suggest": suggest, "label": label}
    return done(result=result, detail=detail, trace_id=_trace_id())


@blueprint.post("/wxa/media_check_async")
@requires_token("mini")
def check_media() -> Response:
    """Accepted; the verdict comes as wxa_media_check."""
    here, wish = world(), read(MediaRequest, ERRCODES)
    phone, trace_id = _active(here, wish.openid), _trace_id()
    subject = json.dumps([phone.id, trace_id, wish.media_url])
    with here.state.change():
        here.schedule.at(here.clock.now() + MEDIA_SECONDS, MEDIA_JOB, subject)
    return done(trace_id=trace_id)


def finish_media(here: World, subject: str) -> None:
    """Fetch the picture, as WeChat does, and tell what is in it."""
    phone_id, trace_id, address = json.loads(subject)
    fetched = _is_there(here, address)
    suggest, label = verdict(address)
    fields: dict[str, Any] = {
        "appid": here.accounts.mini_app_id,
        "trace_id": trace_id,
        "version": 2,
        "errcode": 0 if fetched else NOT_FETCHED,
        "errmsg": "ok" if fetched else "download failed",
    }
    if fetched:
        detail = {"strategy": "content_model", "errcode": 0} | _verdict_json(suggest, label)
        fields |= {"detail": [detail], "result": {"suggest": suggest, "label": label}}
    with here.state.change():
        phone = here.state.phones.get(phone_id)
        if phone is None:
            return
        sent = push.mini_event(here, phone, "wxa_media_check", **fields)
    push.deliver(here, sent.id)


def verdict(text: str) -> tuple[str, int]:
    """pass, review or risky, and WeChat's label."""
    found = [entry for word, entry in WORDS.items() if word in text]
    return max(found, key=lambda entry: entry[0]) if found else ("pass", HARMLESS)


def _verdict_json(suggest: str, label: int) -> dict[str, Any]:
    return {"suggest": suggest, "label": label, "prob": 90}


def _is_there(here: World, address: str) -> bool:
    try:
        return here.courier.get(address, {}).ok
    except requests.RequestException:
        return False


def _active(here: World, openid: str) -> Phone:
    """Raises Refused 40003, or 61010 for who was not here within two hours."""
    phone = mini_phone(here, openid)
    if here.clock.now() - phone.mini_active_at > ACTIVE_SECONDS:
        raise Refused(61010, "code is expired")
    return phone


def _trace_id() -> str:
    return f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
