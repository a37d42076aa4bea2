"""Notifications to the merchant: sealed, signed, repeated for a day (WeChat fact D4)."""

from __future__ import annotations

import itertools
import json
import uuid
from dataclasses import asdict
from typing import Any

import requests

from sandbox import held_back, names, terms
from sandbox.clock import beijing_text, utc_text
from sandbox.pay import platform_keys, signing
from sandbox.records import Notice
from sandbox.world import World

WAITS = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
# Seconds after the first delivery at which each repetition is due.
DUE_AFTER = tuple(itertools.accumulate(WAITS))
# Sources disagree whether transfers are repeated like everything else or so (WeChat fact D4).
TRANSFER_DUE_AFTER = tuple(itertools.accumulate((15,) * 10 + (300,) * 10 + (1800,) * 44))
JOB = held_back.NOTICE_JOB
# A wrong signature or seal around the right content, and a wrong content rightly signed.
TWISTS = ("forge", "signtest", "stale_timestamp", "unknown_serial", "tampered", "wrong_key")
SPOILS = (
    "amount_mismatch",
    "unknown_order",
    "wrong_mchid",
    "wrong_appid",
    "wrong_currency",
    "other_payer",
)


def create(
    here: World, event_type: str, kind: str, summary: str, url: str, resource: dict[str, Any]
) -> Notice | None:
    """Write a notification down and plan its delivery. Only within `State.change()`."""
    if not url:
        return None
    now = here.clock.now()
    notice = Notice(str(uuid.uuid4()), event_type, kind, summary, url, resource, now)
    here.state.notices.put(notice)
    here.schedule.at(now, JOB, notice.id)
    return notice


def deliver(here: World, notice_id: str) -> None:
    """One delivery with whatever faults strike it; plans the next one unless it was accepted."""
    notice = here.state.notices.get(notice_id)
    if notice is None or notice.state != "pending":
        return
    subject = f"notify:{notice.event_type} {_number(notice)}"
    if notice.tries == 0 and held_back.hold_back(here, notice, subject):
        return
    for twist in TWISTS:
        if here.faults.take(subject, twist):
            attempt(here, notice, twist=twist)
    for spoil in SPOILS:
        if here.faults.take(subject, spoil):
            attempt(here, notice, spoil=spoil)
    status = attempt(here, notice)
    if here.faults.take(subject, "repeat"):
        attempt(here, notice, repeated=True)
    lost = here.faults.take(subject, "answer_lost")
    _settle(here, notice, accepted=status in (200, 204) and lost is None)
    held_back.let_follow(here, subject)


def _number(notice: Notice) -> str:
    """The merchant's number a notification is about."""
    found = notice.resource
    for name in ("out_refund_no", "out_bill_no", "out_trade_no"):
        if name in found:
            return str(found[name])
    return notice.id


def attempt(
    here: World, notice: Notice, *, twist: str = "", spoil: str = "", repeated: bool = False
) -> int:
    """Post once; returns the status, 0 if there was none. `twist` spoils the signature, `spoil`
    the content: an attacker's or a mistaken notice, under its own id."""
    body = _body(here, notice, twist, spoil)
    headers = signing.sign(here, body, platform_keys.for_notice(here), twist=twist) | {
        "Content-Type": "application/json",
        "User-Agent": "Mozilla/4.0",
    }
    note: dict[str, Any] = {"at": utc_text(here.clock.now()), "twist": twist or spoil}
    note |= {"repeated": repeated, "serial": headers.get("Wechatpay-Serial", "")}
    try:
        answer = here.courier.post(notice.url, body, headers)
        note |= {"status": answer.status_code, "body": answer.text[:1000]}
    except requests.RequestException as error:
        note |= {"status": 0, "error": type(error).__name__}
    with here.state.change():
        notice.attempts.append(note)
        here.state.notices.keep(notice)
    return int(note["status"])


def forge(here: World, url: str, resource: dict[str, Any]) -> Notice:
    """A payment notice from nothing: right key for the content, nobody's signature."""
    with here.state.change():
        notice = Notice(
            str(uuid.uuid4()),
            "TRANSACTION.SUCCESS",
            "transaction",
            "支付成功",
            url,
            resource,
            here.clock.now(),
            state="forged",
            forged=True,
        )
        here.state.notices.put(notice)
    attempt(here, notice, twist="forge")
    return notice


def _settle(here: World, notice: Notice, *, accepted: bool) -> None:
    due_after = _due_after(here, notice)
    with here.state.change():
        notice.tries = max(notice.tries, 0) + 1
        if accepted:
            notice.state = "accepted"
        elif notice.tries <= len(due_after):
            # Counted from the first delivery, so a leap of the clock makes up what is missed.
            here.schedule.at(notice.created_at + due_after[notice.tries - 1], JOB, notice.id)
        else:
            notice.state = "given_up"
        here.state.notices.keep(notice)


def _due_after(here: World, notice: Notice) -> tuple[int, ...]:
    own = terms.value(here, "transfer_notice_schedule") == "transfer"
    is_transfer = notice.event_type.startswith("MCHTRANSFER.BILL")
    return TRANSFER_DUE_AFTER if own and is_transfer else DUE_AFTER


def _body(here: World, notice: Notice, twist: str, spoil: str) -> bytes:
    resource, name = notice.resource, notice.id
    if spoil:
        resource, name = _spoiled(here, resource, spoil), str(uuid.uuid4())
    if twist == "forge":
        name = str(uuid.uuid4())
    clear = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
    envelope = {
        "id": name,
        "create_time": beijing_text(notice.created_at),
        "resource_type": "encrypt-resource",
        "event_type": notice.event_type,
        "summary": notice.summary,
        "resource": signing.seal_resource(here, notice.original_type, clear, twist=twist),
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def _spoiled(here: World, resource: dict[str, Any], spoil: str) -> dict[str, Any]:
    """The content with one thing in it that is not true."""
    found: dict[str, Any] = json.loads(json.dumps(resource))
    amount = found.get("amount", {})
    if spoil == "amount_mismatch":
        amount |= {name: value + 1 for name, value in amount.items() if type(value) is int}
        if "transfer_amount" in found:
            found["transfer_amount"] += 1
    elif spoil == "unknown_order":
        for name in ("out_trade_no", "out_refund_no", "out_bill_no"):
            if name in found:
                found[name] = uuid.uuid4().hex
    elif spoil == "wrong_mchid":
        found["mch_id" if "mch_id" in found else "mchid"] = "1900000999"
    elif spoil == "wrong_appid":
        found["appid"] = "wx0000000000000000"
    elif spoil == "wrong_currency":
        amount |= {"currency": "USD", "payer_currency": "USD"}
    else:
        found["payer"] = {"openid": names.openid()}
        if "openid" in found:
            found["openid"] = found["payer"]["openid"]
    return found


def as_json(notice: Notice) -> dict[str, Any]:
    """A notification for the control API."""
    return asdict(notice) | {"created_at": utc_text(notice.created_at)}
