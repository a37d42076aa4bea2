"""What shall go wrong: for the next N deliveries or calls whose subject matches.

A subject is `push:subscribe <openid>`, `notify:TRANSACTION.SUCCESS <number>` or
`api:POST /v3/…`; a fault's `match` is a part of it. Without `match` a fault applies to the
subjects its kind is made for (`sandbox/fault_kinds.py`).
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import asdict
from typing import Any

from sandbox import names
from sandbox.fault_kinds import COMMON, KINDS, UNTIL_LIFTED, Kind
from sandbox.records import Fault
from sandbox.state import State

REMEMBERED_STRIKES = 1000
ENDLESS = -1


class UnknownFault(ValueError):
    """No such kind of fault, or a parameter that makes no sense."""


class Faults:
    """The faults in force.

    Whether a fault with a probability strikes depends on its seed and on how many subjects it
    has met, on nothing else: a run with the same seeds and the same order is the same run.
    """

    def __init__(self, state: State, seed: int | None = None) -> None:
        self._state = state
        self._seeds = random.Random(seed)
        self._struck: deque[dict[str, Any]] = deque(maxlen=REMEMBERED_STRIKES)

    def plan(self, wish: dict[str, Any]) -> Fault:
        """Put a fault in force. Raises UnknownFault."""
        kind = KINDS.get(str(wish.get("kind")))
        if kind is None:
            raise UnknownFault(f"kind must be one of {', '.join(KINDS)}")
        detail = _parameters(kind, wish)
        count = _whole(wish, "count", 1)
        probability, seed = wish.get("probability", 1.0), wish.get("seed")
        if isinstance(probability, bool) or not isinstance(probability, int | float):
            raise UnknownFault("probability must be a number")
        if not 0 < probability <= 1:
            raise UnknownFault("probability must be above 0 and at most 1")
        fault = Fault(
            id=names.new_id("fault"),
            kind=str(wish["kind"]),
            match=str(wish.get("match") or ""),
            left=ENDLESS if count == UNTIL_LIFTED else count,
            delay_seconds=float(detail.pop("delay_seconds", 0.0)),
            probability=float(probability),
            detail=detail,
            seed=str(self._seeds.random() if seed is None else seed),
        )
        with self._state.change():
            return self._state.faults.put(fault)

    def lift(self, fault_id: str = "") -> int:
        """Lift one fault, or all; returns how many were lifted."""
        with self._state.change():
            wanted = [one for one in self._state.faults.all() if fault_id in ("", one.id)]
            for fault in wanted:
                self._state.faults.drop(fault.id)
            return len(wanted)

    def forget(self) -> None:
        """Forget what struck (the state was reset)."""
        self._struck.clear()

    def listing(self) -> list[dict[str, Any]]:
        """The faults in force, as JSON; `left` is −1 for one that stays until it is lifted."""
        with self._state.lock:
            return [asdict(fault) for fault in self._state.faults.all()]

    def struck(self) -> list[dict[str, Any]]:
        """What struck since the sandbox was started, oldest first: fault, kind, subject."""
        return list(self._struck)

    def take(self, subject: str, *kinds: str) -> Fault | None:
        """The first fault of one of these kinds that strikes this subject; it is used up."""
        if not len(self._state.faults):
            return None
        with self._state.change():
            for fault in self._state.faults.all():
                if fault.kind in kinds and self._strikes(fault, subject):
                    self._use_up(fault, subject)
                    return fault
        return None

    def _strikes(self, fault: Fault, subject: str) -> bool:
        kind = KINDS[fault.kind]
        path = subject.rpartition(" ")[2]
        if subject.startswith("api:") and kind.paths and not path.startswith(kind.paths):
            return False
        if not (fault.match in subject if fault.match else subject.startswith(kind.strikes)):
            return False
        fault.met += 1
        self._state.faults.put(fault)
        return fault.probability >= 1 or chances(fault).random() < fault.probability

    def _use_up(self, fault: Fault, subject: str) -> None:
        self._struck.append({"fault": fault.id, "kind": fault.kind, "subject": subject})
        if fault.left == ENDLESS:
            return
        fault.left -= 1
        if fault.left:
            self._state.faults.put(fault)
        else:
            self._state.faults.drop(fault.id)


def chances(fault: Fault) -> random.Random:
    """The dice of this strike: the same for the same seed and the same turn."""
    return random.Random(f"{fault.seed}:{fault.met}")


def _parameters(kind: Kind, wish: dict[str, Any]) -> dict[str, Any]:
    """The kind's own parameters. Raises UnknownFault for a foreign or unfit one."""
    own = {parameter.name: parameter for parameter in kind.parameters}
    known = {"kind", "delay_seconds", *own, *(parameter.name for parameter in COMMON)}
    foreign = sorted(set(wish) - known)
    if foreign:
        raise UnknownFault(f"unknown parameter: {', '.join(foreign)}")
    found = {name: wish.get(name, parameter.default) for name, parameter in own.items()}
    found |= {"delay_seconds": wish["delay_seconds"]} if "delay_seconds" in wish else {}
    for name, value in found.items():
        default = own[name].default if name in own else 0.0
        if isinstance(default, int | float):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise UnknownFault(f"{name} must be a number")
        elif not isinstance(value, str):
            raise UnknownFault(f"{name} must be a text")
    return found


def _whole(wish: dict[str, Any], name: str, default: int) -> int:
    value = wish.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UnknownFault(f"{name} must be a whole number, 0 or above")
    return value
