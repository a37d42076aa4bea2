"""How api.weixin.qq.com answers: HTTP 200 with errcode (WeChat fact B2)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from sandbox import names


class Refused(Exception):
    """An answer with an errcode."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode, self.errmsg = errcode, errmsg


def refused(error: Refused) -> Response:
    """The answer for a Refused."""
    return jsonify(errcode=error.errcode, errmsg=f"{error.errmsg} {names.request_tail()}")


def done(**fields: Any) -> Response:
    """errcode 0 and the fields."""
    return jsonify(errcode=0, errmsg="ok", **fields)


def json_body() -> dict[str, Any]:
    """The JSON object that was sent. Raises Refused 47001 or 44002."""
    if not request.get_data():
        raise Refused(44002, "empty post data")
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    return body


def text_field(body: dict[str, Any], name: str) -> str:
    """A text of the body. Raises Refused 47001 naming the field."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(47001, f"argument invalid! {name} invalid")
    return value
