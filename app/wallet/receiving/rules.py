"""What may become of a leave: pure. Source of what WeChat tells us: fact D9."""

from __future__ import annotations

from enum import StrEnum


class LeaveState(StrEnum):
    """`asking`: WeChat may not know it yet; `waiting`: for the member's phone."""

    ASKING = "asking"
    WAITING = "waiting"
    IN_EFFECT = "in_effect"
    CLOSED = "closed"


STATE_OF = {
    "WAIT_USER_CONFIRM": LeaveState.WAITING,
    "TAKING_EFFECT": LeaveState.IN_EFFECT,
    "CLOSED": LeaveState.CLOSED,
}
_ORDER = list(LeaveState)


def follow(state: LeaveState, told: str) -> LeaveState:
    """Where WeChat's word leads: only forward, so that late or repeated news changes nothing."""
    new = STATE_OF.get(told)
    if new is None or _ORDER.index(new) <= _ORDER.index(state):
        return state
    return new
