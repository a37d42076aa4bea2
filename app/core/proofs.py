"""How a member proves, with a request, that it is them who ask.

In headers: so the same request with another login code, or with a PIN that was mistyped before,
stays the same request to its Idempotency-Key, and what is stored of it holds no PIN.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import request

from app.core.errors import InvalidRequest

View = TypeVar("View", bound=Callable[..., Any])
PIN_HEADER, LOGIN_HEADER = "Payment-Pin", "Login-Code"
PIN_PATTERN, LONGEST_LOGIN_CODE = r"^[0-9]{6}$", 128


@dataclass(frozen=True, slots=True)
class Proof:
    """A payment PIN, or the code of a fresh log-in in the mini-program; None: not given. Secrets:
    never logged."""

    pin: str | None = field(repr=False)
    login_code: str | None = field(repr=False)


def given() -> Proof:
    """What the request proves it with. Raises InvalidRequest."""
    pin, login_code = request.headers.get(PIN_HEADER), request.headers.get(LOGIN_HEADER)
    if pin is not None and re.fullmatch(PIN_PATTERN, pin, re.ASCII) is None:
        raise InvalidRequest(f"{PIN_HEADER} is six digits")
    if login_code is not None and not 1 <= len(login_code) <= LONGEST_LOGIN_CODE:
        raise InvalidRequest(f"{LOGIN_HEADER} has 1–{LONGEST_LOGIN_CODE} characters")
    return Proof(pin, login_code)


def may_be_asked(view: View) -> View:
    """Marks a view for the API description: above an amount it asks a member for a proof."""
    view.asks_proof = True  # type: ignore[attr-defined]
    return view
