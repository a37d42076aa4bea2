"""Pushes of the official account to the product: deliver, repeat, collect the reply (fact A7)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import requests

from sandbox import chat, envelopes, names
from sandbox.clock import utc_text
from sandbox.records import Fault, Phone, Push
from sandbox.world import World

RETRIES = 3
TRY_SECONDS = 5.0
REORDER_SECONDS = 5.0
STALE_SECONDS = 3600
JOB = "push"


def create(
    here: World, phone: Phone, name: str, fields: dict[str, Any], *, forged: bool = False
) -> Push:
    """Write a push down. Only within `State.change()`; `deliver` sends it."""
    now = here.clock.now()
    envelope = {
        "ToUserName": here.accounts.oa_original_id,
        "FromUserName": phone.openid,
        "CreateTime": int(now),
    }
    push = Push(names.new_id("push"), phone.id, name, envelope | fields, now, forged=forged)
    return here.state.pushes.put(push)


def event(here: World, phone: Phone, name: str, **fields: Any) -> Push:
    """An event push. Only within `State.change()`."""
    return create(here, phone, name, {"MsgType": "event", "Event": name} | fields)


def text(here: World, phone: Phone, content: str) -> Push:
    """A text the person wrote. Only within `State.change()`."""
    fields = {"MsgType": "text", "Content": content, "MsgId": names.message_id()}
    return create(here, phone, "text", fields)


def deliver(here: World, push_id: str) -> Push | None:
    """One delivery with whatever faults strike it; plans the next try if it failed."""
    push = here.state.pushes.get(push_id)
    if push is None or push.state != "pending":
        return push
    subject = f"push:{push.name}"
    if push.tries == 0 and _put_off(here, push, subject):
        return push
    if here.faults.take(subject, "forge"):
        _attempt(here, push, forged=True)
    stale = here.faults.take(subject, "stale_timestamp")
    answer = _attempt(here, push, stale=stale is not None)
    if here.faults.take(subject, "repeat"):
        _attempt(here, push, repeated=True)
    if not push.forged:
        _settle(here, push, answer)
    return push


def replay(here: World, push: Push) -> dict[str, Any]:
    """Send a push once more, as it was (same CreateTime and MsgId, fresh signature).

    A forged one stays forged.
    """
    _attempt(here, push, forged=push.forged, repeated=True)
    return push.attempts[-1]


def forge(here: World, phone: Phone, scene: str) -> Push:
    """A push from nothing, signed by somebody who does not know the token."""
    with here.state.change():
        fields = {"MsgType": "event", "Event": "subscribe", "EventKey": f"qrscene_{scene}"}
        push = create(here, phone, "subscribe", fields, forged=True)
    _attempt(here, push, forged=True)
    with here.state.change():
        push.state = "forged"
        here.state.pushes.keep(push)
    return push


def verify_address(here: World) -> dict[str, Any]:
    """The GET by which the console checks the callback address (fact A1)."""
    timestamp, nonce, echo = str(int(here.clock.now())), names.letters(10), names.digits(19)
    signed = envelopes.signature(here.accounts.oa_token, timestamp, nonce)
    query = {"signature": signed, "timestamp": timestamp, "nonce": nonce, "echostr": echo}
    try:
        answer = here.courier.get(here.accounts.callback_url, query)
    except requests.RequestException as error:
        return {"ok": False, "error": type(error).__name__}
    return {"ok": answer.text == echo, "status": answer.status_code}


def _put_off(here: World, push: Push, subject: str) -> bool:
    """Drop, delay or reorder a push that was not tried yet. True if it is not sent now."""
    fault = here.faults.take(subject, "drop", "delay", "reorder")
    if fault is None:
        return False
    with here.state.change():
        if fault.kind == "drop":
            push.state = "dropped"
        else:
            push.tries = -1  # put off once, no more
            here.schedule.at(here.clock.now() + _seconds(fault), JOB, push.id)
        here.state.pushes.keep(push)
    return True


def _seconds(fault: Fault) -> float:
    return REORDER_SECONDS if fault.kind == "reorder" else fault.delay_seconds


def _attempt(
    here: World, push: Push, *, forged: bool = False, stale: bool = False, repeated: bool = False
) -> requests.Response | None:
    """Post once and note how it went. None if there was no answer in time."""
    now = here.clock.now()
    stamp = int(now) - (STALE_SECONDS if stale else 0)
    token = names.letters(16) if forged else ""
    sealed = envelopes.seal(here.accounts, push.fields, stamp, names.digits(9), token=token)
    note = {"at": utc_text(now), "forged": forged, "stale": stale, "repeated": repeated}
    answer: requests.Response | None = None
    try:
        url = requests.Request("POST", here.accounts.callback_url, params=sealed.query).prepare()
        answer = here.courier.post(str(url.url), sealed.body, {"Content-Type": "text/xml"})
        note |= {"status": answer.status_code, "body": answer.text[:2000]}
    except requests.RequestException as error:
        note |= {"status": 0, "error": type(error).__name__}
    with here.state.change():
        push.attempts.append(note)
        here.state.pushes.keep(push)
    return answer


def _settle(here: World, push: Push, answer: requests.Response | None) -> None:
    """Show the reply, or plan the next try, or give up."""
    if answer is None or answer.status_code != 200:
        _fail(here, push)
        return
    try:
        reply = envelopes.read_reply(here.accounts, push.fields, answer.content)
    except envelopes.MalformedReply as error:
        push.attempts[-1]["malformed"] = str(error)
        reply = None
    with here.state.change():
        push.state = "answered"
        here.state.pushes.keep(push)
        if "malformed" in push.attempts[-1]:
            chat.say(here, push.phone_id, "system", "notice", chat.OUT_OF_ORDER)
        elif reply is not None and push.name != "unsubscribe":
            chat.show_reply(here, push.phone_id, reply)


def _fail(here: World, push: Push) -> None:
    with here.state.change():
        push.tries = max(push.tries, 0) + 1
        if push.tries <= RETRIES:
            # A try lasts five seconds; only then is the next one made.
            here.schedule.at(here.clock.now() + TRY_SECONDS, JOB, push.id)
        else:
            push.state = "failed"
            if push.fields["MsgType"] != "event":
                chat.say(here, push.phone_id, "system", "notice", chat.OUT_OF_ORDER)
        here.state.pushes.keep(push)


def as_json(push: Push) -> dict[str, Any]:
    """A push for the control API."""
    return asdict(replace(push)) | {"created_at": utc_text(push.created_at)}
