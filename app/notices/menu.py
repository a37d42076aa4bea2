"""The official account's menu (fact B7): the same that people may write, one tap away.

WECHAT_OA_MENU_FILE names a JSON file with `button`; without it the menu is BUILT_IN. It is
checked before WeChat is asked; menu_publishing.py puts it there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.core.config import settings
from app.notices import pages
from app.notices.commands import Command

Button = dict[str, Any]
LARGEST_TOP, LARGEST_BELOW = 3, 5
LONGEST_TOP_NAME, LONGEST_BELOW_NAME = 16, 60  # bytes
LONGEST_KEY, LONGEST_ADDRESS = 128, 1024  # bytes
NEEDED: dict[str, tuple[str, ...]] = {
    "click": ("key",),
    "view": ("url",),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
    "media_id": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
    "miniprogram": ("appid", "pagepath", "url"),
}
TARGETS = ("key", "url", "pagepath")


class MenuInvalid(ValueError):
    """The menu would be refused by WeChat, or has a key that nothing answers; says where."""


def buttons() -> list[Button]:
    """The menu as it is set. Raises MenuInvalid."""
    path = settings().wechat_oa_menu_file
    found = _from_file(path) if path else _built_in()
    faults = faults_of(found)
    if faults:
        raise MenuInvalid("; ".join(faults))
    return found


def faults_of(found: Any) -> list[str]:
    """Why WeChat would refuse a menu (fact B7), entry by entry; nothing if it is good."""
    if not isinstance(found, list) or not 1 <= len(found) <= LARGEST_TOP:
        return [f"a menu has 1 to {LARGEST_TOP} entries"]
    faults: list[str] = []
    for number, entry in enumerate(found, 1):
        below = entry.get("sub_button") if isinstance(entry, dict) else None
        faults += _entry_faults(entry, f"entry {number}", LONGEST_TOP_NAME, has_below=bool(below))
        if below:
            faults += _below_faults(below, f"entry {number}")
    return faults


def targets() -> frozenset[str]:
    """What the entries of the menu lead to: keys, addresses and pages; for counting taps."""
    return frozenset(names())


def names() -> dict[str, str]:
    """What the entries of the menu are called today, by what they lead to; nothing where the menu
    cannot be read."""
    try:
        entries = buttons()
    except (MenuInvalid, OSError):
        return {}
    every = [*entries, *(below for entry in entries for below in entry.get("sub_button", []))]
    return {str(entry[to]): entry["name"] for entry in every for to in TARGETS if to in entry}


def plain(found: list[Button]) -> list[Button]:
    """A menu without what WeChat adds or leaves out of its own accord, for comparing."""
    return [
        {name: value for name, value in entry.items() if name != "sub_button"}
        | ({"sub_button": plain(entry["sub_button"])} if entry.get("sub_button") else {})
        for entry in found
    ]


def _built_in() -> list[Button]:
    return [
        {"type": "view", "name": "打开联惠", "url": pages.address()},
        {
            "name": "我的",
            "sub_button": [
                _click("余额", Command.BALANCE),
                _click("明细", Command.STATEMENT),
                _click("提现", Command.WITHDRAW),
                _click("我的二维码", Command.MY_CODE),
            ],
        },
        {
            "name": "服务",
            "sub_button": [
                _click("附近门店", Command.STORES),
                _click("人工客服", Command.PERSON),
                _click("帮助", Command.HELP),
            ],
        },
    ]


def _click(name: str, command: Command) -> Button:
    return {"type": "click", "name": name, "key": command.value}


def _from_file(path: Path) -> Any:
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise MenuInvalid(f"{path.name} is not JSON: {error}") from None
    return found.get("button") if isinstance(found, dict) else found


def _below_faults(below: Any, place: str) -> list[str]:
    if not isinstance(below, list) or len(below) > LARGEST_BELOW:
        return [f"{place} has more than {LARGEST_BELOW} entries below it"]
    faults = []
    for number, entry in enumerate(below, 1):
        where = f"{place}.{number}"
        if isinstance(entry, dict) and entry.get("sub_button"):
            faults.append(f"{where} has entries below it, and stands below one itself")
        faults += _entry_faults(entry, where, LONGEST_BELOW_NAME, has_below=False)
    return faults


def _entry_faults(entry: Any, place: str, longest: int, *, has_below: bool) -> list[str]:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= longest:
        return [f"the name of {place} has not 1 to {longest} bytes"]
    if has_below:
        return []
    kind = entry.get("type")
    if kind not in NEEDED:
        return [f"{place} is of no type that WeChat knows: {kind}"]
    missing = [field for field in NEEDED[kind] if not isinstance(entry.get(field), str)]
    faults = [f"{place} lacks {field}" for field in missing]
    if not missing:
        faults += _value_faults(entry, kind, place)
    return faults


def _value_faults(entry: Button, kind: str, place: str) -> list[str]:
    faults = []
    if len(str(entry.get("key", "")).encode()) > LONGEST_KEY:
        faults.append(f"the key of {place} is longer than {LONGEST_KEY} bytes")
    address = entry.get("url", "https://")
    if len(address.encode()) > LONGEST_ADDRESS or not address.startswith(("https://", "http://")):
        faults.append(f"the address of {place} is none, or longer than {LONGEST_ADDRESS} bytes")
    if kind == "click" and entry["key"].upper() not in list(Command):
        faults.append(f"nothing answers the key of {place}: {entry['key']}")
    return faults
