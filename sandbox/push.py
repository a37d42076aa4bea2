"""Pushes of the official account to the product: deliver, repeat, collect the reply (fact A7)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import requests

from sandbox import chat, envelopes, held_back, names, spoiled
from sandbox.clock import utc_text
from sandbox.records import Phone, Push
from sandbox.world import World

RETRIES = 3
TRY_SECONDS = 5.0
STALE_SECONDS = 3600
JOB = held_back.PUSH_JOB


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
    if here.faults.take(f"push:{name} {phone.openid}", "paid_follow"):
        # Not a scene (WeChat fact A6): the account was followed, or left, after paying.
        last = f"last_trade_no_{names.transaction_id(here.clock.now())}"
        fields = {key: value for key, value in fields.items() if key != "Ticket"}
        fields["EventKey"] = last
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
    subject = f"push:{push.name} {push.fields['FromUserName']}"
    if push.tries == 0 and held_back.hold_back(here, push, subject):
        return push
    for kind in ("forge", *spoiled.kinds_of(here.accounts)):
        if here.faults.take(subject, kind):
            _attempt(here, push, twist=kind)
    stale = here.faults.take(subject, "stale_timestamp")
    answer = _attempt(here, push, stale=stale is not None)
    if here.faults.take(subject, "repeat"):
        _attempt(here, push, repeated=True)
    if not push.forged:
        lost = here.faults.take(subject, "answer_lost")
        _settle(here, push, None if lost else answer)
    held_back.let_follow(here, subject)
    return push


def replay(here: World, push: Push) -> dict[str, Any]:
    """Send a push once more, as it was (same CreateTime and MsgId, fresh signature).

    A forged one stays forged.
    """
    _attempt(here, push, twist="forge" if push.forged else "", repeated=True)
    return push.attempts[-1]


def forge(here: World, phone: Phone, scene: str) -> Push:
    """A push from nothing, signed by somebody who does not know the token."""
    with here.state.change():
        fields = {"MsgType": "event", "Event": "subscribe", "EventKey": f"qrscene_{scene}"}
        push = create(here, phone, "subscribe", fields, forged=True)
    _attempt(here, push, twist="forge")
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


def _attempt(
    here: World, push: Push, *, twist: str = "", stale: bool = False, repeated: bool = False
) -> requests.Response | None:
    """Post once and note how it went. None if there was no answer in time.

    `twist` spoils it: forge (signed by somebody who does not know the token), or a kind of
    sandbox/spoiled.py.
    """
    now, forged = here.clock.now(), twist == "forge"
    stamp = int(now) - (STALE_SECONDS if stale else 0)
    token = names.letters(16) if forged else ""
    sealed = envelopes.seal(here.accounts, push.fields, stamp, names.digits(9), token=token)
    if twist in spoiled.KINDS:
        clear = envelopes.plain_xml(push.fields)
        sealed = spoiled.spoil(here.accounts, sealed, clear, twist)
    note = {"at": utc_text(now), "forged": forged, "stale": stale, "repeated": repeated}
    note["twist"] = twist
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
