"""The official account's menu (fact B7): the same that people may write, one tap away.

WECHAT_OA_MENU_FILE names a JSON file with `button`; without it the menu is BUILT_IN. It is
checked before WeChat is asked, and put there only if it differs from what is there.
"""

from __future__ import annotations

import json
from difflib import unified_diff
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app.core import outbox
from app.core.config import settings
from app.core.world import PLATFORM_ID, bucket_of
from app.notices.commands import Command
from app.wechat import client as wechat

Button = dict[str, Any]
PUBLISH = "notices.menu_due"
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
group = AppGroup("menu", help="The official account's menu.")


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
    try:
        entries = buttons()
    except (MenuInvalid, OSError):
        return frozenset()
    every = [*entries, *(below for entry in entries for below in entry.get("sub_button", []))]
    return frozenset(str(entry[name]) for entry in every for name in TARGETS if name in entry)


def ask_to_publish() -> None:
    """Has the menu published after the current unit of work."""
    outbox.emit(PUBLISH, {}, bucket=bucket_of(PLATFORM_ID))


def publish(payload: dict[str, Any]) -> bool:
    """Reader of PUBLISH: False if the account has this menu already.

    Raises MenuInvalid, WeChatRefused, WeChatUnavailable.
    """
    wanted = buttons()
    if plain(wechat.current_menu() or []) == plain(wanted):
        return False
    wechat.publish_menu(wanted)
    return True


def plain(found: list[Button]) -> list[Button]:
    """A menu without what WeChat adds or leaves out of its own accord, for comparing."""
    return [
        {name: value for name, value in entry.items() if name != "sub_button"}
        | ({"sub_button": plain(entry["sub_button"])} if entry.get("sub_button") else {})
        for entry in found
    ]


def _built_in() -> list[Button]:
    base = settings().base_url
    return [
        {"type": "view", "name": "打开联惠", "url": base},
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


def _text(found: list[Button] | None) -> str:
    return json.dumps(found or [], ensure_ascii=False, indent=2, sort_keys=True)


@group.command("show")
def show() -> None:
    """Print the menu as it is set; ends with 1 if WeChat would refuse it."""
    click.echo(_text(_checked()))


@group.command("publish")
def publish_now() -> None:
    """Put the menu into the official account, if it is not there yet.

    Members see it within a day (WeChat caches it). To be run with each deployment.
    """
    _checked()
    try:
        is_changed = publish({})
    except (wechat.WeChatRefused, wechat.WeChatUnavailable) as error:
        raise click.ClickException(str(error)) from error
    click.echo("published" if is_changed else "unchanged")


@group.command("diff")
def differ() -> None:
    """Print how the account's menu differs from the one that is set; ends with 1 if it does."""
    wanted = _checked()
    try:
        there = plain(wechat.current_menu() or [])
    except (wechat.WeChatRefused, wechat.WeChatUnavailable) as error:
        raise click.ClickException(str(error)) from error
    old, new = _text(there).splitlines(), _text(plain(wanted)).splitlines()
    lines = list(unified_diff(old, new, "account", "settings", lineterm=""))
    for line in lines:
        click.echo(line)
    if lines:
        raise SystemExit(1)


def _checked() -> list[Button]:
    try:
        return buttons()
    except (MenuInvalid, OSError) as error:
        raise click.ClickException(str(error)) from error


def install(app: Flask) -> None:
    """Registers the commands on the application."""
    app.cli.add_command(group)
