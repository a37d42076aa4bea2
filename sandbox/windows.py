"""How often and how long customer service may write after what a person did (WeChat fact B6)."""

from __future__ import annotations

from typing import Any

from sandbox.answers import Refused
from sandbox.records import Phone
from sandbox.world import World

HOUR = 3600.0
FOREVER_MANY = 1_000_000
# trigger: (messages, seconds)
WINDOWS: dict[str, tuple[int, float]] = {
    "message": (5, 48 * HOUR),
    "menu": (3, 60.0),
    "follow": (3, 60.0),
    "scan": (3, 60.0),
    "payment": (FOREVER_MANY, 48 * HOUR),
}
MINI_WINDOWS: dict[str, tuple[int, float]] = {"message": (5, 48 * HOUR), "session": (2, 60.0)}


def open_window(here: World, phone: Phone, trigger: str) -> None:
    """Allow the official account's messages for a while. Only within `State.change()`."""
    phone.windows = _opened(phone.windows, trigger, WINDOWS[trigger], here.clock.now())
    here.state.phones.put(phone)


def open_mini_window(here: World, phone: Phone, trigger: str) -> None:
    """Allow the mini-program's customer service for a while. Only within `State.change()`."""
    phone.mini_windows = _opened(
        phone.mini_windows, trigger, MINI_WINDOWS[trigger], here.clock.now()
    )
    here.state.phones.put(phone)


def use_window(here: World, phone: Phone, windows: list[dict[str, Any]]) -> None:
    """Use one message of the window that stays open longest. Only within `State.change()`.

    Raises Refused 45015 without an open window, 45047 when all are used up.
    """
    now = here.clock.now()
    open_ones = [window for window in windows if window["ends_at"] > now]
    if not open_ones:
        raise Refused(45015, "response out of time limit or subscription is canceled")
    usable = [window for window in open_ones if window["left"] > 0]
    if not usable:
        raise Refused(45047, "out of response count limit")
    max(usable, key=lambda window: window["ends_at"])["left"] -= 1
    here.state.phones.put(phone)


def _opened(
    windows: list[dict[str, Any]], trigger: str, allowance: tuple[int, float], now: float
) -> list[dict[str, Any]]:
    count, seconds = allowance
    kept = [
        window for window in windows if window["ends_at"] > now and window["trigger"] != trigger
    ]
    return [*kept, {"trigger": trigger, "left": count, "ends_at": now + seconds}]
