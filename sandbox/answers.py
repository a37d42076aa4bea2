"""How api.weixin.qq.com answers: HTTP 200 with errcode (WeChat fact B2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import Response, jsonify, request
from pydantic import BaseModel, ConfigDict, ValidationError

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


class Strict(BaseModel):
    """The body of a call: nothing unknown, nothing of another type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


M = TypeVar("M", bound=Strict)


def read(model: type[M], errcodes: Mapping[str, int] | None = None) -> M:
    """The JSON body, field by field.

    Raises Refused with the errcode given for the field that is wrong (its dotted path, else its
    first name), otherwise 47001; what is unknown is refused too, so that a misspelt name is seen.
    """
    return check(model, json_body(), errcodes)


def check(model: type[M], body: Any, errcodes: Mapping[str, int] | None = None) -> M:
    """As `read`, of a body that is at hand."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
    path = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
    if first["type"] == "extra_forbidden":
        raise Refused(47001, f"data format error, unknown field: {path}")
    known = errcodes or {}
    errcode = known.get(path) or known.get(path.partition(".")[0]) or 47001
    raise Refused(errcode, f"argument invalid! {path} invalid: {first['msg']}")
