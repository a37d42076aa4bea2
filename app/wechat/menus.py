"""The official account's menu (WeChat fact B7); phones show a change within a day."""

from __future__ import annotations

from typing import Any

from app.wechat import calls
from app.wechat.answers import Fields, part, parts
from app.wechat.errors import WeChatRefused

NO_MENU = "46003"


def publish_menu(buttons: list[dict[str, Any]]) -> None:
    """Replaces the menu: at most three entries, five below each.

    Raises WeChatRefused (40016–40018 size, 40054 address, …), WeChatUnavailable.
    """
    path = "/cgi-bin/menu/create"
    calls.post("official", path, {"button": buttons}, is_repeatable=True)


def current_menu() -> list[dict[str, Any]] | None:
    """The entries of the menu as WeChat has it, without empty `sub_button`; None without a menu.

    Raises as above.
    """
    try:
        answer = calls.get("official", "/cgi-bin/menu/get", {})
    except WeChatRefused as refusal:
        if refusal.wechat_code == NO_MENU:
            return None
        raise
    return [_entry(button) for button in parts(part(answer, "menu"), "button")]


def delete_menu() -> None:
    """Removes the menu; without one nothing happens. Raises as above."""
    calls.get("official", "/cgi-bin/menu/delete", {})


def _entry(found: Fields) -> dict[str, Any]:
    """An entry without the empty list that WeChat puts below each."""
    below = [_entry(each) for each in parts(found, "sub_button")]
    plain = {name: value for name, value in found.items() if name != "sub_button"}
    return plain | ({"sub_button": below} if below else {})
