"""Protocol checks against a running sandbox: each is a sentence, and the fact it comes from.

Each check makes its own people and orders; what was there before stays as it is.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

import requests

from sandbox.conformance_desk import Desk

Check = Callable[[Desk], None]
CHECKS: list[tuple[str, str, Check]] = []
JSAPI = "/v3/pay/transactions/jsapi"
ORDER = "/v3/pay/transactions/out-trade-no"
REFUNDS = "/v3/refund/domestic/refunds"
TRANSFERS = "/v3/fund-app/mch-transfer/transfer-bills"


def check(fact: str, sentence: str) -> Callable[[Check], Check]:
    """Note a check under its fact."""

    def note(work: Check) -> Check:
        CHECKS.append((fact, sentence, work))
        return work

    return note


def refused(answer: requests.Response, status: int, code: str) -> None:
    """An answer of WeChat Pay that says no."""
    found = (answer.status_code, answer.json().get("code"))
    assert found == (status, code), f"{found}, not {(status, code)}"


def errcode(answer: Any, number: int) -> None:
    """An answer of api.weixin.qq.com that says no."""
    assert answer.get("errcode") == number, f"{answer}, not {number}"


@check("B1", "a stable token stays the same while it is valid")
def _stable(desk: Desk) -> None:
    first, second = desk.stable_token(), desk.stable_token()
    assert first["access_token"] == second["access_token"]
    assert 300 <= second["expires_in"] <= first["expires_in"] <= 7200


@check("B1", "wrong app ids, secrets and grant types have their own errcodes")
def _applications(desk: Desk) -> None:
    errcode(desk.stable_token(appid="wx0"), 40013)
    errcode(desk.stable_token(secret="x"), 40125)
    errcode(desk.stable_token(grant_type="x"), 40002)
    errcode(requests.get(f"{desk.base}/cgi-bin/stable_token", timeout=9).json(), 43002)


@check("B2", "an error is HTTP 200 with errcode, and names its request")
def _errors(desk: Desk) -> None:
    answer = requests.get(f"{desk.base}/cgi-bin/user/info", {"access_token": "x"}, timeout=9)
    assert answer.status_code == 200
    errcode(answer.json(), 40001)
    assert " rid: " in answer.json()["errmsg"]
    errcode(requests.get(f"{desk.base}/cgi-bin/user/info", timeout=9).json(), 41001)


@check("B2", "a token that another system fetched anew is refused once")
def _rotated(desk: Desk) -> None:
    phone = desk.phone()
    desk.stable_token()
    desk.fault("token_rotated")
    errcode(desk.call("/cgi-bin/user/info", openid=phone["openid"]), 40001)
    assert desk.call("/cgi-bin/user/info", openid=phone["openid"])["subscribe"] == 0


@check("B3", "parametric codes have a ticket, an end and a picture; scenes a limit")
def _codes(desk: Desk) -> None:
    wish = {"expire_seconds": 600, "action_name": "QR_STR_SCENE"}
    made = desk.call(
        "/cgi-bin/qrcode/create", wish | {"action_info": {"scene": {"scene_str": "S" * 64}}}
    )
    assert made["expire_seconds"] == 600
    shown = f"{desk.base}/cgi-bin/showqrcode"
    assert requests.get(shown, {"ticket": made["ticket"]}, timeout=9).status_code == 200
    assert requests.get(shown, {"ticket": "none"}, timeout=9).status_code == 404
    long = wish | {"action_info": {"scene": {"scene_str": "S" * 65}}}
    errcode(desk.call("/cgi-bin/qrcode/create", long), 40053)


@check("B4", "of who does not follow only that is told")
def _strangers(desk: Desk) -> None:
    stranger, follower = desk.phone(), desk.phone("follow")
    assert desk.call("/cgi-bin/user/info", openid=stranger["openid"])["subscribe"] == 0
    assert "unionid" not in desk.call("/cgi-bin/user/info", openid=stranger["openid"])
    assert desk.call("/cgi-bin/user/info", openid=follower["openid"])["subscribe"] == 1
    errcode(desk.call("/cgi-bin/user/info", openid="nobody"), 40003)


@check("B5", "a template goes to followers only")
def _templates(desk: Desk) -> None:
    wish = {"touser": "nobody", "template_id": "T", "data": {"thing1": {"value": "好"}}}
    errcode(desk.call("/cgi-bin/message/template/send", wish), 40003)


@check("B6", "who did nothing lately has no open window")
def _windows(desk: Desk) -> None:
    wish = {"touser": desk.phone()["openid"], "msgtype": "text", "text": {"content": "你好"}}
    errcode(desk.call("/cgi-bin/message/custom/send", wish), 45015)


@check("C1", "a js_code works once")
def _logins(desk: Desk) -> None:
    phone = desk.phone()
    code = desk.control(f"/phones/{phone['id']}/login")["code"]
    params = {**desk.application("MINI"), "js_code": code, "grant_type": "authorization_code"}
    address = f"{desk.base}/sns/jscode2session"
    found = requests.get(address, params, timeout=9).json()
    assert found["openid"] == phone["mini_openid"]
    assert len(found["session_key"]) == 24
    errcode(requests.get(address, params, timeout=9).json(), 40163)
    errcode(requests.get(address, params | {"js_code": "none"}, timeout=9).json(), 40029)


@check("C4", "a mini-program scene has no percent sign and at most 32 characters")
def _scenes(desk: Desk) -> None:
    path = "/wxa/getwxacodeunlimit"
    good = desk.call(path, {"scene": "S" * 32, "check_path": False}, "MINI")
    assert good.content[:4] == b"\x89PNG" or good.content[:2] == b"\xff\xd8"
    errcode(desk.call(path, {"scene": "a%20b", "check_path": False}, "MINI"), 40129)
    errcode(desk.call(path, {"scene": "S" * 33, "check_path": False}, "MINI"), 40169)


@check("D1", "a signature over other bytes, another time or none is refused")
def _signatures(desk: Desk) -> None:
    order = desk.order(desk.phone())
    changed = desk.pay("POST", JSAPI, order, sent="{}")
    refused(changed, 401, "SIGN_ERROR")
    assert changed.json()["detail"]["detail"]["issue"] == "sign not match"
    refused(desk.pay("POST", JSAPI, order, at=time.time() - 400), 401, "SIGN_ERROR")
    refused(desk.pay("POST", JSAPI, order, without=("Authorization",)), 401, "SIGN_ERROR")


@check("D1", "unknown fields, nulls and wrong amounts are refused")
def _strictness(desk: Desk) -> None:
    phone = desk.phone()
    for wrong in ({"payed": 1}, {"attach": None}, {"amount": {"total": 0, "currency": "CNY"}}):
        refused(desk.pay("POST", JSAPI, desk.order(phone, **wrong)), 400, "PARAM_ERROR")


@check("D2", "every answer is signed, a refusal too; a probe is not to be believed")
def _answers(desk: Desk) -> None:
    order = desk.order(desk.phone())
    assert desk.believes(desk.pay("POST", JSAPI, order))
    number = secrets.token_hex(16)
    path = f"{ORDER}/{number}?mchid={desk.accounts['WECHAT_PAY_MCH_ID']}"
    assert desk.believes(desk.pay("GET", path))
    for kind in ("signtest", "forge", "stale_timestamp", "unknown_serial", "unsigned"):
        desk.fault(kind, match=f"api:GET {ORDER}/{number}")
        assert not desk.believes(desk.pay("GET", path)), kind


@check("D5", "the same number with the same order is the same order; with another it is refused")
def _orders(desk: Desk) -> None:
    order = desk.order(desk.phone())
    first, again = desk.pay("POST", JSAPI, order), desk.pay("POST", JSAPI, order)
    assert (first.status_code, again.status_code) == (200, 200)
    other = order | {"amount": {"total": 101, "currency": "CNY"}}
    refused(desk.pay("POST", JSAPI, other), 403, "OUT_TRADE_NO_USED")
    stranger = order | {"payer": {"openid": "nobody"}}
    refused(desk.pay("POST", JSAPI, stranger), 400, "OPENID_MISMATCH")


@check("D7", "an order is NOTPAY, then CLOSED; closing twice is no error; unknown ones are 404")
def _closing(desk: Desk) -> None:
    order, mchid = desk.order(desk.phone()), desk.accounts["WECHAT_PAY_MCH_ID"]
    desk.pay("POST", JSAPI, order)
    path = f"{ORDER}/{order['out_trade_no']}"
    assert desk.pay("GET", f"{path}?mchid={mchid}").json()["trade_state"] == "NOTPAY"
    for _ in range(2):
        closed = desk.pay("POST", f"{path}/close", {"mchid": mchid})
        assert (closed.status_code, closed.content) == (204, b"")
    assert desk.pay("GET", f"{path}?mchid={mchid}").json()["trade_state"] == "CLOSED"
    refused(desk.pay("GET", f"{ORDER}/none123?mchid={mchid}"), 404, "ORDER_NOT_EXIST")


@check("D8", "what was never paid cannot be refunded")
def _refunds(desk: Desk) -> None:
    order = desk.order(desk.phone())
    desk.pay("POST", JSAPI, order)
    wish = {"out_trade_no": order["out_trade_no"], "out_refund_no": secrets.token_hex(16)}
    amount = {"amount": {"refund": 100, "total": 100, "currency": "CNY"}}
    refused(desk.pay("POST", REFUNDS, wish | amount), 404, "RESOURCE_NOT_EXISTS")
    refused(desk.pay("GET", f"{REFUNDS}/none"), 404, "RESOURCE_NOT_EXISTS")


@check("D9", "a transfer reports its scene in full, and its number never means two things")
def _transfers(desk: Desk) -> None:
    phone = desk.phone()
    bare = desk.transfer(phone, transfer_scene_report_infos=[])
    refused(desk.pay("POST", TRANSFERS, bare), 400, "PARAM_ERROR")
    refused(desk.pay("GET", f"{TRANSFERS}/out-bill-no/none"), 404, "NOT_FOUND")
    wish = desk.transfer(phone)
    made = desk.pay("POST", TRANSFERS, wish)
    assert made.status_code == 200, made.text
    assert desk.pay("POST", TRANSFERS, wish).json()["out_bill_no"] == wish["out_bill_no"]
    refused(desk.pay("POST", TRANSFERS, wish | {"transfer_amount": 101}), 400, "ALREADY_EXISTS")
    cancelled = desk.pay("POST", f"{TRANSFERS}/out-bill-no/{wish['out_bill_no']}/cancel")
    assert cancelled.json()["state"] in ("CANCELING", "CANCELLED")


@check("D13", "a path that is not imitated is a signed 404")
def _unknown(desk: Desk) -> None:
    answer = desk.pay("GET", "/v3/nothing/of/the/kind")
    refused(answer, 404, "RESOURCE_NOT_EXISTS")
    assert desk.believes(answer)


@check("G4", "every fault describes itself in both languages")
def _faults(desk: Desk) -> None:
    kinds = desk.control("/faults", method="GET")["kinds"]
    assert len(kinds) > 50
    assert all(kind["zh"] and kind["en"] and kind["strikes"] for kind in kinds)
