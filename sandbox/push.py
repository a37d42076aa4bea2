"""Pushes of both accounts to the product: deliver, repeat, collect the reply (fact A7)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import requests

from sandbox import chat, envelopes, held_back, names, spoiled
from sandbox.clock import utc_text
from sandbox.console import console
from sandbox.envelopes import Letterbox
from sandbox.records import Phone, Push
from sandbox.world import World

RETRIES = 3
TRY_SECONDS = 5.0
STALE_SECONDS = 3600
JOB = held_back.PUSH_JOB
SYSTEM_OPENID = "oWeChatItself00000000000000"  # who sends what no person caused


def create(
    here: World, phone: Phone, name: str, fields: dict[str, Any], *, forged: bool = False
) -> Push:
    """Write a push of the official account down. Only within `State.change()`."""
    envelope = _envelope(here, here.accounts.oa_original_id, phone.openid)
    push = Push(names.new_id("push"), phone.id, name, envelope | fields, here.clock.now())
    push.forged = forged
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


def mini(here: World, phone: Phone | None, name: str, fields: dict[str, Any]) -> Push:
    """Write a push of the mini-program down; without a phone WeChat itself is the sender.

    Only within `State.change()`.
    """
    sender = phone.mini_openid if phone else SYSTEM_OPENID
    envelope = _envelope(here, here.accounts.mini_original_id, sender)
    whose = phone.id if phone else ""
    push = Push(names.new_id("push"), whose, name, envelope | fields, here.clock.now(), app="mini")
    return here.state.pushes.put(push)


def mini_event(here: World, phone: Phone | None, name: str, **fields: Any) -> Push:
    """An event push of the mini-program. Only within `State.change()`."""
    return mini(here, phone, name, {"MsgType": "event", "Event": name} | fields)


def later(here: World, push: Push, seconds: float = 0.0) -> None:
    """Have a push delivered by the schedule. Only within `State.change()`."""
    here.schedule.at(here.clock.now() + seconds, JOB, push.id)


def letterbox(here: World, app: str) -> Letterbox:
    """How this account's pushes are sealed at the moment."""
    settings = console(here)
    if app == "mini":
        app_id = here.accounts.mini_app_id
        return Letterbox(app_id, settings.push_mode, settings.mini_push_format)
    return Letterbox(here.accounts.oa_app_id, settings.push_mode)


def _envelope(here: World, original_id: str, openid: str) -> dict[str, Any]:
    moment = int(here.clock.now())
    return {"ToUserName": original_id, "FromUserName": openid, "CreateTime": moment}


def deliver(here: World, push_id: str) -> Push | None:
    """One delivery with whatever faults strike it; plans the next try if it failed."""
    push = here.state.pushes.get(push_id)
    if push is None or push.state != "pending":
        return push
    subject = f"push:{push.name} {push.fields['FromUserName']}"
    if push.tries == 0 and held_back.hold_back(here, push, subject):
        return push
    for kind in ("forge", *spoiled.kinds_of(console(here).push_mode)):
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
    box = letterbox(here, push.app)
    sealed = envelopes.seal(here.accounts, box, push.fields, stamp, names.digits(9), token=token)
    if twist in spoiled.KINDS:
        clear = envelopes.plain_xml(push.fields)
        sealed = spoiled.spoil(here.accounts, box.app_id, sealed, clear, twist)
    note = {"at": utc_text(now), "forged": forged, "stale": stale, "repeated": repeated}
    note["twist"] = twist
    answer: requests.Response | None = None
    try:
        url = requests.Request("POST", here.accounts.callback_url, params=sealed.query).prepare()
        answer = here.courier.post(str(url.url), sealed.body, {"Content-Type": sealed.content_type})
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
        box = letterbox(here, push.app)
        reply = envelopes.read_reply(here.accounts, box, push.fields, answer.content)
    except envelopes.MalformedReply as error:
        push.attempts[-1]["malformed"] = str(error)
        reply = None
    with here.state.change():
        push.state = "answered"
        here.state.pushes.keep(push)
        if "malformed" in push.attempts[-1]:
            if push.app == "oa":
                chat.say(here, push.phone_id, "system", "notice", chat.OUT_OF_ORDER)
        elif reply is not None and push.app == "oa" and push.name != "unsubscribe":
            chat.show_reply(here, push.phone_id, reply)


def _fail(here: World, push: Push) -> None:
    with here.state.change():
        push.tries = max(push.tries, 0) + 1
        if push.tries <= RETRIES:
            # A try lasts five seconds; only then is the next one made.
            here.schedule.at(here.clock.now() + TRY_SECONDS, JOB, push.id)
        else:
            push.state = "failed"
            if push.app == "oa" and push.fields["MsgType"] != "event":
                chat.say(here, push.phone_id, "system", "notice", chat.OUT_OF_ORDER)
        here.state.pushes.keep(push)


def as_json(push: Push) -> dict[str, Any]:
    """A push for the control API."""
    return asdict(replace(push)) | {"created_at": utc_text(push.created_at)}
