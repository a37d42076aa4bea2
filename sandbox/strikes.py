"""Faults of the API: what strikes a call before it is done, and after it was done."""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox import names
from sandbox.answers import Refused, refused
from sandbox.fault_kinds import ERRCODES, PAY_CODES
from sandbox.faults import chances
from sandbox.records import Fault
from sandbox.world import world

WECHAT = ("/cgi-bin/", "/sns/", "/wxa/", "/v3/")
BEFORE = (
    "reset_before",
    "timeout_before",
    "system_error",
    "bad_gateway",
    "html_page",
    "frequency_limited",
    "pay_error",
    "errcode",
)
AFTER = (
    "reset_after",
    "timeout_after",
    "system_error_after",
    "bad_gateway_after",
    "html_page_after",
    "truncated_json",
)
STALE_TOKEN = (40001, 40014, 42001)
TOLD_WRONG = ("unionid_missing", "snapshot_user", "snapshot_user_unflagged")
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>"
MAINTENANCE = "<!DOCTYPE html><html><head><title>系统维护</title></head><body>维护中</body></html>"


def install(app: Flask) -> None:
    """Let faults strike on the way in and on the way out."""
    app.before_request(strike_before)
    app.after_request(strike_after)


def subject() -> str:
    """What a fault's `match` is looked for in: method and path of this call."""
    return f"api:{request.method} {request.path}"


def strike_before() -> Response | None:
    """Faults before anything is done. A fault that is not for WeChat's own paths never strikes."""
    if not request.path.startswith(WECHAT):
        return None
    faults = world().faults
    late = faults.take(subject(), "delay")
    if late is not None:
        time.sleep(late.delay_seconds)
    fault = faults.take(subject(), *BEFORE)
    return _broken(fault, b"") if fault else None


def strike_after(response: Response) -> Response:
    """Faults after everything was done: the caller cannot know that it was.

    A call that was turned away for its token was not even begun: the fault waits for the next.
    """
    if not request.path.startswith(WECHAT) or _is_turned_away(response):
        return response
    faults = world().faults
    _tell_wrong(response)
    fault = faults.take(subject(), *AFTER)
    return _broken(fault, response.get_data()) if fault else response


def _is_turned_away(response: Response) -> bool:
    body: Any = response.get_json(silent=True) if response.is_json else None
    return isinstance(body, dict) and body.get("errcode") in STALE_TOKEN


def _broken(fault: Fault, body: bytes) -> Response:
    kind = fault.kind
    if kind.startswith("timeout"):
        _keep_silent(fault.delay_seconds)
    if kind.startswith(("reset", "timeout")):
        _cut()
        return Response(status=500)
    if kind.startswith("bad_gateway"):
        return Response(BAD_GATEWAY, 502, mimetype="text/html")
    if kind.startswith("html_page"):
        return Response(MAINTENANCE, 200, mimetype="text/html")
    if kind == "truncated_json":
        end = chances(fault).randrange(1, max(len(body), 2))
        return Response(body[:end], 200, mimetype="application/json")
    if kind == "errcode":
        number = int(fault.detail["errcode"])
        words = fault.detail["errmsg"] or ERRCODES.get(number, "unknown error")
        return refused(Refused(number, str(words)))
    if kind == "pay_error":
        code = str(fault.detail["code"])
        status, message = PAY_CODES.get(code, (400, "无效请求"))
        return _pay_answer(int(fault.detail["status"]) or status, code, message)
    if kind == "frequency_limited":
        return _trouble(429, "FREQUENCY_LIMITED", "频率超限", 45011)
    return _trouble(500, "SYSTEM_ERROR", "系统异常，请稍后重试", -1)


def _trouble(status: int, code: str, message: str, errcode: int) -> Response:
    """The same trouble in the manner of either host."""
    if request.path.startswith("/v3/"):
        return _pay_answer(status, code, message)
    return refused(Refused(errcode, ERRCODES[errcode]))


def _pay_answer(status: int, code: str, message: str) -> Response:
    response = jsonify(code=code, message=message)
    response.status_code = status
    return response


def _tell_wrong(response: Response) -> None:
    """Let something in an answer about a person be missing or made up (WeChat facts B10, B11)."""
    body: Any = response.get_json(silent=True) if response.is_json else None
    if not isinstance(body, dict) or "openid" not in body:
        return
    fault = world().faults.take(subject(), *TOLD_WRONG)
    if fault is None:
        return
    told = body.pop("unionid", None)
    if fault.kind != "unionid_missing":
        body |= {"openid": names.openid()} | ({"unionid": names.unionid()} if told else {})
    if fault.kind == "snapshot_user":
        body["is_snapshotuser"] = 1
    response.set_data(json.dumps(body, ensure_ascii=False).encode())


def _keep_silent(seconds: float) -> None:
    """Answer nothing for so long, or until the caller has gone."""
    connection = request.environ.get("werkzeug.socket")
    if connection is None:
        time.sleep(seconds)
        return
    select.select([connection], [], [], seconds)  # a caller that leaves makes it readable


def _cut() -> None:
    """Reset the connection, so that the caller sees it broken and not answered."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.shutdown(socket.SHUT_RDWR)
