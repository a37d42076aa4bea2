"""What this merchant has agreed with WeChat Pay: limits, delays, how its bills are written.

Real values differ from merchant to merchant, so each can be set by the control API.
"""

from __future__ import annotations

from typing import Any

from sandbox.records import Meta
from sandbox.world import World

NAME = "pay_terms"
# Amounts in fen, times in virtual seconds, parts in percent of an order.
DEFAULTS: dict[str, Any] = {
    "fees_from": "BASIC",
    "bill_byte_order_mark": True,
    "bill_commas": "raw",
    "codepay_free_fen": 100_000,
    "refund_seconds": 2.0,
    "sharing_percent": 30,
    "sharing_seconds": 3.0,
    "transfer_bill_limit_fen": 2_000_000,
    "transfer_user_day_limit_fen": 2_000_000,
    "transfer_day_limit_fen": 100_000_000,
    "transfer_close_lag_seconds": 0.0,
}
CHOICES = {"fees_from": ("BASIC", "FEES"), "bill_commas": ("raw", "escaped")}


class WrongTerm(ValueError):
    """No such term, or a value it cannot have."""


def value(here: World, name: str) -> Any:
    """A term in force."""
    kept = here.state.meta.get(NAME)
    return (kept.value if kept else {}).get(name, DEFAULTS[name])


def everything(here: World) -> dict[str, Any]:
    """All terms in force."""
    return {name: value(here, name) for name in DEFAULTS}


def agree(here: World, wish: dict[str, Any]) -> dict[str, Any]:
    """Change some terms; returns all of them. Raises WrongTerm and then changes none."""
    for name, wanted in wish.items():
        if name not in DEFAULTS:
            raise WrongTerm(f"{name}: one of {', '.join(DEFAULTS)}")
        if name in CHOICES and wanted not in CHOICES[name]:
            raise WrongTerm(f"{name}: one of {', '.join(CHOICES[name])}")
        numeric = type(DEFAULTS[name]) in (int, float)
        allowed = (int, float) if type(DEFAULTS[name]) is float else (type(DEFAULTS[name]),)
        if type(wanted) not in allowed or (numeric and wanted < 0):
            raise WrongTerm(f"{name}: a value like {DEFAULTS[name]!r}")
    with here.state.change():
        kept = here.state.meta.get(NAME)
        here.state.meta.put(Meta(NAME, (kept.value if kept else {}) | wish))
    return everything(here)
