"""Puts the services together and makes the faults strike on the way in and out."""

from __future__ import annotations

import socket
import struct
import time
from functools import partial

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox import (
    codes,
    console,
    control,
    control_mini,
    control_pay,
    control_phones,
    menus,
    messages,
    mini_users,
    oauth,
    page,
    product,
    push,
    tokens,
    users,
)
from sandbox.answers import Refused, refused
from sandbox.impossible import Impossible
from sandbox.pay import door, notices, refunds, transfers
from sandbox.pay.errors import PayError
from sandbox.world import World, world

SERVICES = (
    tokens,
    codes,
    users,
    mini_users,
    oauth,
    messages,
    menus,
    door,
    control,
    control_pay,
    control_phones,
    control_mini,
    console,
    product,
    page,
)
BEFORE = ("reset_before", "system_error", "bad_gateway", "frequency_limited")
AFTER = ("reset_after", "system_error_after")
WECHAT = ("/cgi-bin/", "/sns/", "/wxa/", "/v3/")
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>"


def create_app(here: World) -> Flask:
    """The Flask app of one sandbox; its schedule is wired, not started."""
    app = Flask(__name__)
    app.extensions["world"] = here
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 8 * 1024 * 1024
    for service in SERVICES:
        app.register_blueprint(service.blueprint)
    app.before_request(strike_before)
    app.after_request(strike_after)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(PayError, _pay_refused)
    app.register_error_handler(Impossible, _impossible)
    app.register_error_handler(HTTPException, _plain_error)
    wire(here)
    return app


def wire(here: World) -> None:
    """Name who does which planned job."""
    here.schedule.handle(push.JOB, partial(push.deliver, here))
    here.schedule.handle(notices.JOB, partial(notices.deliver, here))
    here.schedule.handle(messages.FINISH_JOB, partial(messages.finish_template, here))
    here.schedule.handle(refunds.JOB, partial(refunds.finish, here))
    here.schedule.handle(transfers.JOB, partial(transfers.step, here))


def strike_before() -> Response | None:
    """Faults before anything is done. A fault that is not for WeChat's own paths never strikes."""
    if not request.path.startswith(WECHAT):
        return None
    here, subject = world(), f"api:{request.method} {request.path}"
    late = here.faults.take(subject, "delay")
    if late is not None:
        time.sleep(late.delay_seconds)
    fault = here.faults.take(subject, *BEFORE)
    return _broken(fault.kind) if fault else None


def strike_after(response: Response) -> Response:
    """Faults after everything was done: the caller cannot know that it was."""
    if not request.path.startswith(WECHAT):
        return response
    fault = world().faults.take(f"api:{request.method} {request.path}", *AFTER)
    return _broken(fault.kind) if fault else response


def _broken(kind: str) -> Response:
    if kind.startswith("reset"):
        _cut()
        return Response(status=500)
    if kind == "bad_gateway":
        return Response(BAD_GATEWAY, 502, mimetype="text/html")
    if kind == "frequency_limited":
        return _answer(429, "FREQUENCY_LIMITED", "频率超限", 45011, "api minute-quota reach limit")
    return _answer(500, "SYSTEM_ERROR", "系统异常，请稍后重试", -1, "system error")


def _answer(status: int, code: str, message: str, errcode: int, errmsg: str) -> Response:
    """The same trouble in the manner of either host."""
    if not request.path.startswith("/v3/"):
        return jsonify(errcode=errcode, errmsg=errmsg)
    response = jsonify(code=code, message=message)
    response.status_code = status
    return response


def _cut() -> None:
    """Reset the connection, so that the caller sees it broken and not answered."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.shutdown(socket.SHUT_RDWR)


def _pay_refused(error: PayError) -> tuple[Response, int]:
    return jsonify(error.body()), error.status


def _impossible(error: Impossible) -> tuple[Response, int]:
    status = 404 if error.code.startswith("unknown") else 409
    return jsonify(error=error.code, message=str(error)), status


def _plain_error(error: HTTPException) -> tuple[Response, int]:
    return jsonify(error=error.name, message=error.description), error.code or 500
