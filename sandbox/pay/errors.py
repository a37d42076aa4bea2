"""How WeChat Pay refuses (WeChat fact D13)."""

from __future__ import annotations

from typing import Any


class PayError(Exception):
    """A refusal with its HTTP status and code."""

    def __init__(
        self, status: int, code: str, message: str, detail: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.detail = status, code, message, detail

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        return body | ({"detail": self.detail} if self.detail else {})


def wrong_parameter(field: str, issue: str, value: Any = None, location: str = "body") -> PayError:
    """400 PARAM_ERROR that names the field."""
    detail = {"location": location, "value": value, "field": field, "issue": issue}
    return PayError(400, "PARAM_ERROR", "参数错误", detail)


def invalid_request(message: str) -> PayError:
    return PayError(400, "INVALID_REQUEST", message)
