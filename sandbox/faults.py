"""What shall go wrong: for the next N deliveries or calls whose subject matches.

A subject is `push:subscribe`, `notify:TRANSACTION.SUCCESS`, `api:POST /v3/…` or
`bill:tradebill ALL 2026-11-22`; a fault's `match` is a part of it. Without `match` a fault applies
to the subjects its kind is made for.
"""

from __future__ import annotations

import random
from dataclasses import asdict
from typing import Any

from sandbox import names
from sandbox.records import Fault
from sandbox.state import State

DELIVERY = ("push:", "notify:")
API = ("api:",)
KINDS: dict[str, tuple[str, ...]] = {
    "delay": DELIVERY,
    "repeat": DELIVERY,
    "drop": DELIVERY,
    "forge": DELIVERY,
    "reorder": DELIVERY,
    "stale_timestamp": DELIVERY,
    "signtest": ("notify:",),
    "amount_mismatch": ("notify:",),
    "unknown_order": ("notify:",),
    "reset_before": API,
    "reset_after": API,
    "system_error": API,
    "system_error_after": API,
    "bad_gateway": API,
    "frequency_limited": API,
    "token_invalid": API,
    "not_enough": API,
    "transfer_fail": ("transfer:",),
    "refund_abnormal": ("refund:",),
    "bill_omit": ("bill:",),
    "bill_add": ("bill:",),
    "bill_alter": ("bill:",),
}


class UnknownFault(ValueError):
    """No such kind of fault, or a count that makes no sense."""


class Faults:
    """The faults in force. The dice are seeded, so a run can be repeated."""

    def __init__(self, state: State, seed: int | None = None) -> None:
        self._state = state
        self._dice = random.Random(seed)

    def plan(self, wish: dict[str, Any]) -> Fault:
        """Put a fault in force. Raises UnknownFault."""
        kind, count = wish.get("kind"), wish.get("count", 1)
        if kind not in KINDS:
            raise UnknownFault(f"kind must be one of {', '.join(KINDS)}")
        if not isinstance(count, int) or count < 1:
            raise UnknownFault("count must be a whole number above 0")
        if wish.get("seed") is not None:
            self._dice = random.Random(wish["seed"])
        known = {"kind", "match", "count", "delay_seconds", "probability", "seed"}
        fault = Fault(
            id=names.new_id("fault"),
            kind=kind,
            match=str(wish.get("match") or ""),
            left=count,
            delay_seconds=float(wish.get("delay_seconds", 30.0)),
            probability=float(wish.get("probability", 1.0)),
            detail={name: value for name, value in wish.items() if name not in known},
        )
        with self._state.change():
            return self._state.faults.put(fault)

    def lift(self) -> int:
        """Lift all faults; returns how many were in force."""
        with self._state.change():
            faults = self._state.faults.all()
            for fault in faults:
                self._state.faults.drop(fault.id)
            return len(faults)

    def listing(self) -> list[dict[str, Any]]:
        """The faults in force, as JSON."""
        with self._state.lock:
            return [asdict(fault) for fault in self._state.faults.all()]

    def take(self, subject: str, *kinds: str) -> Fault | None:
        """The first fault of one of these kinds that strikes this subject; it is used up."""
        if not len(self._state.faults):
            return None
        with self._state.change():
            for fault in self._state.faults.all():
                if fault.kind in kinds and self._strikes(fault, subject):
                    fault.left -= 1
                    if fault.left:
                        self._state.faults.put(fault)
                    else:
                        self._state.faults.drop(fault.id)
                    return fault
        return None

    def _strikes(self, fault: Fault, subject: str) -> bool:
        made_for = KINDS[fault.kind]
        hit = fault.match in subject if fault.match else subject.startswith(made_for)
        return hit and (fault.probability >= 1 or self._dice.random() < fault.probability)
