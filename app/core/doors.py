"""By which door and on what kind of device a session was opened: a word of each, so that people
know their phones again. Of the browser's own description nothing else is kept, and no address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Door = Literal["mini_program", "wechat_page", "browser"]
Device = Literal["ios", "android", "harmony", "windows", "mac", "other"]

# In this order: HarmonyOS still names Android, for programs that ask.
_DEVICES: tuple[tuple[str, Device], ...] = (
    ("harmony", "harmony"),
    ("android", "android"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("windows", "windows"),
    ("macintosh", "mac"),
)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A door, and the device that stood before it."""

    door: Door
    device: Device


def of_mini_program(user_agent: str) -> Entrance:
    """Somebody came from the mini-program."""
    return Entrance("mini_program", _device(user_agent))


def of_page(user_agent: str) -> Entrance:
    """Somebody came on a page, in WeChat's own browser or in another."""
    is_wechat = "micromessenger" in user_agent.lower()
    return Entrance("wechat_page" if is_wechat else "browser", _device(user_agent))


def _device(user_agent: str) -> Device:
    said = user_agent.lower()
    return next((device for word, device in _DEVICES if word in said), "other")
