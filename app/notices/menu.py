"""The official account's menu (fact B7): the same that people may write, one tap away."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app.core import outbox
from app.core.config import settings
from app.core.world import PLATFORM_ID, bucket_of
from app.wechat import client as wechat

PUBLISH = "notices.menu_due"
group = AppGroup("menu", help="The official account's menu.")


def buttons() -> list[dict[str, Any]]:
    """The menu's three entries; a name has at most 16 bytes."""
    return [
        {"type": "view", "name": "打开联惠", "url": settings().base_url},
        {"type": "click", "name": "余额", "key": "BALANCE"},
        {"type": "click", "name": "我的二维码", "key": "MY_CODE"},
    ]


def ask_to_publish() -> None:
    """Has the menu published after the current unit of work."""
    outbox.emit(PUBLISH, {}, bucket=bucket_of(PLATFORM_ID))


def publish(payload: dict[str, Any]) -> None:
    """Reader of PUBLISH. Raises WeChatRefused, WeChatUnavailable."""
    wechat.publish_menu(buttons())


@group.command("publish")
def publish_now() -> None:
    """Put the menu into the official account; members see it within a day (WeChat caches it)."""
    try:
        publish({})
    except (wechat.WeChatRefused, wechat.WeChatUnavailable) as error:
        raise click.ClickException(str(error)) from error


def install(app: Flask) -> None:
    """Registers the command on the application."""
    app.cli.add_command(group)
